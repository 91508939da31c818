// What only PostgreSQL can do to us: commits out of order, deadlocks, two programs that bring the schema up at once.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { type PostgresServer, startPostgres } from '../../test/setup/databases.ts';
import { check } from './check.ts';
import type { Db } from './database.ts';
import { openDb } from './db.ts';
import { DatabaseReadOnly, DatabaseTooNew, DatabaseUnusable } from './errors.ts';
import { readHappenings, recordHappenings } from './happenings.ts';
import { metaOf, setMeta } from './meta.ts';
import { migrations } from './migrate.ts';
import { addNode } from './nodes.suite.ts';
import { saveNode } from './nodes.ts';

let server: PostgresServer;
const opened: Db[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});
afterAll(() => server?.stop());

async function open(url: string, readOnly = false): Promise<Db> {
  const db = await openDb({ url, readOnly, log: silent, clock: systemClock });
  opened.push(db);
  return db;
}

/** A gate that work waits at until the test opens it. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

const say = (to: number) => [{ kind: 'power.corrected', node: null, to }];

test('a happening that commits late is waited for, though later ones are there already', async () => {
  const db = await open(await server.createSchema());
  await db.write((tx) => recordHappenings(tx, say(1)));
  const [took, may] = [gate(), gate()];
  const late = db.write(async (tx) => {
    await recordHappenings(tx, say(2));
    took.open();
    await may.passed;
  });
  await took.passed;
  await db.write((tx) => recordHappenings(tx, say(3)));
  const told = async (after = 0) => (await readHappenings(db.read, after, 10)).map((one) => one.body.to);
  expect(await told()).toEqual([1]);
  expect(await told(1)).toEqual([]);
  may.open();
  await late;
  expect(await told()).toEqual([1, 2, 3]);
});

test('a long transaction that tells nothing holds no reader up', async () => {
  const db = await open(await server.createSchema());
  const [took, may] = [gate(), gate()];
  const long = db.write(async (tx) => {
    await setMeta(tx, 'a', '1');
    took.open();
    await may.passed;
  });
  await took.passed;
  const undone = db.write(async (tx) => {
    await recordHappenings(tx, say(1));
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await db.write((tx) => recordHappenings(tx, say(2)));
  expect(await readHappenings(db.read, 0, 10)).toMatchObject([{ body: { to: 2 } }]);
  may.open();
  await long;
});

test('two units that deadlock are both done in the end', async () => {
  const db = await open(await server.createSchema());
  const [one, two] = [await addNode(db), await addNode(db)];
  const [a, b] = [gate(), gate()];
  const both = (first: string, second: string, mine: ReturnType<typeof gate>, other: ReturnType<typeof gate>) =>
    db.write(async (tx) => {
      await saveNode(tx, first, { owner: first }, 'unguarded');
      mine.open();
      await other.passed;
      await saveNode(tx, second, { owner: first }, 'unguarded');
    });
  await Promise.all([both(one.uuid, two.uuid, a, b), both(two.uuid, one.uuid, b, a)]);
});

test('programs that start at once on an empty database bring its schema up once', async () => {
  const url = await server.createSchema();
  const all = await Promise.all([open(url), open(url), open(url)]);
  for (const db of all) expect(await metaOf(db.read, 'schema')).toBe(String(migrations.length));
  expect((await check(all[0]!)).flatMap((finding) => finding.wrong)).toEqual([]);
});

test('a database of a newer program is left alone', async () => {
  const url = await server.createSchema();
  const db = await open(url);
  await db.write((tx) => setMeta(tx, 'schema', '999'));
  await expect(open(url)).rejects.toSatisfy(DatabaseTooNew.is);
});

test("SQLAlchemy's spelling of the address is taken too", async () => {
  const url = (await server.createSchema()).replace('postgresql:', 'postgresql+psycopg2:');
  expect((await open(url)).kind).toBe('postgres');
});

test('what is opened for reading is not written, nor brought up', async () => {
  const url = await server.createSchema();
  await expect(open(url, true)).rejects.toSatisfy(DatabaseUnusable.is);
  await open(url);
  const db = await open(url, true);
  await expect(db.write((tx) => setMeta(tx, 'a', '1'))).rejects.toSatisfy(DatabaseReadOnly.is);
});

test.each([
  ['nothing listens there', 'postgresql://x:secret@127.0.0.1:1/none'],
  ['its socket is not there', 'postgresql://x:secret@/none?host=/nowhere'],
])('that %s is told without the password', async (why, url) => {
  const error = await open(url).catch((caught) => caught);
  expect(DatabaseUnusable.is(error)).toBe(true);
  expect(error.message).toContain(why);
  expect(error.message).not.toContain('secret');
});

test('a backup is left to pg_dump, and the error says how', async () => {
  const db = await open(await server.createSchema());
  await expect(db.backup('/tmp/x')).rejects.toThrow(/pg_dump/);
});

test('listeners are joined again when their connection breaks', async () => {
  const url = await server.createSchema();
  const db = await open(url);
  let woken = 0;
  db.onHappening(() => woken++);
  await vi.waitFor(() => expect(woken).toBe(1));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const cut = "select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'";
  await vi.waitFor(async () => expect((await client.query(cut)).rowCount).toBeGreaterThan(0));
  await client.end();
  await vi.waitFor(() => expect(woken).toBe(2), { timeout: 20_000 });
});
