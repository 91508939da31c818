import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { Fault } from '#base/errors.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import { createChassis } from './chassis.ts';
import { DataDirTaken, lockDataDir } from './data-dir.ts';
import { openDb } from './db.ts';
import { DatabaseFull, DatabaseReadOnly, DatabaseTooNew, DatabaseUnusable } from './errors.ts';
import { metaOf, setMeta } from './meta.ts';
import { migrations } from './migrate.ts';
import { sqliteFailure } from './sqlite.ts';

let folder: string;
let file: string;
const open = (url: string, readOnly = false) => openDb({ url, readOnly, log: silent, clock: systemClock });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-db-'));
  file = join(folder, 'deep', 'ingot.sqlite');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('the file and its folder are made, and what was written is there when it is opened again', async () => {
  const db = await open(`sqlite:///${file}`);
  await db.write((tx) => setMeta(tx, 'a', '1'));
  await db.close();
  const again = await open(`sqlite://${file}`);
  expect(await metaOf(again.read, 'a')).toBe('1');
  await again.close();
});

test('the journal is a WAL, tables are strict, and only the owner may read what BMCs are opened with', async () => {
  const db = await open(`sqlite:///${file}`);
  for (const name of [file, `${file}-wal`]) expect((await stat(name)).mode & 0o777).toBe(0o600);
  const other = new Database(file, { readonly: true });
  expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
  const loose = other.prepare("select name from pragma_table_list where schema = 'main' and strict = 0").pluck().all();
  expect(loose.filter((name) => !String(name).startsWith('sqlite_'))).toEqual([]);
  other.close();
  await db.close();
});

test('what is read only refuses to be written, and is not made', async () => {
  await expect(open(`sqlite:///${file}`, true)).rejects.toSatisfy(DatabaseUnusable.is);
  await (await open(`sqlite:///${file}`)).close();
  const db = await open(`sqlite:///${file}`, true);
  await expect(db.write((tx) => setMeta(tx, 'a', '1'))).rejects.toSatisfy(DatabaseReadOnly.is);
  expect(await metaOf(db.read, 'schema')).toBe(String(migrations.length));
  await db.close();
});

test('a database of a newer program is left alone, with a sentence that says so', async () => {
  await (await open(`sqlite:///${file}`)).close();
  const other = new Database(file);
  other.exec("update meta set value = '999' where key = 'schema'");
  other.close();
  await expect(open(`sqlite:///${file}`)).rejects.toSatisfy(
    (error) => DatabaseTooNew.is(error) && /newer Ingot \(schema 999/.test(error.message),
  );
});

describe('every failure to open is a declared error of one sentence', () => {
  test.each([
    ['not a database', () => writeFile(join(folder, 'x'), 'no database at all, but long enough to look'), 'x'],
    ['a folder', () => mkdir(join(folder, 'y')), 'y'],
    ['under a file', () => writeFile(join(folder, 'z'), ''), 'z/ingot.sqlite'],
  ])('%s', async (_what, prepare, name) => {
    await prepare();
    const error = await open(`sqlite:///${join(folder, name)}`).catch((caught) => caught);
    expect(error).toBeInstanceOf(Fault);
    expect(error.message).toContain(name);
    expect(error.message).not.toContain('\n');
  });

  test('an address of another kind, whose password is not shown', async () => {
    const error = await open('mysql://ironic:secret@db/ironic').catch((caught) => caught);
    expect(DatabaseUnusable.is(error)).toBe(true);
    expect(error.message).not.toContain('secret');
  });
});

test('a full disk fails the writes with a sentence, and the database works again once there is room', async () => {
  const db = await open(`sqlite:///${file}`);
  const pages = Number((await pragma(db, 'page_count')) ?? 0);
  await pragma(db, `max_page_count = ${pages + 2}`);
  const big = 'x'.repeat(100_000);
  const writes = await Promise.allSettled([1, 2, 3].map((n) => db.write((tx) => setMeta(tx, `big${n}`, big))));
  for (const one of writes)
    expect(one).toMatchObject({ status: 'rejected', reason: expect.toSatisfy(DatabaseFull.is) });
  await pragma(db, 'max_page_count = 1000000');
  await db.write((tx) => setMeta(tx, 'big', big));
  expect(await metaOf(db.read, 'big')).toBe(big);
  await db.close();
});

const pragma = (db: Awaited<ReturnType<typeof open>>, text: string) =>
  db.write(async (tx) => {
    const { CompiledQuery } = await import('kysely');
    const { rows } = await tx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(`pragma ${text}`));
    return Object.values(rows[0] ?? {})[0];
  });

test.each([
  ['SQLITE_FULL', 'DatabaseFull'],
  ['SQLITE_READONLY_DBMOVED', 'DatabaseReadOnly'],
  ['SQLITE_BUSY_SNAPSHOT', 'DatabaseBusy'],
  ['SQLITE_IOERR_FSYNC', 'DatabaseUnusable'],
  ['SQLITE_CORRUPT_INDEX', 'DatabaseUnusable'],
])('%s is told as %s', (code, name) => {
  const told = sqliteFailure('/x', Object.assign(new Error('raw'), { code }));
  expect((told as Error).name).toBe(name);
});

test('a data folder has one Ingot; the next is told its process, and may come when it is free', async () => {
  const free = lockDataDir(folder);
  expect(() => lockDataDir(folder)).toThrow(
    expect.toSatisfy((error) => DataDirTaken.is(error) && error.message.includes(`process ${process.pid}`)),
  );
  free();
  lockDataDir(folder)();
});

test('a data folder that cannot be made is told with the reason', async () => {
  await writeFile(join(folder, 'file'), '');
  await chmod(folder, 0o755);
  expect(() => lockDataDir(join(folder, 'file', 'data'))).toThrow(/The data folder .*file\/data cannot be used/);
});

test('a backup that cannot be written is told with the place and the reason', async () => {
  const db = await open(`sqlite:///${file}`);
  await expect(db.backup(join(folder, 'none', 'copy'))).rejects.toSatisfy(
    (error) => DatabaseUnusable.is(error) && error.message.includes(join(folder, 'none', 'copy')),
  );
  await db.close();
});

test('the mark tells what may change what is told of nodes, whoever wrote it, and nothing of what never does', async () => {
  const db = await open(`sqlite:///${file}`);
  const other = await open(`sqlite:///${file}`);
  const turn = () => new Promise((done) => setImmediate(() => setImmediate(done)));
  const marks = [db.mark()];
  const then = async () => {
    await turn();
    marks.push(db.mark());
  };
  await then();
  await db.write((tx) => setMeta(tx, 'a', '1'));
  await then();
  expect(new Set(marks).size, 'nothing was written but what is beside nodes').toBe(1);
  await db.write((tx) => createChassis(tx, { uuid: newUuid(), description: 'a', extra: {} }));
  expect(db.mark(), 'in the very turn').not.toBe(marks[0]);
  await then();
  await other.write((tx) => setMeta(tx, 'b', '1'));
  await then();
  expect(new Set(marks).size, 'what another process writes may be anything').toBe(3);
  await expect(
    db.write(async (tx) => {
      await createChassis(tx, { uuid: newUuid(), description: 'b', extra: {} });
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  await db.close();
  await other.close();
});
