import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NodeLocked } from '#contract/errors.ts';
import { readHappenings } from '#db/happenings.ts';
import { listHistory } from '#db/node-history.ts';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await conductorBench({ sets: ['conductor.node_locked_retry_attempts=1', 'conductor.automated_clean=true'] });
});
afterEach(() => bench.close());

const go = (node: string, event: string, args = {}) => bench.orders.provision({ node, event, args, by });

async function upTo(state: 'manageable' | 'available' | 'active'): Promise<string> {
  const { uuid } = await bench.enroll();
  await go(uuid, 'manage');
  await bench.rest(uuid);
  if (state === 'manageable') return uuid;
  await go(uuid, 'provide');
  await bench.rest(uuid);
  if (state === 'available') return uuid;
  await go(uuid, 'deploy');
  await bench.rest(uuid);
  return uuid;
}

test('a fake machine goes from enroll to active and back to available', async () => {
  const uuid = await upTo('active');
  expect(await bench.node(uuid)).toMatchObject({ provision_state: 'active', last_error: null, deploy_step: {} });
  await go(uuid, 'delete');
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'available', instance_info: {}, last_error: null });
});

test('every change of state leaves a happening, in order', async () => {
  const uuid = await upTo('active');
  const told = await readHappenings(bench.db.read, 0, 1000);
  const moves = told.filter((h) => h.kind === 'state.changed' && h.node_uuid === uuid).map((h) => h.body.to);
  expect(moves).toEqual(['verifying', 'manageable', 'cleaning', 'available', 'deploying', 'active']);
});

test('a deployment leaves its beginning and end in the history', async () => {
  const uuid = await upTo('active');
  const lines = (await listHistory(bench.db.read, uuid)).map((line) => line.event_type);
  expect(lines).toContain('deployment_start');
  expect(lines).toContain('deployment_end');
});

test('a verb that the state does not allow is refused with what it does allow', async () => {
  const { uuid } = await bench.enroll();
  await expect(go(uuid, 'deploy')).rejects.toThrow(/cannot do "deploy" while it is "enroll"; from here it can: manage/);
});

test('a node that is being worked on is locked for others, and the error names who holds it', async () => {
  const { uuid } = await bench.enroll();
  await bench.conductor.db.write((tx) =>
    tx.updateTable('nodes').set({ reservation: 'other-host' }).where('uuid', '=', uuid).execute(),
  );
  const failed = await bench.orders
    .provision({ node: uuid, event: 'manage', args: {}, by })
    .catch((error: unknown) => error);
  expect(NodeLocked.is(failed)).toBe(true);
  expect(String(failed)).toContain('other-host');
});

test('a conductor without a free worker says so and promises nothing', async () => {
  const { uuid } = await bench.enroll();
  const slots = bench.conductor.config.conductor.workers_pool_size;
  for (let i = 0; i < slots; i++) bench.conductor.workers.take();
  await expect(go(uuid, 'manage')).rejects.toThrow(/as much work as it may/);
  expect(await bench.node(uuid)).toMatchObject({ provision_state: 'enroll', reservation: null });
  for (let i = 0; i < slots; i++) bench.conductor.workers.giveBack();
});

test('maintenance stands against a deployment', async () => {
  const uuid = await upTo('available');
  await bench.orders.updateNode({ node: uuid, changes: { maintenance: true }, by });
  await expect(go(uuid, 'deploy')).rejects.toThrow(/in maintenance/);
});

test('a retired node is cleaned into manageable and not provided', async () => {
  const uuid = await upTo('manageable');
  await bench.orders.updateNode({ node: uuid, changes: { retired: true }, by });
  await expect(go(uuid, 'provide')).rejects.toThrow(/retired/);
});

test('a protected node is not torn down', async () => {
  const uuid = await upTo('active');
  await bench.orders.updateNode({ node: uuid, changes: { protected: true }, by });
  await expect(go(uuid, 'delete')).rejects.toThrow(/protected/);
});

test('a manual cleaning runs the steps that were asked for and ends in manageable', async () => {
  const uuid = await upTo('manageable');
  await go(uuid, 'clean', { clean_steps: [{ interface: 'bios', step: 'factory_reset' }] });
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'manageable', clean_step: {}, last_error: null });
  const steps = (await readHappenings(bench.db.read, 0, 1000))
    .filter((h) => h.kind === 'step.started')
    .map((h) => h.body.step);
  expect(steps).toEqual(['factory_reset']);
});

test('a manual cleaning with a step that nobody offers fails by its name and locks nobody out', async () => {
  const uuid = await upTo('manageable');
  await go(uuid, 'clean', { clean_steps: [{ interface: 'bios', step: 'sing' }] });
  const failed = await vi.waitFor(async () => {
    const row = await bench.node(uuid);
    expect(row).toMatchObject({ provision_state: 'clean failed', reservation: null });
    return row;
  });
  expect(failed).toMatchObject({ maintenance: false, target_provision_state: 'manageable' });
  expect(failed.last_error).toContain('bios.sing');
  await go(uuid, 'manage');
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'manageable' });
});

test('power actions change the record and tell of it once', async () => {
  const { uuid } = await bench.enroll({ instance_uuid: '11111111-2222-4333-8444-555555555555' });
  await bench.orders.power({ node: uuid, target: 'power on', by });
  await bench.rest(uuid);
  await bench.orders.power({ node: uuid, target: 'power on', by });
  expect(await bench.rest(uuid)).toMatchObject({ power_state: 'power on' });
  const told = (await readHappenings(bench.db.read, 0, 1000)).filter((h) => h.kind === 'power.changed');
  expect(told).toHaveLength(1);
  expect(told[0]!.body).toMatchObject({ instance: '11111111-2222-4333-8444-555555555555', to: 'power on' });
});

test('deleting a node needs a state that allows it', async () => {
  const uuid = await upTo('active');
  await expect(bench.orders.deleteNode({ node: uuid, by })).rejects.toThrow(/cannot be deleted while it is "active"/);
  const fresh = await bench.enroll();
  await bench.orders.deleteNode({ node: fresh.uuid, by });
  await expect(bench.node(fresh.uuid)).rejects.toThrow();
});

async function upToHold(): Promise<string> {
  const uuid = await upTo('manageable');
  await go(uuid, 'clean', {
    clean_steps: [
      { interface: 'deploy', step: 'hold' },
      { interface: 'bios', step: 'factory_reset' },
    ],
  });
  for (;;) {
    const row = await bench.node(uuid);
    if (row.provision_state === 'clean hold' && row.reservation === null) return uuid;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('a held node is broken off at once, whatever step comes after the hold', async () => {
  const uuid = await upToHold();
  await go(uuid, 'abort');
  await vi.waitFor(async () => {
    expect(await bench.node(uuid)).toMatchObject({ provision_state: 'clean failed', reservation: null });
  });
});

test('a held node waits on a hold step until it is let go', async () => {
  const uuid = await upToHold();
  await go(uuid, 'unhold');
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'manageable' });
});
