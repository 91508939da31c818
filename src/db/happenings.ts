// The outbox: what happened, written in the transaction of the change, read by outlets from their own cursors.
import { CompiledQuery } from 'kysely';
import { kindOf, nowOf } from './dialect.ts';
import { happeningsChannel } from './postgres-listen.ts';
import type { HappeningRow, Queries } from './schema.ts';

/** Anything that events/catalog.ts declares: its kind, the node it is about, and its facts. */
export type HappeningToRecord = {
  readonly kind: string;
  readonly node: string | null;
  readonly [fact: string]: unknown;
};

export type Happening = Omit<HappeningRow, 'horizon'>;

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
  await tx.insertInto('happenings').values(rows).execute();
}

/**
 * Ids, in their own statement before the INSERT: the row's `horizon` (the next transaction number, seen by the INSERT)
 * is then above the number of every transaction that took a lower id. Our own number is asked for first, so that
 * no transaction takes an id before it has a number. Wakes the listeners of all hosts at commit.
 */
async function idsFromPostgres(tx: Queries, count: number): Promise<number[]> {
  const query = CompiledQuery.raw(
    `select pg_current_xact_id()::text as number, nextval(pg_get_serial_sequence('happenings', 'id')) as id,
       pg_notify('${happeningsChannel}', '') from generate_series(1, $1)`,
    [count],
  );
  const { rows } = await tx.executeQuery<{ id: number }>(query);
  return rows.map((row) => row.id).sort((a, b) => a - b);
}

/** Up to `limit` happenings after `afterId`, oldest first. Never passes one whose transaction is still under way. */
export async function readHappenings(db: Queries, afterId: number, limit: number): Promise<Happening[]> {
  const columns = 'id, node_uuid, kind, at, body';
  if (kindOf(db) === 'sqlite') {
    const query = CompiledQuery.raw(`select ${columns} from happenings where id > ? order by id limit ?`, [
      afterId,
      limit,
    ]);
    return (await db.executeQuery<Happening>(query)).rows;
  }
  // A row may go out when no lower id can still appear: it follows without a gap, or all transactions that were under
  // way when it was written have ended (pg_snapshot_xmin is the oldest one still running in this snapshot).
  const query = CompiledQuery.raw(
    `select ${columns}, horizon <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint as settled
     from happenings where id > $1 order by id limit $2`,
    [afterId, limit],
  );
  const { rows } = await db.executeQuery<Happening & { settled?: boolean }>(query);
  let last = afterId;
  const stop = rows.findIndex((row) => {
    if (!row.settled && row.id !== last + 1) return true;
    last = row.id;
    return false;
  });
  const safe = stop === -1 ? rows : rows.slice(0, stop);
  for (const row of safe) delete row.settled;
  return safe;
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
