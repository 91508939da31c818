// Power sync over machines of tin: every row of conductor.md C27-31, and what is told of it.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readHappenings } from '#db/happenings.ts';
import { takeNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import { fakePower } from '#drivers/fake/power.ts';
import type { PowerFace } from '#drivers/kinds.ts';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';
import { type TinMachines, tinMachines } from '../../../test/setup/tin-machines.ts';
import { newPowerWatch, type PowerWatch } from '../power-sync/watch.ts';
import { powerTicks, recoverAll, round } from './power-sync.ts';

let bench: Bench;
let machines: TinMachines;
let watch: PowerWatch;

async function open(...sets: string[]): Promise<void> {
  bench = await conductorBench({ sets: ['conductor.power_state_sync_max_retries=1', ...sets] });
}

beforeEach(() => {
  machines = tinMachines();
  watch = newPowerWatch();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await bench.close();
});

const active = (values: Partial<NodeRow> = {}) =>
  bench.enroll({ provision_state: 'active', power_state: 'power on', instance_uuid: randomUUID(), ...values });

/** One round, and until what it began has ended. */
async function sync(): Promise<void> {
  await round(bench.conductor, watch, 0);
  await bench.conductor.workers.idle();
}

const told = async () =>
  (await readHappenings(bench.db.read, 0, 1000))
    .map((h) => h.body)
    .filter((b) => /^(power|maintenance)\./.test(String(b.kind)));

test('where record and machine agree nothing is written and nothing is locked', async () => {
  await open();
  const { uuid } = await active();
  machines.power.set(uuid, 'power on');
  const before = await bench.node(uuid);
  await sync();
  expect(await bench.node(uuid)).toEqual(before);
  expect(machines.reads).toBe(1);
  expect(watch.counts.verdicts.agree).toBe(1);
});

test('a record without a state takes what the machine says', async () => {
  await open();
  const { uuid, instance_uuid: instance } = await active({ power_state: null });
  machines.power.set(uuid, 'power on');
  await sync();
  expect((await bench.node(uuid)).power_state).toBe('power on');
  expect(await told()).toMatchObject([{ kind: 'power.corrected', instance, from: null, to: 'power on' }]);
});

test('where forcing is not wanted the record follows the machine', async () => {
  await open('conductor.force_power_state_during_sync=false');
  const { uuid, instance_uuid: instance } = await active();
  machines.power.set(uuid, 'power off');
  await sync();
  expect(await bench.node(uuid)).toMatchObject({ power_state: 'power off', reservation: null, last_error: null });
  expect(await told()).toMatchObject([{ kind: 'power.corrected', instance, from: 'power on', to: 'power off' }]);
  expect(machines.asked).toEqual([]);
});

test('a node that must not be powered off is never forced', async () => {
  await open();
  const { uuid } = await active({ disable_power_off: true, power_state: 'power off' });
  machines.power.set(uuid, 'power on');
  await sync();
  expect((await bench.node(uuid)).power_state).toBe('power on');
  expect(machines.asked).toEqual([]);
});

test('a machine whose driver does not sync is looked at, and the record follows it', async () => {
  await open();
  const { uuid } = await active();
  machines.power.set(uuid, 'power off');
  const face = fakePower as { syncs?: boolean };
  face.syncs = false;
  await sync();
  delete face.syncs;
  expect((await bench.node(uuid)).power_state).toBe('power off');
  expect(machines.asked).toEqual([]);
});

test('where forcing is wanted the machine follows the record, and nova is told of the action', async () => {
  await open();
  const { uuid, instance_uuid: instance } = await active();
  machines.power.set(uuid, 'power off');
  await sync();
  expect(machines.power.get(uuid)).toBe('power on');
  expect(await bench.node(uuid)).toMatchObject({ power_state: 'power on', target_power_state: null, last_error: null });
  expect(await told()).toMatchObject([{ kind: 'power.changed', instance, to: 'power on' }]);
});

test('a machine that cannot be forced is given up: maintenance, and the record says what it is in', async () => {
  await open('conductor.power_state_change_timeout=2');
  const { uuid, instance_uuid: instance } = await active();
  machines.power.set(uuid, 'power off');
  machines.faults.set(uuid, 'stuck');
  await sync();
  expect(await bench.node(uuid)).toMatchObject({ maintenance: false, power_state: 'power on' });
  await sync();
  expect(await bench.node(uuid)).toMatchObject({
    maintenance: true,
    fault: 'power failure',
    power_state: 'power off',
    maintenance_reason: expect.stringContaining('was found in "power off" 2 times'),
  });
  expect((await told()).slice(-2)).toMatchObject([
    { kind: 'maintenance.changed', on: true, fault: 'power failure' },
    { kind: 'power.corrected', instance, from: 'power on', to: 'power off' },
  ]);
});

test.each(['unreachable', 'error'] as const)(
  'a BMC that is %s once too often puts the node into maintenance',
  async (fault) => {
    await open();
    const { uuid } = await active();
    machines.faults.set(uuid, fault);
    await sync();
    expect(await bench.node(uuid)).toMatchObject({ maintenance: false, power_state: 'power on', revision: 0 });
    await sync();
    expect(await bench.node(uuid)).toMatchObject({ maintenance: true, fault: 'power failure', power_state: null });
    expect((await told()).at(-1)).toMatchObject({ kind: 'power.corrected', from: 'power on', to: null });
    machines.reads = 0;
    await sync();
    expect(machines.reads).toBe(0);
  },
);

test('a record without a state is not looked at where the node does not say enough, and that counts as no miss', async () => {
  await open('conductor.power_state_sync_max_retries=0');
  const { uuid } = await active({ power_state: null });
  machines.faults.set(uuid, 'unreachable');
  const face = fakePower as { validate?: PowerFace['validate'] };
  face.validate = () => Promise.reject(new Error('it names no BMC'));
  watch.misses.set(uuid, 2);
  await sync();
  delete face.validate;
  expect([machines.reads, watch.misses.size]).toEqual([0, 0]);
  expect((await bench.node(uuid)).maintenance).toBe(false);
});

for (const history of [true, false])
  test(`with node_history ${history} what was said of failed looks ${history ? 'goes' : 'stays'} when the machine agrees again`, async () => {
    await open(`conductor.node_history=${history}`, 'conductor.power_state_sync_max_retries=3');
    const { uuid } = await active({ last_error: 'it could not be forced' });
    machines.power.set(uuid, 'power on');
    watch.misses.set(uuid, 1);
    await sync();
    expect((await bench.rest(uuid)).last_error).toBe(history ? null : 'it could not be forced');
    expect(watch.misses.size).toBe(0);
  });

test('a last_error that has nothing to do with power stays', async () => {
  await open();
  const { uuid } = await active({ last_error: 'deploy failed' });
  machines.power.set(uuid, 'power on');
  await sync();
  expect((await bench.node(uuid)).last_error).toBe('deploy failed');
});

test('one good look makes up for the bad ones before', async () => {
  await open();
  const { uuid } = await active();
  machines.power.set(uuid, 'power on');
  for (const fault of ['unreachable', undefined, 'unreachable'] as const) {
    if (fault) machines.faults.set(uuid, fault);
    else machines.faults.delete(uuid);
    await sync();
  }
  expect((await bench.node(uuid)).maintenance).toBe(false);
});

test('a node that was given up comes back when its BMC answers, and the record is right', async () => {
  await open();
  const { uuid, instance_uuid: instance } = await active();
  machines.faults.set(uuid, 'unreachable');
  await sync();
  await sync();
  await recoverAll(bench.conductor, watch);
  expect((await bench.node(uuid)).maintenance).toBe(true);
  machines.faults.delete(uuid);
  await recoverAll(bench.conductor, watch);
  expect(await bench.node(uuid)).toMatchObject({
    maintenance: false,
    maintenance_reason: null,
    fault: null,
    power_state: 'power off',
    last_error: null,
  });
  expect((await told()).slice(-2)).toMatchObject([
    { kind: 'maintenance.changed', on: false },
    { kind: 'power.corrected', instance, from: null, to: 'power off' },
  ]);
});

test('maintenance that an operator set is neither looked at nor lifted', async () => {
  await open();
  const { uuid } = await active({ maintenance: true });
  machines.power.set(uuid, 'power off');
  await sync();
  await recoverAll(bench.conductor, watch);
  expect(await bench.node(uuid)).toMatchObject({ maintenance: true, power_state: 'power on' });
  expect(machines.reads).toBe(0);
});

test('a power action that runs while the machine is looked at is not taken for a wrong record', async () => {
  await open();
  const { uuid } = await active();
  machines.power.set(uuid, 'power on');
  let asked = false;
  machines.onRead = async () => {
    if (asked) return;
    asked = true;
    await bench.orders.power({ node: uuid, target: 'power off', by });
    await bench.rest(uuid);
  };
  await sync();
  expect(await bench.node(uuid)).toMatchObject({ power_state: 'power off', maintenance: false });
  expect(machines.asked).toEqual(['power off']);
  expect((await told()).map((one) => one.kind)).toEqual(['power.changed']);
});

test('a BMC that was silent during somebody else’s action is no reason to give the node up', async () => {
  await open('conductor.power_state_sync_max_retries=0');
  const { uuid } = await active();
  machines.faults.set(uuid, 'unreachable');
  machines.onRead = async () => {
    machines.onRead = undefined;
    await bench.orders.updateNode({ node: uuid, changes: { description: 'new' }, by });
  };
  await sync();
  expect((await bench.node(uuid)).maintenance).toBe(false);
});

test('a node that is held is left to its holder', async () => {
  await open();
  const { uuid } = await active();
  machines.onRead = async () => {
    machines.onRead = undefined;
    await bench.db.write((tx) => takeNode(tx, uuid, 'another', 60_000));
  };
  await sync();
  expect(await bench.node(uuid)).toMatchObject({ reservation: 'another', power_state: 'power on' });
  expect(watch.counts.locked).toBe(1);
});

test('nodes with most misses are looked at first', async () => {
  await open();
  const rows = [await active(), await active(), await active()];
  for (const { uuid } of rows) machines.power.set(uuid, 'power on');
  watch.misses.set(rows[2]!.uuid, 1);
  const seen: string[] = [];
  machines.onRead = async (node) => void seen.push(node);
  await sync();
  expect(seen[0]).toBe(rows[2]!.uuid);
});

test('the interval is what the option says, less what the round took; 0 is never', async () => {
  await open();
  const [sync] = powerTicks().ticks;
  expect(await sync!.every(bench.conductor)).toBe(1);
  bench.conductor.config.conductor.sync_power_state_interval = 0;
  expect(await sync!.every(bench.conductor)).toBe(0);
});
