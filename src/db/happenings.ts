// The outbox: what happened, written in the transaction of the change, read by outlets from their own cursors.
import { sql } from 'kysely';
import { kindOf, nowOf, placeholder, rowsOf } from './dialect.ts';
import { happeningsChannel } from './postgres-listen.ts';
import type { HappeningRow, Queries } from './schema.ts';
import { addRow } from './statement.ts';

/** Anything that events/catalog.ts declares: its kind, the node it is about, and its facts. */
export type HappeningToRecord = {
  readonly kind: string;
  readonly node: string | null;
  readonly [fact: string]: unknown;
};

export type Happening = HappeningRow;

/** Write happenings in the order given, in the transaction of the change that they tell of. */
export async function recordHappenings(tx: Queries, happenings: readonly HappeningToRecord[]): Promise<void> {
  if (happenings.length === 0) return;
  const now = nowOf(tx);
  const ids = kindOf(tx) === 'postgres' ? await idsFromPostgres(tx, happenings.length) : undefined;
  const rows = happenings.map((happening, n) => ({
    ...(ids && { id: ids[n]! }),
    node_uuid: happening.node,
    kind: happening.kind,
    at: now,
    body: { ...happening },
  }));
  for (const row of rows) await addRow(tx, 'happenings', row);
}

// PostgreSQL hands out ids before it is known which transaction commits first, so a reader may meet 7 while 5 is still to
// come. Each writer therefore holds, until it has ended, a shared advisory lock that names the last id taken before its
// own: whatever a transaction under way will still bring lies above the lowest of these marks.
const marks = 7_000_000_000_000_000_000n;
const sequence = 'happenings_id_seq';

/** Takes the mark, then the ids, and wakes the listeners of all hosts at commit. */
async function idsFromPostgres(tx: Queries, count: number): Promise<number[]> {
  const text = `select pg_advisory_xact_lock_shared(${marks} + taken.last_value)::text as mark, nextval('${sequence}') as id,
       pg_notify('${happeningsChannel}', '')::text as told from ${sequence} as taken, generate_series(1, $1)`;
  const rows = await rowsOf<{ id: number }>(tx, text, [count]);
  return rows.map((row) => row.id).sort((a, b) => a - b);
}

/** The highest id up to which nothing can appear any more in rows that are read after this. */
async function settledInPostgres(db: Queries): Promise<number> {
  // In this order: an id up to `taken` has its writer's mark set already, or its writer has ended.
  const taken = await sql<{ id: number }>`select last_value as id from ${sql.table(sequence)}`.execute(db);
  const key = sql`((classid::bigint << 32) | objid::bigint)`;
  const under = await sql<{ id: number | null }>`
    select min(${key} - ${sql.lit(marks)}) as id from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted and ${key} >= ${sql.lit(marks)}
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return Math.min(taken.rows[0]?.id ?? 0, under.rows[0]?.id ?? Number.MAX_SAFE_INTEGER);
}

/** Up to `limit` happenings after `afterId`, oldest first. Never passes one whose transaction is still under way. */
export async function readHappenings(db: Queries, afterId: number, limit: number): Promise<Happening[]> {
  const rows = await rowsAfter(db, afterId, limit);
  const last = rows.at(-1)?.id ?? afterId;
  // Without a gap nothing can be missing; SQLite has one writer, there a gap was undone or forgotten.
  if (kindOf(db) === 'sqlite' || last - afterId === rows.length) return rows;
  const settled = await settledInPostgres(db);
  return (await rowsAfter(db, afterId, limit)).filter((row, n) => row.id <= settled || row.id === afterId + n + 1);
}

async function rowsAfter(db: Queries, afterId: number, limit: number): Promise<Happening[]> {
  const [after, most] = [placeholder(db, 1), placeholder(db, 2)];
  const text = `select id, node_uuid, kind, at, body from happenings where id > ${after} order by id limit ${most}`;
  return [...(await rowsOf<Happening>(db, text, [afterId, limit]))];
}

/** The last happenings of one node, newest first. */
export async function happeningsOf(db: Queries, node: string, limit: number): Promise<Happening[]> {
  return db
    .selectFrom('happenings')
    .select(['id', 'node_uuid', 'kind', 'at', 'body'])
    .where('node_uuid', '=', node)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The id of the newest happening, 0 when there is none: where a reader begins that wants only what comes. */
export async function newestHappening(db: Queries): Promise<number> {
  const row = await db
    .selectFrom('happenings')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** How far an outlet has told; 0 for one that never did. */
export async function cursorOf(db: Queries, outlet: string): Promise<number> {
  const row = await db
    .selectFrom('outlet_cursors')
    .select('happening_id')
    .where('outlet', '=', outlet)
    .executeTakeFirst();
  return row?.happening_id ?? 0;
}

/** Every outlet's cursor, by name. */
export async function cursors(db: Queries): Promise<{ outlet: string; happening_id: number; updated_at: number }[]> {
  return db.selectFrom('outlet_cursors').selectAll().orderBy('outlet').execute();
}

/** Remember that the outlet has told everything up to `id`. Never moves back. */
export async function moveCursor(tx: Queries, outlet: string, id: number): Promise<void> {
  const now = nowOf(tx);
  await tx
    .insertInto('outlet_cursors')
    .values({ outlet, happening_id: id, updated_at: now })
    .onConflict((conflict) =>
      conflict
        .column('outlet')
        .doUpdateSet({ happening_id: id, updated_at: now })
        .where('outlet_cursors.happening_id', '<', id),
    )
    .execute();
}

/** Forget an outlet that is no longer configured, so that it does not hold pruning back. */
export async function dropCursor(tx: Queries, outlet: string): Promise<void> {
  await tx.deleteFrom('outlet_cursors').where('outlet', '=', outlet).execute();
}

/**
 * Delete up to `limit` happenings that every outlet has passed and that are older than `before`; tells how many.
 */
export async function pruneHappenings(tx: Queries, before: number, limit: number): Promise<number> {
  const passed = tx.selectFrom('outlet_cursors').select((eb) => eb.fn.min('happening_id').as('id'));
  const old = tx
    .selectFrom('happenings')
    .select('id')
    .where('at', '<', before)
    .where('id', '<=', passed)
    .orderBy('id')
    .limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('happenings').where('id', 'in', old).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
