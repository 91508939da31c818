// Databases for tests: fresh in-memory SQLite for each test, and a PostgreSQL of our own in a temporary folder.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { type Clock, systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { ensureApt } from './apt.ts';

/** Opens an empty database that is closed after the test. */
export type OpenFresh = (clock?: Clock) => Promise<Db>;

/** Runs a suite on in-memory SQLite. */
export function onSqlite(suite: (openFresh: OpenFresh) => void): void {
  describe('on SQLite', () => {
    suite(closedAfterEach(async (clock) => openDb({ url: 'sqlite::memory:', log: silent, clock })));
  });
}

/** Runs suites on one PostgreSQL; each `openFresh` makes a schema in it. */
export function onPostgres(...suites: ((openFresh: OpenFresh) => void)[]): void {
  describe('on PostgreSQL', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    const openFresh = closedAfterEach(async (clock) =>
      openDb({ url: await server.createSchema(), log: silent, clock }),
    );
    for (const suite of suites) suite(openFresh);
  });
}

function closedAfterEach(open: (clock: Clock) => Promise<Db>): OpenFresh {
  const opened: Db[] = [];
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.close();
  });
  return async (clock = systemClock) => {
    const db = await open(clock);
    opened.push(db);
    return db;
  };
}

export interface PostgresServer {
  /** Makes an empty schema, much quicker than a database, and tells the URL that leads into it. */
  createSchema(): Promise<string>;
  /** Makes an empty database and tells its URL. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is no such user. */
async function asAnother(): Promise<{ prefix: string[]; uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const { stdout } = await run('getent', ['passwd', name]).catch(() => ({ stdout: '' }));
    const [, , uid, gid] = stdout.split(':');
    if (!uid || !gid) continue;
    return { prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'], uid: +uid, gid: +gid };
  }
  throw new Error('PostgreSQL must not run as root, and there is neither a user postgres nor nobody.');
}

async function folderOfPrograms(): Promise<string> {
  const found = await lookForPrograms();
  if (found) return found;
  await ensureApt(['postgresql']);
  const installed = await lookForPrograms();
  if (!installed) throw new Error('The package postgresql brought no initdb into /usr/lib/postgresql/*/bin.');
  return installed;
}

async function lookForPrograms(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const packaged = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin`);
  const folders = [...(process.env.PATH ?? '').split(':'), ...packaged];
  return folders.find(
    (folder) => folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')),
  );
}

/** Starts PostgreSQL on a unix socket in a temporary folder; installs the package when it is missing and it may. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = await folderOfPrograms();
  const other = await asAnother();
  const folder = await mkdtemp(join(tmpdir(), 'ingot-pg-'));
  if (other) {
    await chmod(folder, 0o755);
    await run('chown', [`${other.uid}:${other.gid}`, folder]);
  }
  const data = join(folder, 'data');
  const as = async (program: string, ...args: string[]) => {
    const [command, ...rest] = [...(other?.prefix ?? []), join(bin, program), ...args];
    await run(command!, rest, { cwd: folder, env: { ...process.env, LC_ALL: 'C' } });
  };
  await as('initdb', '-D', data, '-U', 'ingot', '-A', 'trust', '--no-sync', '-E', 'UTF8');
  // Without fsync: these tests are about queries; what a crash leaves is PostgreSQL's own business.
  const options = `-c listen_addresses='' -c unix_socket_directories=${folder} -c fsync=off -c max_connections=300`;
  await as('pg_ctl', 'start', '-w', '-D', data, '-o', options, '-l', join(folder, 'log'));
  const url = (name: string) => `postgresql://ingot@/${name}?host=${encodeURIComponent(folder)}`;
  const make = async (what: 'DATABASE' | 'SCHEMA'): Promise<string> => {
    const name = `t${randomUUID().replaceAll('-', '')}`;
    const client = new pg.Client({ connectionString: url('postgres') });
    await client.connect();
    await client.query(`CREATE ${what} ${name}`);
    await client.end();
    return name;
  };
  return {
    createDatabase: async () => url(await make('DATABASE')),
    createSchema: async () => `${url('postgres')}&options=-csearch_path%3D${await make('SCHEMA')}`,
    async stop() {
      await as('pg_ctl', 'stop', '-m', 'immediate', '-D', data).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}
