// One better-sqlite3 connection as Kysely wants it: statements prepared once, values through the codec.
import type Database from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Clock } from '#base/clock.ts';
import { decoderOf, encodeValue, type RowDecoder } from './codec.ts';
import { adapterOf, type StoredRow } from './dialect.ts';

interface Prepared {
  statement: Database.Statement<unknown[], Record<string, unknown>>;
  decode: RowDecoder | undefined;
  /** May change what is told of nodes. */
  touches: boolean;
}

/** Tables of which nothing is told with nodes: written far oftener than nodes are. */
const besideNodes = new Set([
  'boot_events',
  'conductor_hardware_interfaces',
  'conductors',
  'dhcp_leases',
  'happenings',
  'meta',
  'node_history',
  'nova_callbacks',
  'outlet_cursors',
]);
const writes = /^\s*(?:insert\s+(?:or\s+\w+\s+)?into|update(?:\s+or\s+\w+)?|delete\s+from)\s+"?(\w+)"?/i;

function mayTouchNodes(sql: string): boolean {
  const table = writes.exec(sql)?.[1]?.toLowerCase();
  return table === undefined || !besideNodes.has(table);
}

const maxPrepared = 500;

/** Runs compiled queries on one connection. Failures are turned by `explainFailure`; `ready` is waited for first. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Prepared>();
  readonly #raw = new Map<string, Database.Statement<unknown[], StoredRow>>();
  readonly #failure: (error: unknown) => unknown;
  readonly #ready: () => Promise<void> | undefined;
  /** Something was run since it was last set false that may have changed what is told of nodes. */
  touched = false;

  constructor(
    database: Database.Database,
    failure: (error: unknown) => unknown,
    ready: () => Promise<void> | undefined = () => undefined,
  ) {
    this.#database = database;
    this.#failure = failure;
    this.#ready = ready;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await this.#ready();
    try {
      const prepared = this.#take(query.sql);
      if (prepared.statement.reader) return { rows: all<R>(prepared, query.parameters) };
      const { changes, lastInsertRowid } = prepared.statement.run(...query.parameters.map(encodeValue));
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** The rows of a statement; none of one that gives none back. */
  async rows<R>(text: string, values: readonly unknown[]): Promise<R[]> {
    const ready = this.#ready();
    if (ready) await ready;
    try {
      const prepared = this.#take(text);
      if (prepared.statement.reader) return all<R>(prepared, values);
      prepared.statement.run(...values.map(encodeValue));
      return [];
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** The rows of a SELECT as they are stored: arrays, without the codec. */
  async arrays(text: string, values: readonly unknown[]): Promise<StoredRow[]> {
    const ready = this.#ready();
    if (ready) await ready;
    try {
      return this.#prepareRaw(text).all(...values);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; rows are never streamed here
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('Rows are not streamed from SQLite; page through them by id.');
  }

  /** A statement that is about to be run. */
  #take(sql: string): Prepared {
    const prepared = this.#prepare(sql);
    this.touched ||= prepared.touches;
    return prepared;
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= maxPrepared) this.#prepared.clear();
    const statement = this.#database.prepare<unknown[], Record<string, unknown>>(sql);
    const decode = statement.reader ? decoderOf(statement.columns().map((column) => column.name)) : undefined;
    const prepared = { statement, decode, touches: !statement.readonly && mayTouchNodes(sql) };
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  #prepareRaw(sql: string): Database.Statement<unknown[], StoredRow> {
    const known = this.#raw.get(sql);
    if (known) return known;
    if (this.#raw.size >= maxPrepared) this.#raw.clear();
    const statement = this.#database.prepare<unknown[], StoredRow>(sql).raw(true);
    this.#raw.set(sql, statement);
    return statement;
  }
}

function all<R>({ statement, decode }: Prepared, values: readonly unknown[]): R[] {
  const encoded = new Array<unknown>(values.length);
  for (let at = 0; at < values.length; at++) encoded[at] = encodeValue(values[at]);
  const rows = statement.all(...encoded);
  if (decode) for (const row of rows) decode(row);
  return rows as R[];
}

/** A Kysely dialect over one connection. Transactions are not begun through it: see group-commit.ts. */
export function dialectOf(connection: SqliteConnection, clock: Clock): Dialect {
  const refuse = async () => {
    throw new TypeError('Transactions on SQLite are begun by Db.write only.');
  };
  return {
    createAdapter: () => adapterOf('sqlite', clock, connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => connection,
      releaseConnection: async () => {},
      beginTransaction: refuse,
      commitTransaction: refuse,
      rollbackTransaction: refuse,
      destroy: async () => {},
    }),
  };
}
