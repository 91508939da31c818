// What nova has still to hear: per instance the newest power state only, kept until it is settled.
import { sql } from 'kysely';
import { nowOf } from './dialect.ts';
import type { NovaCallbackRow, Queries } from './schema.ts';

export type NewCallback = Pick<NovaCallbackRow, 'instance_uuid' | 'node_uuid' | 'state' | 'happening_id'>;

/** Queue a power state for nova in place of an older one for the same instance; an older happening changes nothing. */
export async function queueCallback(tx: Queries, callback: NewCallback): Promise<void> {
  const now = nowOf(tx);
  const fresh = {
    ...callback,
    since: now,
    next_at: now,
    attempts: 0,
    last_error: null,
    settled_at: null,
    settled_as: null,
  };
  await tx
    .insertInto('nova_callbacks')
    .values(fresh)
    .onConflict((conflict) =>
      conflict
        .column('instance_uuid')
        .doUpdateSet(fresh)
        .where('nova_callbacks.happening_id', '<', callback.happening_id),
    )
    .execute();
}

/** Waiting callbacks whose time has come, the longest due first. */
export const dueCallbacks = (db: Queries, now: number, limit: number): Promise<NovaCallbackRow[]> =>
  db
    .selectFrom('nova_callbacks')
    .selectAll()
    .where('settled_at', 'is', null)
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(limit)
    .execute();

/** When the next waiting callback is due, of those due later than `after`; undefined when none waits. */
export async function nextCallbackAt(db: Queries, after = -1): Promise<number | undefined> {
  const query = db
    .selectFrom('nova_callbacks')
    .select('next_at')
    .where('settled_at', 'is', null)
    .where('next_at', '>', after);
  return (await query.orderBy('next_at').limit(1).executeTakeFirst())?.next_at;
}

/** It failed and is to be tried again at `nextAt`. Nothing is changed when a newer state took its place meanwhile. */
export async function postponeCallback(
  tx: Queries,
  { instance_uuid, happening_id }: Pick<NovaCallbackRow, 'instance_uuid' | 'happening_id'>,
  nextAt: number,
  why: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('nova_callbacks')
    .set({ attempts: sql<number>`attempts + 1`, next_at: nextAt, last_error: why })
    .where('instance_uuid', '=', instance_uuid)
    .where('happening_id', '=', happening_id)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** It ended: `told`, `refused`, or dropped for another reason. False when a newer state took its place meanwhile. */
export async function settleCallback(
  tx: Queries,
  { instance_uuid, happening_id }: Pick<NovaCallbackRow, 'instance_uuid' | 'happening_id'>,
  as: string,
  why: string | null = null,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('nova_callbacks')
    .set({ attempts: sql<number>`attempts + 1`, settled_at: nowOf(tx), settled_as: as, last_error: why })
    .where('instance_uuid', '=', instance_uuid)
    .where('happening_id', '=', happening_id)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Callbacks that wait or were refused, the newest first: for people. */
export const unsettledCallbacks = (db: Queries, limit: number): Promise<NovaCallbackRow[]> =>
  db
    .selectFrom('nova_callbacks')
    .selectAll()
    .where((eb) => eb.or([eb('settled_at', 'is', null), eb('settled_as', '!=', 'told')]))
    .orderBy('since', 'desc')
    .limit(limit)
    .execute();

/** How many wait, and since when the oldest does. */
export async function waitingCallbacks(db: Queries): Promise<{ count: number; oldest: number | null }> {
  return db
    .selectFrom('nova_callbacks')
    .where('settled_at', 'is', null)
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('since').as('oldest')])
    .executeTakeFirstOrThrow();
}

/** Forget callbacks that were settled before `before`; tells how many. */
export async function pruneCallbacks(tx: Queries, before: number): Promise<number> {
  const query = tx.deleteFrom('nova_callbacks').where('settled_at', '<', before);
  return Number((await query.executeTakeFirstOrThrow()).numDeletedRows);
}

/** Nobody wants to be told any more: what waits for the instance and is older than the happening ends as `dropped`. */
export async function dropCallback(
  tx: Queries,
  { instance_uuid, happening_id }: Pick<NovaCallbackRow, 'instance_uuid' | 'happening_id'>,
  why: string,
): Promise<void> {
  await tx
    .updateTable('nova_callbacks')
    .set({ settled_at: nowOf(tx), settled_as: 'dropped', last_error: why })
    .where('instance_uuid', '=', instance_uuid)
    .where('happening_id', '<', happening_id)
    .where('settled_at', 'is', null)
    .execute();
}

/** The instances that wait to be told. */
export async function instancesWaiting(db: Queries): Promise<string[]> {
  const rows = await db.selectFrom('nova_callbacks').select('instance_uuid').where('settled_at', 'is', null).execute();
  return rows.map((row) => row.instance_uuid);
}
