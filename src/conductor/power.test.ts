// Power actions over machines of tin: conductor.md C20-26, and what is told of each.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readHappenings } from '#db/happenings.ts';
import { listHistory } from '#db/node-history.ts';
import type { NodeRow } from '#db/schema.ts';
import { fakeStorage } from '#drivers/fake/faces.ts';
import { fakePower } from '#drivers/fake/power.ts';
import { finalPower, type Power, type PowerTarget } from '#model/power.ts';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';
import { type TinMachines, tinMachines } from '../../test/setup/tin-machines.ts';
import { hold } from './hold.ts';

let bench: Bench;
let machines: TinMachines;

beforeEach(async () => {
  machines = tinMachines();
  bench = await conductorBench({ sets: ['conductor.power_state_change_timeout=2'] });
  bench.conductor.config.conductor.power_state_change_timeout = 0.05;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await bench.close();
});

async function machine(power: Power, values: Partial<NodeRow> = {}): Promise<NodeRow> {
  const instance_uuid = randomUUID();
  const node = await bench.enroll({
    provision_state: 'active',
    power_state: power,
    instance_uuid,
    storage_interface: 'fake',
    ...values,
  });
  machines.power.set(node.uuid, power);
  return node;
}

async function order(node: string, target: PowerTarget, timeout?: number): Promise<NodeRow> {
  await bench.orders.power({ node, target, timeout, by });
  return bench.rest(node);
}

const told = async () =>
  (await readHappenings(bench.db.read, 0, 1000)).map((h) => h.body).filter((b) => /^power\./.test(String(b.kind)));

const targets = Object.keys(finalPower) as PowerTarget[];
const skipped = ['power on/power on', 'power off/power off', 'soft power off/power off'];

for (const from of ['power on', 'power off'] as const)
  for (const target of targets) {
    const skip = skipped.includes(`${target}/${from}`);
    test(`"${target}" of a machine that is in "${from}" ${skip ? 'does nothing and tells nobody' : 'is done and told once'}`, async () => {
      const { uuid, instance_uuid: instance } = await machine(from);
      const to = finalPower[target];
      expect(await order(uuid, target)).toMatchObject({ power_state: to, target_power_state: null, last_error: null });
      expect(machines.asked).toEqual(skip ? [] : [target]);
      expect(await told()).toMatchObject(skip ? [] : [{ kind: 'power.changed', instance, from, to, target }]);
    });
  }

test('a record that was wrong is mended where nothing is left to do, and nova is not told of it', async () => {
  const { uuid } = await machine('power off', { power_state: 'power on' });
  expect(await order(uuid, 'power off')).toMatchObject({ power_state: 'power off' });
  expect([machines.asked, await told()]).toEqual([[], []]);
});

test('what is aimed at stands in the record until the machine confirms it', async () => {
  const { uuid } = await machine('power off', { last_error: 'of before' });
  const seen: unknown[] = [];
  machines.onRead = async () => {
    const { target_power_state, power_state, last_error } = await bench.node(uuid);
    seen.push([target_power_state, power_state, last_error]);
  };
  await order(uuid, 'rebooting');
  expect(seen).toEqual([
    ['power on', 'power off', null],
    ['power on', 'power off', null],
  ]);
});

test('the record follows only when the BMC says so, however often it has to be asked', async () => {
  const { uuid } = await machine('power off');
  bench.conductor.config.conductor.power_state_change_timeout = 60;
  machines.faults.set(uuid, 'stuck');
  let reads = 0;
  machines.onRead = async () => {
    if (++reads === 5) machines.power.set(uuid, 'power on');
    expect(await bench.node(uuid)).toMatchObject({ power_state: 'power off' });
  };
  expect(await order(uuid, 'power on')).toMatchObject({ power_state: 'power on' });
  expect(reads).toBe(5);
});

for (const [target, timeout, seconds] of [
  ['power on', undefined, 0.05],
  ['rebooting', undefined, 0.05],
  ['soft power off', undefined, 0.08],
  ['soft rebooting', undefined, 0.08],
  ['power on', 0.03, 0.03],
  ['soft power off', 0.03, 0.03],
] as const)
  test(`"${target}" that never happens is given up after ${seconds} s${timeout ? ', as the caller said' : ''}; the reason is told`, async () => {
    bench.conductor.config.conductor.soft_power_off_timeout = 0.08;
    const to = finalPower[target];
    const from = to === 'power on' ? 'power off' : 'power on';
    const { uuid } = await machine(from);
    machines.faults.set(uuid, 'stuck');
    const why = `${seconds} s after the request its BMC still says "${from}" instead of "${to}"`;
    expect(await order(uuid, target, timeout)).toMatchObject({
      power_state: from,
      target_power_state: null,
      last_error: expect.stringContaining(why),
    });
    expect(await told()).toMatchObject([{ kind: 'power.failed', target, error: expect.stringContaining(why) }]);
    const [line] = await listHistory(bench.db.read, uuid, {});
    expect(line).toMatchObject({ severity: 'ERROR', event_type: 'power', event: expect.stringContaining(why) });
  });

