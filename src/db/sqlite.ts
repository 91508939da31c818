import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { systemClock } from '#base/clock.ts';
import { Fault } from '#base/errors.ts';
import { makeFolder } from '#base/folders.ts';
import type { Db, DbOptions } from './database.ts';
import { DatabaseBusy, DatabaseFull, DatabaseReadOnly, DatabaseUnusable, TransactionEnded } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import { migrate, migrations } from './migrate.ts';
import type { Schema } from './schema.ts';
import { backupSqlite } from './sqlite-backup.ts';
import { dialectOf, SqliteConnection } from './sqlite-connection.ts';

const blockFor = 20; // ms that a busy statement may block the process; longer waits are taken asleep

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** A failure of SQLite as a declared one; others pass unchanged. */
export function sqliteFailure(where: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof Fault || code === '') return error;
  if (code === 'SQLITE_FULL') return new DatabaseFull({ where }, { cause: error });
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM')
    return new DatabaseReadOnly({ where }, { cause: error });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new DatabaseBusy({ where, seconds: blockFor / 1000 }, { cause: error });
  const noFolder = ['its folder cannot be made', 'check the path, and that this user may write there'] as const;
  const whys: Record<string, readonly [string, string]> = {
    EEXIST: noFolder,
    ENOTDIR: noFolder,
    EACCES: noFolder,
    EPERM: noFolder,
    EROFS: noFolder,
    SQLITE_CANTOPEN: ['it cannot be opened', 'check that its folder exists and that this user may write there'],
    SQLITE_NOTADB: ['the file is not a SQLite database', 'name another file, or move this one away'],
    SQLITE_CORRUPT: ['the file is damaged', 'restore the newest backup'],
    SQLITE_IOERR: ['the disk reported an error', 'look at the disk and the kernel log'],
  };
  const known = Object.keys(whys).find((start) => code.startsWith(start));
  if (!known) return error;
  const [why, advice] = whys[known]!;
  return new DatabaseUnusable({ where, why, advice }, { cause: error });
}

function connect(path: string, readonly: boolean): Database.Database {
  if (path !== ':memory:' && !readonly) makeFolder(dirname(path));
  const isNew = path !== ':memory:' && !existsSync(path);
  const database = new Database(path, { readonly, fileMustExist: readonly, timeout: readonly ? 1000 : blockFor });
  try {
    // It will hold the passwords of BMCs; SQLite gives its other files the same mode.
    if (isNew) chmodSync(path, 0o600);
    database.pragma('foreign_keys = ON');
    if (!readonly && path !== ':memory:') {
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('journal_size_limit = 67108864');
    }
    // KiB. Every commit empties a reader's cache; what is read again lies in the memory of the kernel.
    database.pragma(`cache_size = -${readonly ? 24576 : 16384}`);
    database.pragma('temp_store = MEMORY');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function versionOf(database: Database.Database): number {
  const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get();
  if (!has) return 0;
  return Number(database.prepare("SELECT value FROM meta WHERE key = 'schema'").pluck().get() ?? 0);
}

const isBusy = (error: unknown) => codeOf(error).startsWith('SQLITE_BUSY');

async function patiently<T>(options: DbOptions, work: () => T): Promise<T> {
  const until = options.clock.now() + 15_000;
  while (true) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || options.clock.now() >= until) throw error;
      await options.clock.sleep(50);
    }
  }
}

