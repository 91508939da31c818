import { expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { openDb } from '#db/db.ts';
import { cursorOf, recordHappenings } from '#db/happenings.ts';
import type { Heard, Outlet } from './outlet.ts';
import { startRelay } from './relay.ts';

const open = () => openDb({ url: 'sqlite::memory:', log: silent, clock: systemClock });
type Opened = Awaited<ReturnType<typeof open>>;

const happen = (db: Opened, ...kinds: string[]) =>
  db.write((tx) =>
    recordHappenings(
      tx,
      kinds.map((kind, n) => ({ kind, node: `n${n}` })),
    ),
  );

function listener(name: string, hears: Outlet['hears']) {
  const heard: Heard[] = [];
  const outlet: Outlet = { name, hears, take: async (_tx, some) => void heard.push(...some) };
  return { heard, outlet };
}

test('an outlet hears its kinds in their order, and its cursor passes the others too', async () => {
  const db = await open();
  const { heard, outlet } = listener('power', ['power.changed', 'power.failed']);
  const relay = await startRelay({ db, clock: systemClock, log: silent }, [outlet]);
  await happen(db, 'power.changed', 'node.created', 'power.failed', 'node.deleted');
  await vi.waitFor(() => expect(relay.statuses()).toMatchObject([{ name: 'power', cursor: 4, failures: 0 }]));
  expect(heard.map((one) => [one.id, one.kind])).toEqual([
    [1, 'power.changed'],
    [3, 'power.failed'],
  ]);
  await relay.stop();
  await db.close();
});

test('one that fails is tried again from where it was, and holds up no other', async () => {
  const db = await open();
  const { heard, outlet: good } = listener('good', ['power.changed']);
  let failures = 2;
  const taken: number[] = [];
  const bad: Outlet = {
    name: 'bad',
    hears: ['power.changed'],
    async take(_tx, some) {
      if (failures-- > 0) throw new Error('not now');
      taken.push(...some.map((one) => one.id));
    },
  };
  const relay = await startRelay({ db, clock: systemClock, log: silent }, [bad, good]);
  await happen(db, 'power.changed');
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  await vi.waitFor(() => expect(relay.statuses()[0]).toMatchObject({ failures: 1, lastError: 'not now', cursor: 0 }));
  await vi.waitFor(() => expect(taken).toEqual([1]), 5000);
  await relay.stop();
  await db.close();
});

test('what happened while nobody listened is heard later; what happened before the first start is not', async () => {
  const db = await open();
  await happen(db, 'power.changed');
  const { heard, outlet } = listener('power', ['power.changed']);
  await (await startRelay({ db, clock: systemClock, log: silent }, [outlet])).stop();
  await happen(db, 'power.changed', 'power.changed');
  const relay = await startRelay({ db, clock: systemClock, log: silent }, [outlet]);
  await vi.waitFor(() => expect(heard.map((one) => one.id)).toEqual([2, 3]));
  await relay.stop();
  await db.close();
});

test('stopped, it remembers what it passed without hearing it', async () => {
  const db = await open();
  const { outlet } = listener('power', ['power.changed']);
  const relay = await startRelay({ db, clock: systemClock, log: silent }, [outlet]);
  await happen(db, 'node.created', 'node.created');
  await vi.waitFor(() => expect(relay.statuses()[0]!.cursor).toBe(2));
  await relay.stop();
  expect(await cursorOf(db.read, 'power')).toBe(2);
  await db.close();
});
