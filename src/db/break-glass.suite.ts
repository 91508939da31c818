import { expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { NodeLocked } from '#contract/errors.ts';
import type { OpenFresh } from '../../test/setup/databases.ts';
import { forceNode, lockNode, UnfitValue, UnknownColumn, unlockNode } from './break-glass.ts';
import { check } from './check.ts';
import { registerConductor } from './conductors.ts';
import { NodeLost } from './errors.ts';
import { listHistory } from './node-history.ts';
import { addNode } from './nodes.suite.ts';
import { freeNode, saveNode, takeNode } from './nodes.ts';

export function breakGlassSuite(openFresh: OpenFresh): void {
  test('columns are set from JSON and boolean text, and the history says what was done by whom', async () => {
    const db = await openFresh(new ManualClock(50));
    const { uuid } = await addNode(db, { name: 'n', waits_for: 'the agent', deadline_at: 5, maintenance: true });
    const set = { provision_state: 'active', maintenance: '0', clean_step: '{}', deploy_step: null, fault: null };
    const more = {
      driver_internal_info: '{"a": [1]}',
      automated_clean: 'true',
      inspection_started_at: '1970-01-01T00:00:01Z',
    };
    const forced = await forceNode(db, 'n', { ...set, ...more }, 'root');
    expect(forced).toMatchObject({
      uuid,
      provision_state: 'active',
      provision_updated_at: null,
      maintenance: false,
      clean_step: {},
      deploy_step: {},
      driver_internal_info: { a: [1] },
      automated_clean: true,
      inspection_started_at: 1000,
      waits_for: null,
      deadline_at: null,
      revision: 1,
    });
    const [line] = await listHistory(db.read, uuid);
    expect(line).toMatchObject({ event_type: 'break-glass', user: 'root' });
    expect(line!.event).toContain('provision_state, maintenance');
  });

  test.each([
    [{ provision_sate: 'active' }, UnknownColumn, 'provision_sate'],
    [{ uuid: 'x' }, UnknownColumn, 'uuid'],
    [{ revision: 1 }, UnknownColumn, 'revision'],
    [{ driver_info: '[1]' }, UnfitValue, 'driver_info'],
    [{ driver_info: '{' }, UnfitValue, 'driver_info'],
    [{ maintenance: 'perhaps' }, UnfitValue, 'maintenance'],
    [{ protected: null }, UnfitValue, 'protected'],
    [{ deadline_at: 'soon' }, UnfitValue, 'deadline_at'],
    [{ owner: 5 }, UnfitValue, 'owner'],
  ])('%j is refused, naming the column', async (set, kind, column) => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const error = await forceNode(db, uuid, set).catch((caught) => caught);
    expect(kind.is(error)).toBe(true);
    expect(error.message).toContain(column);
    expect(await listHistory(db.read, uuid)).toEqual([]);
  });

  test('a lock set by hand stops takers, and one taken away by hand stops the worker that had it', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const taken = await db.write((tx) => takeNode(tx, uuid, 'host', 1000));
    await lockNode(db, uuid, 'other-conductor');
    const guard = { host: 'host', epoch: taken.reservation_epoch };
    await expect(db.write((tx) => saveNode(tx, uuid, { owner: 'x' }, guard))).rejects.toSatisfy(NodeLost.is);
    await expect(db.write((tx) => takeNode(tx, uuid, 'host', 1000))).rejects.toSatisfy(NodeLocked.is);
    await unlockNode(db, uuid);
    const again = await db.write((tx) => takeNode(tx, uuid, 'host', 1000));
    await unlockNode(db, uuid);
    const late = db.write((tx) => freeNode(tx, uuid, 'host', again.reservation_epoch));
    await expect(late).rejects.toSatisfy(NodeLost.is);
    expect((await listHistory(db.read, uuid)).map((line) => line.event)).toEqual([
      'The node was locked for other-conductor, by hand.',
      'The node was taken from other-conductor, who held its lock, by hand.',
      'The node was taken from host, who held its lock, by hand.',
    ]);
  });

  test('forcing the reservation to null counts as taking the lock away', async () => {
    const db = await openFresh();
    const { uuid } = await addNode(db);
    const taken = await db.write((tx) => takeNode(tx, uuid, 'host', 1000));
    const forced = await forceNode(db, uuid, { reservation: null });
    expect(forced).toMatchObject({ reservation: null, lease_until: null, reserved_at: null });
    expect(forced.reservation_epoch).toBe(taken.reservation_epoch + 1);
  });

  test('a check tells of nodes that wait for ever and of locks of strangers', async () => {
    const db = await openFresh();
    const wrong = async () => (await check(db)).flatMap((finding) => finding.wrong);
    expect(await wrong()).toEqual([]);
    await addNode(db, { name: 'w1', provision_state: 'clean wait' });
    await addNode(db, { name: 'w2', waits_for: 'the raid controller' });
    await addNode(db, { name: 'ok', provision_state: 'clean wait', deadline_at: 5 });
    await addNode(db, { name: 'l1', reservation: 'stranger' });
    await addNode(db, { name: 'l2', reservation: 'known' });
    const host = { hostname: 'known', conductor_group: '', drivers: [], rpc_url: null, interfaces: [] };
    await db.write((tx) => registerConductor(tx, host));
    expect(await wrong()).toEqual([
      'Node w1 waits (clean wait) without a deadline: nobody would notice.',
      'Node w2 waits (the raid controller) without a deadline: nobody would notice.',
      'Node l1 is locked by stranger, which is no conductor of this database.',
    ]);
  });
}