test('a BMC that cannot be read is asked for nothing, and the reason is told', async () => {
  const { uuid } = await machine('power off');
  machines.faults.set(uuid, 'unreachable');
  expect((await order(uuid, 'power on')).last_error).toContain('no answer from its BMC');
  expect(machines.asked).toEqual([]);
  expect((await told()).map(({ kind }) => kind)).toEqual(['power.failed']);
});

test('what its power interface cannot do is refused, and says what it can', async () => {
  const { uuid } = await machine('power off');
  vi.spyOn(fakePower as { supports: readonly PowerTarget[] }, 'supports', 'get').mockReturnValue(['power on']);
  const refused = bench.orders.power({ node: uuid, target: 'soft rebooting', by });
  await expect(refused).rejects.toThrow('cannot do "soft rebooting"; it can do: power on.');
  expect(await bench.rest(uuid)).toMatchObject({ last_error: null, target_power_state: null });
});

for (const target of targets)
  test(`with disable_power_off "${target}" is ${finalPower[target] === 'power off' ? 'refused' : 'done'}`, async () => {
    const { uuid } = await machine('power on', { disable_power_off: true });
    const ordered = bench.orders.power({ node: uuid, target, by });
    if (finalPower[target] === 'power off') await expect(ordered).rejects.toThrow('disable_power_off is set');
    else await ordered;
    expect(await bench.rest(uuid)).toMatchObject({ power_state: 'power on', last_error: null });
  });

for (const [target, from, forgets] of [
  ['power on', 'power off', false],
  ['power off', 'power on', true],
  ['rebooting', 'power on', true],
] as const)
  test(`"${target}" ${forgets ? 'forgets' : 'keeps'} the ramdisk that was heard, and is stamped`, async () => {
    const { uuid } = await machine(from, {
      driver_internal_info: { agent_url: 'http://192.0.2.1:9999', agent_secret_token: 't' },
    });
    const { driver_internal_info: info } = await order(uuid, target);
    expect(['agent_url' in info, 'agent_secret_token' in info]).toEqual([!forgets, !forgets]);
    expect(info.last_power_state_change).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

for (const [provision_state, keeps] of [
  ['deploy failed', true],
  ['active', false],
] as const)
  test(`the last_error of a node in "${provision_state}" ${keeps ? 'outlives' : 'ends with'} a power action of its flow`, async () => {
    const { uuid } = await machine('power on', { provision_state, last_error: 'of before' });
    await hold(bench.conductor, uuid, (task) => task.powerTo('power off'));
    expect((await bench.node(uuid)).last_error).toBe(keeps ? 'of before' : null);
  });

function storage(fail = false): string[] {
  const did: string[] = [];
  const note = (what: string) => async () => {
    did.push(`${what} after ${machines.asked.length} orders`);
    if (fail) throw new Error('the array is away');
  };
  vi.spyOn(fakeStorage, 'attach').mockImplementation(note('attach'));
  vi.spyOn(fakeStorage, 'detach').mockImplementation(note('detach'));
  return did;
}

for (const [provision_state, target, from, expected] of [
  ['active', 'power on', 'power off', ['attach after 0 orders']],
  ['active', 'rebooting', 'power on', ['attach after 0 orders']],
  ['active', 'power off', 'power on', ['detach after 1 orders']],
  ['active', 'soft power off', 'power on', ['detach after 1 orders']],
  ['active', 'power on', 'power on', []],
  ['manageable', 'power on', 'power off', []],
  ['manageable', 'power off', 'power on', []],
] as const)
  test(`"${target}" in state ${provision_state}: volumes ${expected.join() || 'are left alone'}`, async () => {
    const did = storage();
    const { uuid } = await machine(from, { provision_state });
    await order(uuid, target);
    expect(did).toEqual(expected);
  });

test('volumes that cannot be detached fail no power-off; volumes that cannot be attached keep a machine off', async () => {
  storage(true);
  const off = await machine('power on');
  expect(await order(off.uuid, 'power off')).toMatchObject({ power_state: 'power off', last_error: null });
  machines.asked.length = 0;
  expect(await order(off.uuid, 'power on')).toMatchObject({
    power_state: 'power off',
    last_error: expect.stringContaining('the array is away'),
  });
  expect(machines.asked).toEqual([]);
});

test('children go off before their parent, and each that carries an instance is told of', async () => {
  const parent = await machine('power on');
  const child = await machine('power on', { parent_node: parent.uuid });
  const bare = await machine('power on', { parent_node: parent.uuid, instance_uuid: null });
  await machine('power on', { parent_node: parent.uuid, driver_info: { has_dedicated_power_supply: true } });
  await order(parent.uuid, 'power off');
  expect(machines.askedOf).toEqual([child.uuid, bare.uuid, parent.uuid]);
  const instances = [child.instance_uuid, null, parent.instance_uuid];
  expect(await told()).toMatchObject(instances.map((instance) => ({ instance, to: 'power off' })));
});

test('a parent comes on before its child, and both are told of', async () => {
  const parent = await machine('power off');
  const child = await machine('power off', { parent_node: parent.uuid });
  await order(child.uuid, 'power on');
  expect(machines.askedOf).toEqual([parent.uuid, child.uuid]);
  expect((await told()).map(({ node }) => node)).toEqual([parent.uuid, child.uuid]);
});
