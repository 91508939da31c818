import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newUuid } from '#base/ids.ts';
import { NodeNotFound } from '#contract/errors.ts';
import type { OpenFresh } from '../../test/setup/databases.ts';
import { createChassis } from './chassis.ts';
import { countNodes, countShards, listNodes, type NodeFilter } from './node-list.ts';
import { addNode } from './nodes.suite.ts';

const instance = newUuid();
const chassis = newUuid();

/** Names of the nodes that each filter finds among those of `populate`. */
const filters: [NodeFilter, string[]][] = [
  [{}, ['a', 'b', 'c']],
  [{ include_children: true }, ['a', 'b', 'c', 'child']],
  [{ instance_uuid: instance }, ['a']],
  [{ instance_name: 'web' }, ['a']],
  [{ associated: true }, ['a']],
  [{ associated: false }, ['b', 'c']],
  [{ maintenance: true }, ['b']],
  [{ maintenance: false }, ['a', 'c']],
  [{ retired: true }, ['c']],
  [{ provision_state: 'active' }, ['a']],
  [{ provision_state: ['active', 'enroll'] }, ['a', 'c']],
  [{ driver: 'ipmi' }, ['b']],
  [{ resource_class: 'big' }, ['b', 'c']],
  [{ resource_class: 'big', maintenance: false }, ['c']],
  [{ fault: 'power failure' }, ['b']],
  [{ conductor_group: 'Rack' }, ['c']],
  [{ conductor_group: '' }, ['a', 'b']],
  [{ owner: 'p1' }, ['a']],
  [{ lessee: 'p1' }, ['b']],
  [{ project: 'p1' }, ['a', 'b']],
  [{ description_contains: 'GPU' }, ['a']],
  [{ description_contains: '100%' }, ['a']],
  [{ description_contains: '_' }, []],
  [{ shard: ['s1'] }, ['a']],
  [{ shard: ['s1', 's2', 'none'] }, ['a', 'b']],
  [{ shard: [] }, []],
  [{ sharded: true }, ['a', 'b']],
  [{ sharded: false }, ['c']],
  [{ chassis_uuid: chassis }, ['c']],
  [{ reservation: 'host' }, ['a']],
  [{ reservation: null }, ['b', 'c']],
  [{ uuids: [] }, []],
];

export function nodeListSuite(openFresh: OpenFresh): void {
  async function populate() {
    const db = await openFresh();
    await db.write((tx) => createChassis(tx, { uuid: chassis }));
    const a = await addNode(db, {
      name: 'a',
      provision_state: 'active',
      driver: 'redfish',
      instance_uuid: instance,
      instance_name: 'web',
      owner: 'p1',
      shard: 's1',
      description: 'has a Gpu, 100% used',
      reservation: 'host',
    });
    const b = { driver: 'ipmi', resource_class: 'big', lessee: 'p1', shard: 's2', fault: 'power failure' };
    await addNode(db, { name: 'b', ...b, maintenance: true, provision_state: 'manageable' });
    const c = { resource_class: 'big', retired: true, conductor_group: 'rack', chassis_uuid: chassis };
    await addNode(db, { name: 'c', ...c });
    await addNode(db, { name: 'child', parent_node: a.uuid, driver: 'fake' });
    return { db, a };
  }

  test('each filter of the API finds its nodes, and counts them', async () => {
    const { db, a } = await populate();
    for (const [filter, names] of filters) {
      const found = await listNodes(db.read, filter, { sortKey: 'name' }, ['name']);
      expect([filter, found.map((node) => node.name)]).toEqual([filter, names]);
      const counted = await countNodes(db.read, { include_children: false, ...filter });
      expect([filter, counted]).toEqual([filter, names.length]);
    }
    expect((await listNodes(db.read, { parent_node: a.uuid }, {}, ['name'])).map((node) => node.name)).toEqual([
      'child',
    ]);
    expect((await listNodes(db.read, { uuids: [a.uuid, newUuid()] })).map((node) => node.name)).toEqual(['a']);
  });

  test('only the columns asked for come back, parsed', async () => {
    const { db } = await populate();
    const [first] = await listNodes(db.read, { maintenance: true }, {}, ['uuid', 'maintenance', 'extra']);
    expect(first).toEqual({ uuid: expect.any(String), maintenance: true, extra: {} });
  });

  test('pages put together are the whole list, for any column, direction and size', async () => {
    const db = await openFresh();
    const values = [null, 'B', 'a', 'a', 'ä', '', null, 'b', 'a'];
    for (const owner of values) await addNode(db, { owner, maintenance: owner === 'a' });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('id', 'owner', 'maintenance', 'uuid', 'created_at', 'updated_at' as const),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 10 }),
        async (sortKey, sortDir, limit) => {
          const whole = await listNodes(db.read, {}, { sortKey, sortDir }, ['uuid']);
          const pages: { uuid: string }[] = [];
          while (true) {
            const marker = pages.at(-1)?.uuid;
            const page = await listNodes(db.read, {}, { sortKey, sortDir, limit, marker }, ['uuid']);
            pages.push(...page);
            if (page.length < limit) break;
          }
          expect(pages).toEqual(whole);
          expect(whole).toHaveLength(values.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('text is sorted byte by byte, and rows without a value come first', async () => {
    const db = await openFresh();
    for (const owner of ['b', null, 'B', 'a', 'ä']) await addNode(db, { owner });
    const sorted = async (sortDir: 'asc' | 'desc') =>
      (await listNodes(db.read, {}, { sortKey: 'owner', sortDir }, ['owner'])).map((node) => node.owner);
    expect(await sorted('asc')).toEqual([null, 'B', 'a', 'b', 'ä']);
    expect(await sorted('desc')).toEqual(['ä', 'b', 'a', 'B', null]);
  });

  test('a marker that names no node is an error', async () => {
    const db = await openFresh();
    await expect(listNodes(db.read, {}, { marker: newUuid() })).rejects.toSatisfy(NodeNotFound.is);
  });

  test('shards are counted, nodes without one too', async () => {
    const { db } = await populate();
    expect((await countShards(db.read)).sort((x, y) => (x.name ?? '').localeCompare(y.name ?? ''))).toEqual([
      { name: null, count: 2 },
      { name: 's1', count: 1 },
      { name: 's2', count: 1 },
    ]);
  });
}
