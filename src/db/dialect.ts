// The few words in which the two databases differ, for the queries that need them.
import { CompiledQuery, type DialectAdapter, PostgresAdapter, type RawBuilder, SqliteAdapter, sql } from 'kysely';
import type { Clock } from '#base/clock.ts';
import type { Kind } from './migrate.ts';
import type { Queries } from './schema.ts';

/** Runs a statement without a query being built for it: its text, and the values of its marks. */
interface Direct {
  rows<R>(text: string, values: readonly unknown[]): Promise<R[]>;
  arrays(text: string, values: readonly unknown[]): Promise<StoredRow[]>;
}

/** A row as the table holds it, its columns in the order in which they were asked for: JSON as text, booleans as 0 and 1. */
export type StoredRow = readonly (string | number | null)[];

// The adapter travels with every query, transactions too: the clock that the database was opened with rides on it, and on
// SQLite the straight way to the connection.
class Sqlite extends SqliteAdapter {
  readonly clock: Clock;
  readonly direct: Direct | undefined;
  constructor(clock: Clock, direct: Direct | undefined) {
    super();
    this.clock = clock;
    this.direct = direct;
  }
  // Statements are synchronous: none has to wait until another gives the connection back.
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class Postgres extends PostgresAdapter {
  readonly clock: Clock;
  constructor(clock: Clock) {
    super();
    this.clock = clock;
  }
}

/** What Kysely is told of the database, with the clock for the times that rows are stamped with. */
export const adapterOf = (kind: Kind, clock: Clock, direct?: Direct): DialectAdapter =>
  kind === 'postgres' ? new Postgres(clock) : new Sqlite(clock, direct);

/** The rows of a statement that is run with every request: on SQLite without the way through Kysely. */
export function rowsOf<R>(db: Queries, text: string, values: readonly unknown[]): Promise<readonly R[]> {
  const { adapter } = db.getExecutor();
  if (adapter instanceof Sqlite && adapter.direct) return adapter.direct.rows<R>(text, values);
  return db.executeQuery<R>(CompiledQuery.raw(text, [...values])).then(({ rows }) => rows);
}

// Values are decoded by the names of their columns: under such names they stay as they are.
const storedNames = (columns: readonly string[]): string =>
  columns.map((column, at) => `"${column}" as "stored ${at}"`).join(', ');

/**
 * What reads these columns as they are stored, `rest` being the statement from its FROM on. As arrays: to make objects of
 * them, and to look their values up by name, costs more than to read them.
 */
export function storedRows(columns: readonly string[], rest: Readonly<Record<Kind, string>>) {
  const chosen = storedNames(columns);
  const texts = { sqlite: `select ${chosen} ${rest.sqlite}`, postgres: `select ${chosen} ${rest.postgres}` };
  const names = columns.map((_, at) => `stored ${at}`);
  return async (db: Queries, values: readonly unknown[]): Promise<readonly StoredRow[]> => {
    const { adapter } = db.getExecutor();
    if (adapter instanceof Sqlite && adapter.direct) return adapter.direct.arrays(texts.sqlite, values);
    const rows = await rowsOf<Record<string, string | number | null>>(db, texts[kindOf(db)], values);
    return rows.map((row) => names.map((name) => row[name] ?? null));
  };
}

/** Which database these queries run on. */
export const kindOf = (db: Queries): Kind =>
  db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';

/** The time to stamp a row with, by the clock that the database was opened with. */
export function nowOf(db: Queries): number {
  const { adapter } = db.getExecutor();
  if (adapter instanceof Sqlite || adapter instanceof Postgres) return adapter.clock.now();
  throw new TypeError('These queries did not come from openDb.');
}

/** The mark of the n-th value in a raw statement. */
export const placeholder = (db: Queries, n: number): string => (kindOf(db) === 'postgres' ? `$${n}` : '?');

/** `(SELECT …)` of the texts of a list: one parameter however long the list is, so that the statement stays the same. */
export function listed(db: Queries, values: readonly string[]): RawBuilder<string> {
  const json = JSON.stringify(values);
  return kindOf(db) === 'postgres'
    ? sql`(select jsonb_array_elements_text(${json}::jsonb))`
    : sql`(select value from json_each(${json}))`;
}

/** `description LIKE` for text that contains `part`, whatever its case. */
export const containing = (part: string): string => `%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
