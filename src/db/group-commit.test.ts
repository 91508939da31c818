import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import type { Db } from './database.ts';
import { openDb } from './db.ts';
import { DatabaseClosed, TransactionEnded, WriteInsideWrite, WriteTooLong } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import { recordHappenings } from './happenings.ts';
import { metaOf, setMeta } from './meta.ts';

let folder: string;
let file: string;
let db: Db;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-db-'));
  file = join(folder, 'ingot.sqlite');
  db = await openDb({ url: `sqlite:///${file}`, log: silent, clock: systemClock });
});

afterEach(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

test('units of one batch that fail take back their own changes only, and each caller hears its own end', async () => {
  const unit = fc.record({
    fails: fc.constantFrom('no', 'throws', 'breaks a rule'),
    pauses: fc.integer({ min: 0, max: 3 }),
    writes: fc.integer({ min: 1, max: 3 }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(unit, { minLength: 1, maxLength: 20 }), async (units) => {
      const prefix = `run${run++}`;
      const told = await Promise.allSettled(
        units.map((one, n) =>
          db.write(async (tx) => {
            for (let w = 0; w < one.writes; w++) await setMeta(tx, `${prefix}-${n}-${w}`, 'x');
            for (let p = 0; p < one.pauses; p++) await new Promise(setImmediate);
            if (one.fails === 'throws') throw new Error(`unit ${n}`);
            if (one.fails === 'breaks a rule')
              await tx.insertInto('meta').values({ key: 'schema', value: '0' }).execute();
            return n;
          }),
        ),
      );
      for (const [n, one] of units.entries()) {
        const end = told[n]!;
        expect(end.status).toBe(one.fails === 'no' ? 'fulfilled' : 'rejected');
        if (end.status === 'fulfilled') expect(end.value).toBe(n);
        for (let w = 0; w < one.writes; w++)
          expect(await metaOf(db.read, `${prefix}-${n}-${w}`)).toBe(one.fails === 'no' ? 'x' : undefined);
      }
    }),
    { numRuns: 25 },
  );
});

test('a unit that comes while a batch runs goes into the next one, and sees what that one wrote', async () => {
  const order: string[] = [];
  const first = db.write(async (tx) => {
    await setMeta(tx, 'a', '1');
    queueMicrotask(() => order.push('first at work'));
    await new Promise(setImmediate);
  });
  await new Promise(setImmediate);
  const second = db.write((tx) => metaOf(tx, 'a'));
  await first;
  expect(order).toEqual(['first at work']);
  expect(await second).toBe('1');
});

test('readers see nothing of a batch before it is committed', async () => {
  let seen: string | undefined = 'never read';
  await db.write(async (tx) => {
    await setMeta(tx, 'a', '1');
    seen = await metaOf(db.read, 'a');
  });
  expect(seen).toBeUndefined();
  expect(await metaOf(db.read, 'a')).toBe('1');
});

test('a write from inside a write is refused instead of waiting for itself', async () => {
  const nested = db.write(() => db.write((tx) => setMeta(tx, 'a', '1')));
  await expect(nested).rejects.toSatisfy(WriteInsideWrite.is);
});

test('work begun in a unit may write once the unit has ended', async () => {
  let later: Promise<void> | undefined;
  await db.write(async () => {
    later = new Promise((resolve) => setTimeout(resolve, 5)).then(() => db.write((tx) => setMeta(tx, 'later', '1')));
  });
  await later;
  expect(await metaOf(db.read, 'later')).toBe('1');
});

test('closing lets queued units end, and refuses new ones', async () => {
  const queued = db.write((tx) => setMeta(tx, 'a', '1'));
  const closed = db.close();
  await expect(db.write((tx) => setMeta(tx, 'b', '1'))).rejects.toSatisfy(DatabaseClosed.is);
  await Promise.all([queued, closed]);
  const again = new Database(file, { readonly: true });
  expect(again.prepare("select value from meta where key = 'a'").pluck().get()).toBe('1');
  again.close();
});

test('a write waits for another process that holds the lock, without blocking this one', async () => {
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  let turns = 0;
  const write = db.write((tx) => setMeta(tx, 'a', '1'));
  let done = false;
  void write.then(() => {
    done = true;
  });
  for (; turns < 20; turns++) await new Promise(setImmediate);
  expect(done).toBe(false);
  other.exec('COMMIT');
  other.close();
  await write;
  expect(await metaOf(db.read, 'a')).toBe('1');
});

test('listeners are woken by a commit that holds happenings, and not by others', async () => {
  let woken = 0;
  const stop = db.onHappening(() => woken++);
  await db.write((tx) => setMeta(tx, 'a', '1'));
  expect(woken).toBe(0);
  await db.write((tx) => recordHappenings(tx, [{ kind: 'power.corrected', node: null }]));
  expect(woken).toBe(1);
  const undone = db.write(async (tx) => {
    await recordHappenings(tx, [{ kind: 'power.corrected', node: null }]);
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  stop();
  await db.write((tx) => recordHappenings(tx, [{ kind: 'power.corrected', node: null }]));
  expect(woken).toBe(1);
});

test('a transaction that is used after its unit has ended is refused', async () => {
  let kept: Parameters<Parameters<Db['write']>[0]>[0] | undefined;
  await db.write(async (tx) => {
    kept = tx;
  });
  await expect(setMeta(kept!, 'a', '1')).rejects.toSatisfy(TransactionEnded.is);
  await db.write(async (tx) => {
    setImmediate(() => setMeta(tx, 'late', '1').catch(() => {}));
  });
  await db.write(() => new Promise((resolve) => setTimeout(resolve, 5)));
  expect(await metaOf(db.read, 'late')).toBeUndefined();
});

test('a unit that does not end is given up, and the others of its batch are kept', async () => {
  const statements: string[] = [];
  const writer = {
    where: 'x',
    exec: (sql: string) => void statements.push(sql),
    inTransaction: () => true,
    failure: (error: unknown) => error,
    isBusy: () => false,
    committed: () => {},
  };
  const commits = new GroupCommit(writer, systemClock, 20);
  const stuck = commits.write(() => new Promise(() => {}));
  const other = commits.write(async () => 'kept');
  await expect(stuck).rejects.toSatisfy(WriteTooLong.is);
  expect(await other).toBe('kept');
  const undone = ['SAVEPOINT unit', 'ROLLBACK TO unit', 'RELEASE unit'];
  expect(statements).toEqual(['BEGIN IMMEDIATE', ...undone, 'SAVEPOINT unit', 'RELEASE unit', 'COMMIT']);
});

test('a backup made while others write is whole, and of one moment', async () => {
  let writing = true;
  const pairs = Array.from({ length: 4 }, async (_, caller) => {
    for (let n = 0; writing; n++)
      await db.write(async (tx) => {
        await setMeta(tx, `left ${caller} ${n}`, 'x'.repeat(2000));
        await new Promise(setImmediate);
        await setMeta(tx, `right ${caller} ${n}`, 'x'.repeat(2000));
      });
  });
  await db.write((tx) => setMeta(tx, 'before', '1'));
  await db.backup(join(folder, 'copy.sqlite'));
  writing = false;
  await Promise.all(pairs);
  const copy = new Database(join(folder, 'copy.sqlite'), { readonly: true });
  const count = (side: string) => copy.prepare('select count(*) from meta where key like ?').pluck().get(`${side} %`);
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(count('left')).toBe(count('right'));
  expect(copy.prepare("select value from meta where key = 'before'").pluck().get()).toBe('1');
  copy.close();
});