async function bringUp(database: Database.Database, where: string, options: DbOptions): Promise<void> {
  const version = async () => versionOf(database);
  if (options.readOnly || versionOf(database) === migrations.length) {
    const why = 'its schema is older than this program';
    const run = async () => {
      throw new DatabaseUnusable({ where, why, advice: 'start the service once to bring it up' });
    };
    await migrate({ kind: 'sqlite', where, version, run });
    return;
  }
  await patiently(options, () => database.exec('BEGIN IMMEDIATE'));
  try {
    const { from, to } = await migrate({
      kind: 'sqlite',
      where,
      version,
      run: async (statement) => void database.exec(statement),
    });
    database.exec('COMMIT');
    options.log.info({ where, from, to }, 'The database schema was brought up.');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

/** Open a SQLite database: `path` is a file or `:memory:`. */
export async function openSqlite(path: string, options: DbOptions): Promise<Db> {
  const where = path;
  const memory = path === ':memory:';
  if (options.readOnly && !memory && !existsSync(path))
    throw new DatabaseUnusable({ where, why: 'there is no such file', advice: 'check the path' });
  const failure = (error: unknown) => sqliteFailure(where, error);
  const opened: Database.Database[] = [];
  try {
    const writer = await patiently(options, () => connect(path, options.readOnly === true && !memory));
    opened.push(writer);
    await bringUp(writer, where, options);
    const reader = memory || options.readOnly ? writer : await patiently(options, () => connect(path, true));
    if (reader !== writer) opened.push(reader);
    return assemble(where, writer, reader, options);
  } catch (error) {
    for (const database of opened) database.close();
    throw failure(error);
  }
}

/** Runs statements without values, each prepared when it first comes. */
function once(prepare: (sql: string) => Database.Statement): (sql: string) => void {
  const known = new Map<string, Database.Statement>();
  return (sql) => {
    const statement = known.get(sql) ?? prepare(sql);
    known.set(sql, statement);
    statement.run();
  };
}

interface Marker {
  mark(): number;
  /** Something was committed here that may change what is told of nodes, or may not. */
  committed(touched: boolean): void;
}

/**
 * Tells commits that may change what is told of nodes: own ones are counted, those of other processes are seen by the
 * writer's data_version, which its own commits leave as it is. It is read once per turn of the loop: the requests that
 * one turn takes up had come before it.
 */
function marker(writer: Database.Database, only: boolean): Marker {
  const statement = writer.prepare(only ? 'SELECT total_changes()' : 'PRAGMA data_version').pluck();
  let mark = 0;
  let others: unknown;
  let isRead = false;
  const forget = () => {
    isRead = false;
  };
  return {
    committed(touched) {
      if (touched) mark++;
    },
    mark() {
      if (isRead) return mark;
      const now = statement.get();
      if (now !== others) mark++;
      others = now;
      if (!only) {
        isRead = true;
        setImmediate(forget);
      }
      return mark;
    },
  };
}

function assemble(where: string, writer: Database.Database, reader: Database.Database, options: DbOptions): Db {
  const failure = (error: unknown) => sqliteFailure(where, error);
  const listeners = new Set<() => void>();
  const marks = marker(writer, reader === writer);
  const newest = writer.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'happenings'").pluck();
  let seen = newest.get();
  const commits = new GroupCommit(
    {
      where,
      exec: once((sql) => writer.prepare(sql)),
      inTransaction: () => writer.inTransaction,
      failure,
      isBusy,
      committed() {
        marks.committed(writing.touched);
        writing.touched = false;
        const now = newest.get();
        if (now === seen) return;
        seen = now;
        for (const listener of listeners) listener();
      },
    },
    // Waits for another process are real time, whatever clock the rooms are given.
    systemClock,
  );
  const inUnit = () => {
    if (!commits.insideUnit()) throw new TransactionEnded({ where });
    return undefined;
  };
  const writing = new SqliteConnection(writer, failure, inUnit);
  const tx = new Kysely<Schema>({ dialect: dialectOf(writing, options.clock) });
  // In memory both share one connection: a read then waits for the batch under way, lest it see what is taken back.
  const wait = reader === writer ? () => commits.batch() : undefined;
  const read = new Kysely<Schema>({ dialect: dialectOf(new SqliteConnection(reader, failure, wait), options.clock) });
  return {
    kind: 'sqlite',
    where,
    read,
    mark: marks.mark,
    write: (work) =>
      options.readOnly ? Promise.reject(new DatabaseReadOnly({ where })) : commits.write(() => work(tx)),
    onHappening(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await commits.close();
      listeners.clear();
      if (reader !== writer) reader.close();
      if (writer.open) writer.close();
    },
    async backup(file) {
      if (where === ':memory:')
        throw new DatabaseUnusable({
          where,
          why: 'it is in memory only',
          advice: 'give it a file to have it backed up',
        });
      await backupSqlite(where, file);
    },
  };
}
