// Rows of the resources that need no more than this: one, a page, a new one, a change, none. Nodes have their own files.
import { type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { containing, listed, nowOf } from './dialect.ts';
import { type Page, paged } from './paging.ts';
import type { New, Queries, Schema } from './schema.ts';
import { refuseDuplicates } from './unique.ts';

export type RowTable =
  | 'allocations'
  | 'chassis'
  | 'conductors'
  | 'deploy_templates'
  | 'inspection_rules'
  | 'node_history'
  | 'portgroups'
  | 'ports'
  | 'runbooks'
  | 'volume_connectors'
  | 'volume_targets';

export type RowOf<T extends RowTable> = Selectable<Schema[T]>;

export interface RowFilter {
  /** Column to value; a list matches any of its values, undefined says nothing. */
  readonly where?: Readonly<Record<string, string | number | boolean | null | readonly string[] | undefined>>;
  /** Text that `description` contains, whatever its case. */
  readonly describedBy?: string | undefined;
  /** Rows of nodes with one of these shards, groups, or of this project. */
  readonly onNodes?: {
    readonly shard?: readonly string[] | undefined;
    readonly conductor_group?: readonly string[] | undefined;
    readonly project?: string | undefined;
  };
}

// The tables differ only in their columns, which the filters name; Kysely's types cannot follow a table in a variable.
type Loose = SelectQueryBuilder<Schema, 'ports', Selectable<Schema['ports']>>;
const from = (db: Queries, table: RowTable): Loose => db.selectFrom(table as 'ports').selectAll() as Loose;

function filtered(db: Queries, table: RowTable, filter: RowFilter): Loose {
  let query = from(db, table);
  for (const [column, value] of Object.entries(filter.where ?? {})) {
    if (value === undefined) continue;
    const name = column as 'uuid';
    if (value === null) query = query.where(name, 'is', null);
    else if (typeof value === 'object') query = query.where(name, 'in', listed(db, value));
    else query = query.where(name, '=', value as string);
  }
  if (filter.describedBy !== undefined)
    query = query.where(sql<boolean>`lower(description) like ${containing(filter.describedBy)} escape '\\'`);
  const { shard, conductor_group, project } = filter.onNodes ?? {};
  if (shard === undefined && conductor_group === undefined && project === undefined) return query;
  let nodes = db.selectFrom('nodes').select('uuid');
  if (shard) nodes = nodes.where('shard', 'in', listed(db, shard));
  if (conductor_group) nodes = nodes.where('conductor_group', 'in', listed(db, conductor_group));
  if (project !== undefined)
    nodes = nodes.where((eb) => eb.or([eb('owner', '=', project), eb('lessee', '=', project)]));
  return query.where('node_uuid', 'in', nodes);
}

/** One page of rows; throws MarkerNotFound. */
export async function listRows<T extends RowTable>(
  db: Queries,
  table: T,
  filter: RowFilter,
  page: Page<string> = {},
): Promise<RowOf<T>[]> {
  const query = await paged(db, table as 'ports', filtered(db, table, filter), page);
  return (await query.execute()) as unknown as RowOf<T>[];
}

/** The row in which `column` has this value, or undefined. */
export async function rowBy<T extends RowTable>(
  db: Queries,
  table: T,
  column: keyof RowOf<T> & string,
  value: string,
): Promise<RowOf<T> | undefined> {
  const row = await from(db, table)
    .where(column as 'uuid', '=', value)
    .executeTakeFirst();
  return row as unknown as RowOf<T> | undefined;
}

/** Write a new row, stamped now; throws the duplicate's error for a unique value that is taken. */
export async function insertRow<T extends RowTable>(
  tx: Queries,
  table: T,
  values: Omit<New<T>, 'id' | 'created_at' | 'updated_at'>,
): Promise<RowOf<T>> {
  const query = tx
    .insertInto(table as 'chassis')
    .values({ ...values, created_at: nowOf(tx), updated_at: null } as never)
    .returningAll();
  return (await refuseDuplicates(query.executeTakeFirstOrThrow(), values)) as unknown as RowOf<T>;
}

/** Change a row, stamped now; undefined when it is gone. Throws the duplicate's error for a unique value that is taken. */
export async function updateRow<T extends RowTable>(
  tx: Queries,
  table: T,
  uuid: string,
  changes: Partial<RowOf<T>>,
): Promise<RowOf<T> | undefined> {
  const query = tx
    .updateTable(table as 'chassis')
    .set({ ...changes, updated_at: nowOf(tx) } as never)
    .where('uuid', '=', uuid)
    .returningAll();
  return (await refuseDuplicates(query.executeTakeFirst(), changes)) as unknown as RowOf<T> | undefined;
}

/** Delete a row; false when there was none. */
export async function deleteRow(tx: Queries, table: RowTable, uuid: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom(table as 'chassis')
    .where('uuid', '=', uuid)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** How many rows there are with this value in a column. */
export async function countRows(
  db: Queries,
  table: RowTable | 'nodes',
  column: string,
  value: string,
): Promise<number> {
  const { n } = await db
    .selectFrom(table as 'ports')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where(column as 'uuid', '=', value)
    .executeTakeFirstOrThrow();
  return n;
}
