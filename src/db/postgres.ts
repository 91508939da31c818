import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { Fault } from '#base/errors.ts';
import { decoderOf, encodeValue } from './codec.ts';
import type { Db, DbOptions } from './database.ts';
import { adapterOf, rowsOf } from './dialect.ts';
import { DatabaseClosed, DatabaseFull, DatabaseReadOnly, DatabaseUnusable } from './errors.ts';
import { migrate } from './migrate.ts';
import { listenForHappenings } from './postgres-listen.ts';
import type { Schema } from './schema.ts';

const poolSize = 10;
const attempts = 8;

/** PostgreSQL's BIGINT as a number: every one of ours (times, ids, counts) is below 2^53. */
const numbers = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.INT8) return Number;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
} as pg.CustomTypesConfig;

const withoutPassword = (url: string) => url.replace(/:[^:@/]*@/, '@').replace(/\?.*$/, '');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** A failure of PostgreSQL or of the way to it as a declared one; others pass unchanged. */
function postgresFailure(where: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof Fault) return error;
  if (code === '53100') return new DatabaseFull({ where }, { cause: error });
  if (code === '25006') return new DatabaseReadOnly({ where }, { cause: error });
  const whys: Record<string, [string, string]> = {
    ECONNREFUSED: ['nothing listens there', 'start PostgreSQL or mend host and port'],
    ENOENT: ['its socket is not there', 'start PostgreSQL or mend the path'],
    ENOTFOUND: ['its host name is unknown', 'mend the host name'],
    ETIMEDOUT: ['it does not answer', 'check the network between here and there'],
    '28P01': ['it refused the password', 'mend user and password'],
    '28000': ['it refused this user', 'mend the user, or pg_hba.conf'],
    '3D000': ['there is no such database', 'create it with createdb'],
    '53300': ['it has no connection left', 'raise max_connections or stop other clients'],
    '57P01': ['it was shut down', 'start it again'],
    '57P03': ['it is still starting', 'try again in a moment'],
    '42501': ['this user may not do that', 'make the user owner of the database'],
  };
  const known = whys[code];
  if (!known) return error;
  return new DatabaseUnusable({ where, why: known[0], advice: known[1] }, { cause: error });
}

/** Serialization failure and deadlock: the transaction may simply be run again. */
const mayRunAgain = (error: unknown) => ['40001', '40P01'].includes(codeOf(error));

/** The pool as Kysely wants it, with values through the codec. */
function encoded(pool: pg.Pool, failure: (error: unknown) => unknown) {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const wrap = (client: pg.PoolClient): PostgresPoolClient => {
    const query = async (text: string, values: readonly unknown[]) => {
      try {
        const result = await client.query(text, values.map(encodeValue));
        const decode = decoderOf(result.fields?.map((field) => field.name) ?? []);
        if (decode) for (const row of result.rows) decode(row);
        return result;
      } catch (error) {
        throw failure(error);
      }
    };
    return { query, release: (destroy?: boolean) => client.release(destroy) } as unknown as PostgresPoolClient;
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch((error) => {
        throw failure(error);
      });
      const known = wrapped.get(client) ?? wrap(client);
      wrapped.set(client, known);
      return known;
    },
  };
}

async function bringUp(client: pg.PoolClient, where: string, options: DbOptions): Promise<void> {
  const version = async () => {
    const has = await client.query(
      "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'meta'",
    );
    if (has.rowCount === 0) return 0;
    return Number((await client.query("SELECT value FROM meta WHERE key = 'schema'")).rows[0]?.value ?? 0);
  };
  await client.query('BEGIN');
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('ingot schema'))");
    const { from, to } = await migrate({
      kind: 'postgres',
      where,
      version,
      run: async (statement) => {
        if (options.readOnly)
          throw new DatabaseUnusable({
            where,
            why: 'its schema is older than this program',
            advice: 'start the service once to bring it up',
          });
        await client.query(statement);
      },
    });
    await client.query('COMMIT');
    if (from !== to) options.log.info({ where, from, to }, 'The database schema was brought up.');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Open a PostgreSQL database by its connection URL. */
export async function openPostgres(url: string, options: DbOptions): Promise<Db> {
  const where = withoutPassword(url);
  const failure = (error: unknown) => postgresFailure(where, error);
  const pool = new pg.Pool({ connectionString: url, max: poolSize, types: numbers, connectionTimeoutMillis: 10_000 });
  // Idle connections that break are replaced by the pool; without a listener they would end the process.
  pool.on('error', (error) => options.log.warn({ where, error: error.message }, 'An idle database connection broke.'));
  try {
    const client = await pool.connect();
    try {
      await bringUp(client, where, options);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw failure(error);
  }
  const dialect = new PostgresDialect({ pool: encoded(pool, failure) });
  dialect.createAdapter = () => adapterOf('postgres', options.clock);
  const kysely = new Kysely<Schema>({ dialect });
  const ears = listenForHappenings({ url, log: options.log });
  let closed = false;
  return {
    kind: 'postgres',
    where,
    read: kysely,
    // Who sees the same transactions sees the same rows.
    mark: async () =>
      (await rowsOf<{ mark: string }>(kysely, 'select pg_current_snapshot()::text as mark', []))[0]!.mark,
    async write(work) {
      if (closed) throw new DatabaseClosed({ where });
      if (options.readOnly) throw new DatabaseReadOnly({ where });
      for (let attempt = 1; ; attempt++) {
        try {
          return await kysely.transaction().execute((tx) => work(tx));
        } catch (error) {
          if (!mayRunAgain(error) || attempt === attempts) throw error;
          await options.clock.sleep(Math.random() * 2 ** attempt * 5);
        }
      }
    },
    onHappening: ears.onHappening,
    async close() {
      closed = true;
      await ears.close();
      await kysely.destroy();
    },
    async backup() {
      throw new DatabaseUnusable({
        where,
        why: 'PostgreSQL is not backed up from here',
        advice: `run pg_dump --format=custom --file=ingot.dump '${where}'`,
      });
    },
  };
}
