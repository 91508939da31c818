// Lists as Ironic pages them: sorted by one column and then by id, beginning after the row that a marker names.
import { type SelectQueryBuilder, sql } from 'kysely';
import { missing, type Paged } from './missing.ts';
import type { Queries, Schema } from './schema.ts';

export interface Page<Column extends string> {
  /** The column to sort by; rows without a value come first. Default: in the order of creation. */
  sortKey?: Column | undefined;
  sortDir?: 'asc' | 'desc' | undefined;
  /** The UUID (of a conductor: hostname) of the row after which the page begins. */
  marker?: string | undefined;
  limit?: number | undefined;
}

/** Sort and cut `query` on `table`; throws the table's NotFound for a marker that names nothing. The table may not be under an alias. */
export async function paged<T extends Paged, O>(
  db: Queries,
  table: T,
  query: SelectQueryBuilder<Schema, T, O>,
  page: Page<string>,
): Promise<SelectQueryBuilder<Schema, T, O>> {
  const key = page.sortKey ?? 'id';
  const dir = page.sortDir ?? 'asc';
  const column = sql.ref(`${table}.${key}`);
  const id = sql.ref(`${table}.id`);
  const nulls = sql.raw(dir === 'asc' ? 'asc nulls first' : 'desc nulls last');
  let sorted = query.orderBy(sql`${column} ${nulls}`);
  if (key !== 'id') sorted = sorted.orderBy(sql`${id} ${sql.raw(dir)}`);
  if (page.limit !== undefined) sorted = sorted.limit(page.limit);
  if (page.marker === undefined) return sorted;

  const names = sql.ref(table === 'conductors' ? 'hostname' : 'uuid');
  const marker = await sql<{ id: number; value: unknown }>`
    select id, ${column} as value from ${sql.table(table)} where ${names} = ${page.marker}`.execute(db);
  const at = marker.rows[0];
  if (!at) throw new missing[table]({ ident: page.marker });
  return sorted.where(afterMarker(column, id, at, dir, key === 'id'));
}

function afterMarker(
  column: ReturnType<typeof sql.ref>,
  id: ReturnType<typeof sql.ref>,
  at: { id: number; value: unknown },
  dir: 'asc' | 'desc',
  byId: boolean,
) {
  const beyond = sql.raw(dir === 'asc' ? '>' : '<');
  if (byId) return sql<boolean>`${id} ${beyond} ${at.id}`;
  const among = sql`${id} ${beyond} ${at.id}`;
  if (at.value === null) {
    // Rows without a value stand together: first going up, last going down.
    const others = dir === 'asc' ? sql`or ${column} is not null` : sql``;
    return sql<boolean>`((${column} is null and ${among}) ${others})`;
  }
  const empty = dir === 'asc' ? sql`` : sql`or ${column} is null`;
  return sql<boolean>`(${column} ${beyond} ${at.value} or (${column} = ${at.value} and ${among}) ${empty})`;
}
