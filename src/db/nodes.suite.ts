import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import {
  DuplicateName,
  DuplicateNodeOnLookup,
  InstanceAssociated,
  NodeAlreadyExists,
  NodeLocked,
  NodeNotFound,
} from '#contract/errors.ts';
import type { OpenFresh } from '../../test/setup/databases.ts';
import type { Db } from './database.ts';
import { NodeConflict, NodeLost } from './errors.ts';
import { addHistory, listHistory } from './node-history.ts';
import { countByState, countCleaning, countDeploying, dueNodes, nextDeadline } from './node-watch.ts';
import * as nodes from './nodes.ts';
import { createPort, findPort } from './ports.ts';
import { countNodes, lookedAtColumns, nodesToRecover, nodesToSync, type Which } from './power-looks.ts';
import type { NodeRow } from './schema.ts';

type NewNode = Partial<Parameters<typeof nodes.createNode>[1]>;

export const addNode = (db: Db, node: NewNode = {}): Promise<NodeRow> =>
  db.write((tx) => nodes.createNode(tx, { uuid: newUuid(), driver: 'fake-hardware', ...node }));

const minute = 60_000;

export function nodesSuite(openFresh: OpenFresh): void {
  test('a node comes back as it was written, with JSON, booleans and times', async () => {
    const clock = new ManualClock(1_765_000_000_000);
    const db = await openFresh(clock);
    const written = await addNode(db, {
      name: 'rack1-u7',
      driver_info: { address: '10.0.0.1', list: [1, { deep: null }], text: 'ü "quoted"' },
      maintenance: true,
      automated_clean: false,
      provision_updated_at: 1_764_999_999_999,
    });
    const read = await nodes.nodeBy(db.read, 'rack1-u7');
    expect(read).toEqual(written);
    expect(read).toMatchObject({
      driver_info: { address: '10.0.0.1', list: [1, { deep: null }], text: 'ü "quoted"' },
      maintenance: true,
      automated_clean: false,
      secure_boot: null,
      protected: false,
      provision_state: 'enroll',
      clean_step: {},
      created_at: 1_765_000_000_000,
      updated_at: null,
      provision_updated_at: 1_764_999_999_999,
      revision: 0,
    });
  });

  test('a node is found by its UUID in any spelling, and by its name; else the error names what was asked', async () => {
    const db = await openFresh();
    const node = await addNode(db, { name: 'n1' });
    expect((await nodes.nodeBy(db.read, node.uuid.toUpperCase())).id).toBe(node.id);
    expect((await nodes.nodeBy(db.read, node.uuid.replaceAll('-', ''))).id).toBe(node.id);
    expect((await nodes.nodeBy(db.read, 'n1')).id).toBe(node.id);
    await expect(nodes.nodeBy(db.read, 'n2')).rejects.toSatisfy(
      (error) => NodeNotFound.is(error) && error.message.includes('n2'),
    );
  });

  test('a UUID, name or instance that is taken is refused by its own error', async () => {
    const db = await openFresh();
    const instance = newUuid();
    const one = await addNode(db, { name: 'one', instance_uuid: instance });
    const two = await addNode(db);
    await expect(addNode(db, { uuid: one.uuid })).rejects.toSatisfy(NodeAlreadyExists.is);
    await expect(addNode(db, { name: 'one' })).rejects.toSatisfy(DuplicateName.is);
    const write = db.write((tx) => nodes.saveNode(tx, two.uuid, { instance_uuid: instance }, 'unguarded'));
    await expect(write).rejects.toSatisfy(InstanceAssociated.is);
  });

  test('each write raises the revision, and a write on an old revision is refused', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const saved = await db.write((tx) => nodes.saveNode(tx, uuid, { owner: 'a' }, { revision: 0 }));
    expect(saved).toMatchObject({ owner: 'a', revision: 1 });
    const late = db.write((tx) => nodes.saveNode(tx, uuid, { owner: 'b' }, { revision: 0 }));
    await expect(late).rejects.toSatisfy(NodeConflict.is);
    expect((await nodes.nodeBy(db.read, uuid)).owner).toBe('a');
  });

  test.each([
    ['enroll', 'inspecting', { inspection_started_at: 5000, inspection_finished_at: null }],
    ['inspect wait', 'manageable', { inspection_started_at: null, inspection_finished_at: 5000 }],
    ['inspecting', 'manageable', { inspection_started_at: null, inspection_finished_at: 5000 }],
    ['cleaning', 'manageable', { inspection_started_at: 7, inspection_finished_at: 8 }],
    ['inspect wait', 'inspect failed', { inspection_started_at: null, inspection_finished_at: 8 }],
  ])('going from %s to %s stamps the times of inspection', async (from, to, times) => {
    const db = await openFresh(new ManualClock(5000));
    const was = { provision_state: from, inspection_started_at: 7, inspection_finished_at: 8 };
    const { uuid } = await addNode(db, was);
    const saved = await db.write((tx) => nodes.saveNode(tx, uuid, { provision_state: to }, 'unguarded'));
    expect(saved).toMatchObject({ ...times, provision_state: to, provision_updated_at: 5000 });
  });

  test('of many takers one wins, and the others learn who', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const hosts = ['a', 'b', 'c', 'd', 'e'];
    const tries = await Promise.allSettled(
      hosts.map((host) => db.write((tx) => nodes.takeNode(tx, uuid, host, minute))),
    );
    const won = tries.filter((one) => one.status === 'fulfilled').map((one) => one.value.reservation);
    expect(won).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason.facts.host).toBe(won[0]);
  });

  test('whatever hosts do with locks, nobody writes but the last who took the node', async () => {
    const clock = new ManualClock();
    const db = await openFresh(clock);
    const deed = fc.record({
      host: fc.constantFrom('a', 'b', 'c'),
      does: fc.constantFrom('take', 'free', 'write', 'take over', 'wait', 'renew'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (deeds) => {
        const { uuid } = await addNode(db);
        const held = new Map<string, number>(); // the number that each host believes in, for ever
        let holder: string | undefined;
        for (const { host, does } of deeds) {
          const epoch = held.get(host) ?? -1;
          const done = await attempt(db, clock, uuid, host, epoch, does);
          if (does === 'write' || does === 'free') expect(done !== undefined).toBe(holder === host);
          if (does === 'take') expect(done !== undefined).toBe(holder === undefined);
          if (done && (does === 'take' || does === 'take over')) {
            held.set(host, done.reservation_epoch);
            holder = host;
          }
          if (done && does === 'free') holder = undefined;
        }
      }),
      { numRuns: 15 },
    );
  });

  test('a lease that is renewed is not taken over; one that ran out is, once', async () => {
    const clock = new ManualClock();
    const db = await openFresh(clock);
    const { uuid } = await addNode(db);
    const taken = await db.write((tx) => nodes.takeNode(tx, uuid, 'a', minute));
    clock.advance(minute - 1);
    expect(await db.write((tx) => nodes.renewLeases(tx, 'a', minute))).toBe(1);
    clock.advance(2);
    expect(await nodes.expiredNodes(db.read, clock.now(), 10)).toEqual([]);
    await expect(db.write((tx) => nodes.takeOver(tx, taken, 'b', minute))).rejects.toSatisfy(NodeLost.is);
    clock.advance(minute);
    expect(await nodes.expiredNodes(db.read, clock.now(), 10)).toHaveLength(1);
    const over = ['b', 'c'].map((host) => db.write((tx) => nodes.takeOver(tx, taken, host, minute)));
    const ended = (await Promise.allSettled(over)).map((one) => one.status).sort();
    expect(ended).toEqual(['fulfilled', 'rejected']);
    const stale = { host: 'a', epoch: taken.reservation_epoch };
    await expect(db.write((tx) => nodes.saveNode(tx, uuid, { owner: 'x' }, stale))).rejects.toSatisfy(NodeLost.is);
  });

  test('a host that starts anew frees its locks, and work of its former self cannot write', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const { reservation_epoch: epoch } = await db.write((tx) => nodes.takeNode(tx, uuid, 'a', minute));
    expect(await db.write((tx) => nodes.freeNodesOf(tx, 'a'))).toEqual([uuid]);
    await db.write((tx) => nodes.takeNode(tx, uuid, 'a', minute));
    const late = db.write((tx) => nodes.saveNode(tx, uuid, { owner: 'x' }, { host: 'a', epoch }));
    await expect(late).rejects.toSatisfy(NodeLost.is);
  });

  test('deleting a node takes along what hangs on it, and only with the guard', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const port = await db.write((tx) => createPort(tx, { node_uuid: uuid, address: '52:54:00:00:00:01' }));
    await db.write((tx) => addHistory(tx, { node_uuid: uuid, severity: 'INFO' }));
    await expect(db.write((tx) => nodes.deleteNode(tx, uuid, { revision: 9 }))).rejects.toSatisfy(NodeConflict.is);
    await db.write((tx) => nodes.deleteNode(tx, uuid, { revision: 0 }));
    expect(await findPort(db.read, port.uuid)).toBeUndefined();
    expect(await listHistory(db.read, uuid)).toEqual([]);
    await expect(db.write((tx) => nodes.deleteNode(tx, uuid, 'unguarded'))).rejects.toSatisfy(NodeNotFound.is);
  });

  test('a node is found by the MAC addresses of its ports; addresses of two nodes are an error', async () => {
    const db = await openFresh();
    const [one, two] = [await addNode(db), await addNode(db)];
    await db.write((tx) => createPort(tx, { node_uuid: one.uuid, address: '52:54:00:00:00:01' }));
    await db.write((tx) => createPort(tx, { node_uuid: one.uuid, address: '52:54:00:00:00:02' }));
    await db.write((tx) => createPort(tx, { node_uuid: two.uuid, address: '52:54:00:00:00:03' }));
    const ofOne = await nodes.nodeByMacs(db.read, ['52:54:00:00:00:02', '52:54:00:00:00:01', '00:00:00:00:00:99']);
    expect(ofOne?.uuid).toBe(one.uuid);
    expect(await nodes.nodeByMacs(db.read, ['00:00:00:00:00:99'])).toBeUndefined();
    expect(await nodes.nodeByMacs(db.read, [])).toBeUndefined();
    const both = nodes.nodeByMacs(db.read, ['52:54:00:00:00:01', '52:54:00:00:00:03']);
    await expect(both).rejects.toSatisfy(DuplicateNodeOnLookup.is);
  });

  test('deadlines come in their order, and the next one is known', async () => {
    const db = await openFresh();
    expect(await nextDeadline(db.read)).toBeUndefined();
    for (const deadline_at of [30, 10, 20, null]) await addNode(db, { deadline_at });
    expect((await dueNodes(db.read, 20, 10)).map((node) => node.deadline_at)).toEqual([10, 20]);
    expect((await dueNodes(db.read, 99, 1)).map((node) => node.deadline_at)).toEqual([10]);
    expect(await nextDeadline(db.read)).toBe(10);
  });

  test('power sync sees the free nodes of its group that may be read', async () => {
    const db = await openFresh();
    const add = (name: string, node: NewNode = {}) => addNode(db, { name, provision_state: 'active', ...node });
    await add('one');
    await add('two');
    await add('elsewhere', { conductor_group: 'far' });
    await add('maintenance', { maintenance: true });
    await add('locked', { reservation: 'a' });
    await add('busy', { target_power_state: 'power on' });
    await add('waiting', { provision_state: 'clean wait' });
    await add('updating', { driver_internal_info: { redfish_fw_updates: [1] } });
    const names = async (which: Which) => (await nodesToSync(db.read, '', which)).map((node) => node.name);
    const [one, two] = await nodesToSync(db.read, '', { after: 0, limit: 10 });
    expect(await countNodes(db.read)).toBe(8);
    expect(await names({ after: 0, limit: 10 })).toEqual(['one', 'two']);
    expect(await names({ after: 0, limit: 1 })).toEqual(['one']);
    expect(await names({ after: one!.id, limit: 10 })).toEqual(['two']);
    expect(await names({ uuids: [two!.uuid, 'gone'] })).toEqual(['two']);
    expect(Object.keys(one!).sort()).toEqual([...lookedAtColumns].sort());
    await db.write((tx) => nodes.takeNode(tx, one!.uuid, 'a', 1000));
    expect(await names({ after: 0, limit: 10 })).toEqual(['two']);
    expect(await names({ uuids: [one!.uuid] })).toEqual([]);
  });

  test('nodes whose BMC was silent are found again, unless somebody works on them', async () => {
    const db = await openFresh();
    const silent = { maintenance: true, fault: 'power failure', provision_state: 'active' };
    await addNode(db, { name: 'silent', ...silent });
    await addNode(db, { name: 'by hand', maintenance: true, provision_state: 'active' });
    await addNode(db, { name: 'locked', ...silent, reservation: 'a' });
    await addNode(db, { name: 'busy', ...silent, target_power_state: 'power on' });
    await addNode(db, { name: 'enroll', ...silent, provision_state: 'enroll' });
    await addNode(db, { name: 'elsewhere', ...silent, conductor_group: 'far' });
    const found = await nodesToRecover(db.read, '', { after: 0, limit: 10 });
    expect(found.map((node) => node.name)).toEqual(['silent']);
    expect(await nodesToRecover(db.read, '', { after: found[0]!.id, limit: 10 })).toEqual([]);
  });

  test('the node of an instance is found', async () => {
    const db = await openFresh();
    const instance_uuid = newUuid();
    const node = await addNode(db, { instance_uuid });
    expect((await nodes.nodeOfInstance(db.read, instance_uuid))?.uuid).toBe(node.uuid);
    expect(await nodes.nodeOfInstance(db.read, newUuid())).toBeUndefined();
  });

  test('what the limits count is counted, by group too', async () => {
    const db = await openFresh();
    for (const provision_state of ['deploying', 'wait call-back', 'cleaning', 'deleting', 'active'])
      await addNode(db, { provision_state, conductor_group: provision_state === 'deploying' ? 'g' : '' });
    expect(await countDeploying(db.read)).toBe(2);
    expect(await countDeploying(db.read, 'g')).toBe(1);
    expect(await countCleaning(db.read)).toBe(2);
    expect((await countByState(db.read)).map((row) => row.count)).toEqual([1, 1, 1, 1, 1]);
  });
}

async function attempt(db: Db, clock: ManualClock, uuid: string, host: string, epoch: number, does: string) {
  const expected = (error: unknown) => {
    if (NodeLocked.is(error) || NodeLost.is(error)) return undefined;
    throw error;
  };
  switch (does) {
    case 'take':
      return db.write((tx) => nodes.takeNode(tx, uuid, host, minute)).catch(expected);
    case 'free':
      return db.write((tx) => nodes.freeNode(tx, uuid, host, epoch)).catch(expected);
    case 'write':
      return db.write((tx) => nodes.saveNode(tx, uuid, { owner: host }, { host, epoch })).catch(expected);
    case 'take over': {
      const node = await nodes.nodeBy(db.read, uuid);
      return db.write((tx) => nodes.takeOver(tx, node, host, minute)).catch(expected);
    }
    case 'renew':
      await db.write((tx) => nodes.renewLeases(tx, host, minute));
      return undefined;
    default:
      clock.advance(minute * 0.7);
      return undefined;
  }
}
