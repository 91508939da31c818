import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Bench, conductorBench } from '../../test/setup/conductor.ts';
import { attendUnattended, recover } from './recover.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await conductorBench();
});
afterEach(() => bench.close());

/** Nodes as a process leaves them that dies while it verifies: held by this host, in the working state. */
async function cutOff(count: number, reservation: string | null, updated_at: number): Promise<string[]> {
  const uuids: string[] = [];
  for (let n = 0; n < count; n++) uuids.push((await bench.enroll()).uuid);
  await bench.db.write((tx) =>
    tx
      .updateTable('nodes')
      .set({ provision_state: 'verifying', target_provision_state: 'manageable', reservation, updated_at })
      .execute(),
  );
  return uuids;
}

const allManageable = (uuids: readonly string[]) =>
  vi.waitFor(async () => {
    for (const uuid of uuids)
      expect(await bench.node(uuid)).toMatchObject({ provision_state: 'manageable', reservation: null });
  });

test('after a restart the locks of the process before are freed and its work is gone on with', async () => {
  const uuids = await cutOff(3, 'tester', Date.now());
  expect(await recover(bench.conductor)).toBe(3);
  await allManageable(uuids);
});

test('more unfinished nodes than workers: the rest wait for a free one, and none is forgotten', async () => {
  const uuids = await cutOff(12, 'tester', Date.now());
  const slots = bench.conductor.config.conductor.workers_pool_size;
  for (let n = 0; n < slots; n++) bench.conductor.workers.take();
  await recover(bench.conductor);
  expect((await bench.node(uuids[0]!)).provision_state).toBe('verifying');
  for (let n = 0; n < slots; n++) bench.conductor.workers.giveBack();
  await allManageable(uuids);
});

test('a node that nobody is at though its state says so is gone on with, but not at once', async () => {
  const [fresh] = await cutOff(1, null, Date.now());
  await attendUnattended(bench.conductor);
  expect((await bench.node(fresh!)).provision_state).toBe('verifying');
  const old = await cutOff(1, null, Date.now() - 600_000);
  await attendUnattended(bench.conductor);
  await allManageable(old);
});

test('what another host holds is left to it', async () => {
  const [uuid] = await cutOff(1, 'another', Date.now());
  expect(await recover(bench.conductor)).toBe(0);
  expect(await bench.node(uuid!)).toMatchObject({ provision_state: 'verifying', reservation: 'another' });
});

test('a node that a heartbeat holds for a moment at the start is gone on with all the same', async () => {
  const [uuid] = await cutOff(1, 'tester', Date.now());
  const taken = bench.db.write.bind(bench.db);
  let letGo = false;
  // Between the freeing of the locks and the taking of the node somebody else is quicker, once.
  bench.db.write = async (work) => {
    const row = await bench.node(uuid!);
    if (!letGo && row.reservation === null) {
      letGo = true;
      await taken((tx) =>
        tx.updateTable('nodes').set({ reservation: 'heartbeat' }).where('uuid', '=', uuid!).execute(),
      );
      setTimeout(
        () =>
          void taken((tx) => tx.updateTable('nodes').set({ reservation: null }).where('uuid', '=', uuid!).execute()),
        50,
      );
    }
    return taken(work);
  };
  await recover(bench.conductor);
  await allManageable([uuid!]);
});
