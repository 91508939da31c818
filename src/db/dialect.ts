// The few words in which the two databases differ, for the queries that need them.
import { PostgresAdapter, type RawBuilder, sql } from 'kysely';
import type { Kind } from './migrate.ts';
import type { Queries } from './schema.ts';

/** Which database these queries run on. */
export const kindOf = (db: Queries): Kind =>
  db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';

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
