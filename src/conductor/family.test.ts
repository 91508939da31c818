// Machines in machines: power, and steps that run on the children.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { biosSettingsOf } from '#db/bios-settings.ts';
import type { NodeRow } from '#db/schema.ts';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';

let bench: Bench;
let parent: NodeRow;
beforeEach(async () => {
  bench = await conductorBench({ sets: ['conductor.automated_clean=false'] });
  parent = await bench.enroll({ provision_state: 'manageable', power_state: 'power off', name: 'parent' });
});
afterEach(() => bench.close());

const child = (values: Partial<NodeRow> = {}) =>
  bench.enroll({ parent_node: parent.uuid, power_state: 'power off', ...values });
const power = async (node: string, target: 'power on' | 'power off') => {
  await bench.orders.power({ node, target, by });
  return bench.rest(node);
};
const lock = (node: string, reservation: string | null) =>
  bench.db.write((tx) => tx.updateTable('nodes').set({ reservation }).where('uuid', '=', node).execute());
const powerOf = async (node: string) => (await bench.node(node)).power_state;

test('a child that is powered on has its parent powered on first', async () => {
  const { uuid } = await child();
  await power(uuid, 'power on');
  expect([await powerOf(uuid), await powerOf(parent.uuid)]).toEqual(['power on', 'power on']);
});

test('siblings need no lock of a parent that is on', async () => {
  const { uuid } = await child();
  await power(parent.uuid, 'power on');
  await lock(parent.uuid, 'other-host');
  expect(await power(uuid, 'power on')).toMatchObject({ power_state: 'power on', last_error: null });
  await lock(parent.uuid, null);
});

test('a child with a supply of its own leaves its parent alone', async () => {
  const { uuid } = await child({ driver_info: { has_dedicated_power_supply: true } });
  await power(uuid, 'power on');
  expect([await powerOf(uuid), await powerOf(parent.uuid)]).toEqual(['power on', 'power off']);
});

test('a parent takes its children off with it, and waits for none that has a supply of its own', async () => {
  const fed = await child({ power_state: 'power on' });
  const own = await child({ power_state: 'power on', driver_info: { has_dedicated_power_supply: 'true' } });
  await power(parent.uuid, 'power on');
  await power(parent.uuid, 'power off');
  const states = await Promise.all([parent.uuid, fed.uuid, own.uuid].map(powerOf));
  expect(states).toEqual(['power off', 'power off', 'power on']);
});

test('where a relative is locked nobody is touched, and the reason is told', async () => {
  const { uuid } = await child({ power_state: 'power on' });
  await power(parent.uuid, 'power on');
  await lock(uuid, 'other-host');
  await bench.orders.power({ node: parent.uuid, target: 'power off', by });
  const row = await bench.rest(parent.uuid);
  await lock(uuid, null);
  expect(row.last_error).toMatch(/Child node .* is being worked on/);
  expect(row.power_state).toBe('power on');
});

test('a step for children runs on those that are named, by their own driver', async () => {
  const [a, b] = [await child({ name: 'a' }), await child({ name: 'b' })];
  const settings = [{ name: 'x', value: '1' }];
  const step = { interface: 'bios', step: 'apply_configuration', args: { settings }, execute_on_child_nodes: true };
  const clean = (limit: string[]) =>
    bench.orders.provision({
      node: parent.uuid,
      event: 'clean',
      args: { clean_steps: [{ ...step, limit_child_node_execution: limit }] },
      by,
    });
  await clean([b.uuid]);
  expect(await bench.rest(parent.uuid)).toMatchObject({ provision_state: 'manageable', last_error: null });
  const kept = await Promise.all([parent, a, b].map(async (n) => (await biosSettingsOf(bench.db.read, n.uuid)).length));
  expect(kept).toEqual([0, 0, 1]);
  await clean(['a-stranger']);
  await vi.waitFor(async () =>
    expect(await bench.node(parent.uuid)).toMatchObject({ provision_state: 'clean failed' }),
  );
  expect((await bench.node(parent.uuid)).last_error).toContain('a-stranger');
});
