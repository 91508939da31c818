// The queries that every table of named rows has alike; the files of the tables say which they offer, and add their own.
import type { Insertable, Kysely, Selectable } from 'kysely';
import { isUuid, newUuid } from '#base/ids.ts';
import { allOf, type Condition } from './conditions.ts';
import { nowOf } from './dialect.ts';
import { missing, type Paged } from './missing.ts';
import { canonicalUuid } from './nodes.ts';
import { type Page, paged } from './paging.ts';
import type { Queries, Schema } from './schema.ts';
import { refuseDuplicates } from './unique.ts';

type Named = Exclude<Paged, 'nodes' | 'conductors'>;
type Row<T extends Named> = Selectable<Schema[T]>;
type Column<T extends Named> = keyof Row<T> & string;
type Created<T extends Named> = Omit<Insertable<Schema[T]>, 'id' | 'uuid' | 'created_at'> & { uuid?: string };
type Changes<T extends Named> = Partial<Omit<Row<T>, 'id' | 'uuid' | 'created_at'>>;

/** The queries of one table; `named` tables are also asked by name. */
export function resource<T extends Named>(table: T, { named }: { named: boolean }) {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot follow a table that is a type parameter; the signatures do
  const on = (db: Queries) => db as unknown as Kysely<any>;
  const rows: string = table;

  /** The row with this UUID (or name), or undefined. */
  async function find(db: Queries, ident: string): Promise<Row<T> | undefined> {
    const uuid = isUuid(ident);
    if (!uuid && !named) return undefined;
    const query = on(db).selectFrom(rows).selectAll();
    const row = uuid ? query.where('uuid', '=', canonicalUuid(ident)) : query.where('name', '=', ident);
    return (await row.executeTakeFirst()) as Row<T> | undefined;
  }

  /** The row with this UUID (or name); throws the table's NotFound. */
  async function by(db: Queries, ident: string): Promise<Row<T>> {
    const row = await find(db, ident);
    if (!row) throw new missing[table]({ ident });
    return row;
  }

  /** Write a new row, with a new UUID unless one is given; throws the table's AlreadyExists or DuplicateName. */
  async function create(tx: Queries, values: Created<T>): Promise<Row<T>> {
    const row = { uuid: newUuid(), ...values, created_at: nowOf(tx) };
    const written = on(tx).insertInto(rows).values(row).returningAll().executeTakeFirstOrThrow();
    return (await refuseDuplicates(written, row)) as Row<T>;
  }

  /** Change the row with this UUID; throws the table's NotFound, or a duplicate's error. */
  async function save(tx: Queries, uuid: string, changes: Changes<T>): Promise<Row<T>> {
    const query = on(tx)
      .updateTable(rows)
      .set({ ...changes, updated_at: nowOf(tx) })
      .where('uuid', '=', uuid);
    const row = await refuseDuplicates(query.returningAll().executeTakeFirst(), { uuid, ...changes });
    if (!row) throw new missing[table]({ ident: uuid });
    return row as Row<T>;
  }

  /** Delete the row with this UUID; throws the table's NotFound. */
  async function remove(tx: Queries, uuid: string): Promise<void> {
    const gone = await on(tx).deleteFrom(rows).where('uuid', '=', uuid).returning('uuid').executeTakeFirst();
    if (!gone) throw new missing[table]({ ident: uuid });
  }

  /** The rows of one page that meet all conditions; throws the table's NotFound for a marker that names none. */
  async function list(db: Queries, conditions: readonly Condition[], page: Page<Column<T>> = {}): Promise<Row<T>[]> {
    const query = on(db).selectFrom(rows).selectAll(rows).where(allOf(conditions));
    return (await (await paged(db, table, query as never, page)).execute()) as Row<T>[];
  }

  return { find, by, create, save, remove, list };
}
