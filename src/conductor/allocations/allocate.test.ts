import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAllocation, findAllocation } from '#db/allocations.ts';
import { addTrait } from '#db/node-traits.ts';
import type { AllocationRow, NodeRow } from '#db/schema.ts';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';
import { misfits } from './backfill.ts';
import { adoptAllocations } from './orphans.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await conductorBench({
    sets: ['conductor.node_locked_retry_attempts=2', 'conductor.node_locked_retry_interval=0'],
  });
});
afterEach(() => bench.close());

const free = (values: Partial<NodeRow> = {}) =>
  bench.enroll({ provision_state: 'available', power_state: 'power off', resource_class: 'gold', ...values });

const make = (values: Partial<AllocationRow> = {}) =>
  bench.db.write((tx) => createAllocation(tx, { state: 'allocating', resource_class: 'gold', ...values } as never));

async function allocated(values: Partial<AllocationRow> = {}): Promise<AllocationRow> {
  const { uuid } = await make(values);
  await bench.orders.allocate({ allocation: uuid, by });
  return settled(uuid);
}

const settled = (uuid: string) =>
  vi.waitFor(async () => {
    const row = await findAllocation(bench.db.read, uuid);
    if (!row || row.state === 'allocating') throw new Error(`allocation ${uuid} is still ${row?.state}`);
    return row;
  });

test('a fitting node becomes the instance of the allocation', async () => {
  const { uuid } = await free({ name: 'fit' });
  await bench.db.write((tx) => addTrait(tx, uuid, 'CUSTOM_A'));
  const row = await allocated({ traits: ['CUSTOM_A'] });
  expect(row).toMatchObject({ state: 'active', node_uuid: uuid, last_error: null });
  expect(await bench.node(uuid)).toMatchObject({
    allocation_uuid: row.uuid,
    instance_uuid: row.uuid,
    instance_info: { traits: ['CUSTOM_A'] },
    reservation: null,
  });
});

test('the node named like the allocation is taken first', async () => {
  for (let i = 0; i < 5; i++) await free({ name: `other-${i}` });
  const { uuid } = await free({ name: 'mine' });
  expect((await allocated({ name: 'mine' })).node_uuid).toBe(uuid);
});

test.each<[string, Partial<NodeRow>, Partial<AllocationRow>]>([
  ['is of another class', { resource_class: 'tin' }, {}],
  ['has no known power', { power_state: null }, {}],
  ['is in maintenance', { maintenance: true }, {}],
  ['has an instance', { instance_uuid: '11111111-2222-4333-8444-555555555555' }, {}],
  ['is not available', { provision_state: 'manageable' }, {}],
  ['lacks a trait', {}, { traits: ['CUSTOM_B'] }],
  ['belongs to others', { owner: 'you' }, { owner: 'me' }],
  ['is no candidate', {}, { candidate_nodes: ['11111111-2222-4333-8444-666666666666'] }],
])('a node that %s is not taken', async (_why, node, asked) => {
  await free(node);
  const row = await allocated(asked);
  expect(row).toMatchObject({ state: 'error', node_uuid: null });
  expect(row.last_error).toContain('gold');
});

test('a locked node is tried again, and the error says that it stayed locked', async () => {
  const { uuid } = await free();
  const lock = (reservation: string | null) =>
    bench.db.write((tx) => tx.updateTable('nodes').set({ reservation }).where('uuid', '=', uuid).execute());
  await lock('other-host');
  expect((await allocated()).last_error).toMatch(/stayed locked/);
  await lock(null);
  expect((await allocated()).state).toBe('active');
});

test('two allocations never share a node', async () => {
  await free();
  const [a, b] = await Promise.all([allocated(), allocated()]);
  expect([a.state, b.state].toSorted()).toEqual(['active', 'error']);
});

test('one allocation takes one node, however many look for it', async () => {
  for (let i = 0; i < 3; i++) await free();
  const { uuid } = await make();
  await Promise.all([1, 2, 3].map(() => bench.orders.allocate({ allocation: uuid, by })));
  expect((await settled(uuid)).state).toBe('active');
  await vi.waitFor(() => expect(bench.conductor.workers.busy).toBe(0));
  const taken = await bench.db.read.selectFrom('nodes').select('uuid').where('instance_uuid', '=', uuid).execute();
  expect(taken).toHaveLength(1);
});

test('a node without its instance has no allocation any more', async () => {
  const { uuid } = await free();
  const row = await allocated();
  const updated = await bench.orders.updateNode({ node: uuid, changes: { instance_uuid: null }, by });
  expect(updated).toMatchObject({ allocation_uuid: null, instance_uuid: null });
  expect(await findAllocation(bench.db.read, row.uuid)).toBeUndefined();
});

test('an allocation noted afterwards needs a node that fits, and keeps the reason where it does not', async () => {
  const { uuid } = await free({ provision_state: 'active' });
  const wrong = await make({ resource_class: 'tin' });
  await expect(bench.orders.allocate({ allocation: wrong.uuid, node: uuid, by })).rejects.toThrow(/gold, not tin/);
  expect(await settled(wrong.uuid)).toMatchObject({ state: 'error' });
  const right = await make();
  await bench.orders.allocate({ allocation: right.uuid, node: uuid, by });
  expect(await settled(right.uuid)).toMatchObject({ state: 'active', node_uuid: uuid });
});

test('all that speaks against a node is said at once', () => {
  const node = { provision_state: 'available', allocation_uuid: null, instance_uuid: null, resource_class: 'a' };
  const asked = { uuid: 'x', resource_class: 'b', candidate_nodes: ['z'], owner: 'me', traits: ['CUSTOM_A'] };
  expect(misfits(node as NodeRow, asked as AllocationRow, [])).toHaveLength(5);
});

test('an allocation that a dead process had begun is gone on with', async () => {
  await free();
  const { uuid } = await make({ conductor_affinity: 'a-host-that-is-gone' });
  expect(await adoptAllocations(bench.conductor, false)).toBe(1);
  expect((await settled(uuid)).state).toBe('active');
});
