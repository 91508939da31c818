// Which nodes somebody must look at now: deadlines, consoles, unfinished work, and the counts behind the limits.
import { listed } from './dialect.ts';
import type { NodeRow, Queries } from './schema.ts';

/** The nodes whose deadline has come, the oldest first. */
export async function dueNodes(db: Queries, now: number, limit: number): Promise<NodeRow[]> {
  return db
    .selectFrom('nodes')
    .selectAll()
    .where('deadline_at', '<=', now)
    .orderBy('deadline_at')
    .limit(limit)
    .execute();
}

/** When the next deadline comes, for the one timer; undefined when nothing waits. */
export async function nextDeadline(db: Queries): Promise<number | undefined> {
  const row = await db
    .selectFrom('nodes')
    .select('deadline_at')
    .where('deadline_at', 'is not', null)
    .orderBy('deadline_at')
    .limit(1)
    .executeTakeFirst();
  return row?.deadline_at ?? undefined;
}

/** The nodes of a conductor group whose console is enabled. */
export async function nodesWithConsole(db: Queries, group: string): Promise<Pick<NodeRow, 'uuid' | 'driver'>[]> {
  return db
    .selectFrom('nodes')
    .select(['uuid', 'driver'])
    .where('console_enabled', '=', true)
    .where('conductor_group', '=', group)
    .orderBy('id')
    .execute();
}

/** How many nodes are in any of these states, in one conductor group or in all. */
export async function countInStates(db: Queries, states: readonly string[], group?: string): Promise<number> {
  let query = db.selectFrom('nodes').where('provision_state', 'in', listed(db, states));
  if (group !== undefined) query = query.where('conductor_group', '=', group);
  const row = await query.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
  return row.n;
}

/** How many nodes are being deployed: what max_concurrent_deploy limits (conductor.md 19). */
export const countDeploying = (db: Queries, group?: string) =>
  countInStates(db, ['deploying', 'wait call-back'], group);

/** How many nodes are being cleaned or torn down: what max_concurrent_clean limits. */
export const countCleaning = (db: Queries, group?: string) =>
  countInStates(db, ['deleting', 'cleaning', 'clean wait'], group);

/** How many nodes there are in each provision state: for metrics and the overview. */
export async function countByState(db: Queries): Promise<{ provision_state: string; count: number }[]> {
  return db
    .selectFrom('nodes')
    .select((eb) => ['provision_state', eb.fn.countAll<number>().as('count')])
    .groupBy('provision_state')
    .orderBy('provision_state')
    .execute();
}

/**
 * Free nodes that somebody should be at or that may have been called meanwhile: in `states`, or with a pending power
 * target. With `before` only those that nobody has written since.
 */
export async function unfinishedNodes(db: Queries, states: readonly string[], before?: number): Promise<string[]> {
  let query = db.selectFrom('nodes').select('uuid').where('reservation', 'is', null);
  if (before !== undefined) query = query.where('updated_at', '<', before);
  const rows = await query
    .where((eb) => eb.or([eb('provision_state', 'in', listed(db, states)), eb('target_power_state', 'is not', null)]))
    .execute();
  return rows.map((row) => row.uuid);
}
