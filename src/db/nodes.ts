import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import { isUuid } from '#base/ids.ts';
import { placeholder } from './dialect.ts';
import { DuplicateNodeOnLookup, NodeConflict, NodeLost, NodeNotFound } from './errors.ts';
import type { New, NodeRow, Queries } from './schema.ts';
import { refuseDuplicates } from './unique.ts';

export type NodeChanges = Partial<Omit<NodeRow, 'id' | 'uuid' | 'revision' | 'created_at'>>;

/** Under which condition a write may happen: nobody wrote since, the lock is still ours, or (for the few that may) any. */
export type Guard = { revision: number } | { host: string; epoch: number } | 'unguarded';

/** Canonical spelling of a UUID: lower case, with dashes. */
export const canonicalUuid = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('-', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Write a new node; throws NodeAlreadyExists, DuplicateName or InstanceAssociated. */
export async function createNode(
  tx: Queries,
  node: Omit<New<'nodes'>, 'id' | 'created_at' | 'revision'>,
  now: number,
): Promise<NodeRow> {
  const query = tx
    .insertInto('nodes')
    .values({ ...node, created_at: now })
    .returningAll();
  return refuseDuplicates(query.executeTakeFirstOrThrow(), node);
}

/** The node with this UUID or name, or undefined. */
export async function findNode(db: Queries, ident: string): Promise<NodeRow | undefined> {
  const [column, value] = isUuid(ident) ? ['uuid', canonicalUuid(ident)] : ['name', ident];
  // Asked for with every request and step: not worth building anew each time.
  const query = CompiledQuery.raw(`select * from nodes where ${column} = ${placeholder(db, 1)}`, [value]);
  return (await db.executeQuery<NodeRow>(query)).rows[0];
}

/** The node with this UUID or name; throws NodeNotFound. */
export async function nodeBy(db: Queries, ident: string): Promise<NodeRow> {
  const node = await findNode(db, ident);
  if (!node) throw new NodeNotFound({ node: ident });
  return node;
}

/** The node that owns a port with one of these MAC addresses, or undefined; throws DuplicateNodeOnLookup for several. */
export async function nodeByMacs(db: Queries, macs: readonly string[]): Promise<NodeRow | undefined> {
  if (macs.length === 0) return undefined;
  const lower = macs.map((mac) => mac.toLowerCase());
  const owners = db.selectFrom('ports').select('node_uuid').where('address', 'in', lower);
  const nodes = await db.selectFrom('nodes').selectAll().where('uuid', 'in', owners).orderBy('id').limit(2).execute();
  if (nodes.length > 1)
    throw new DuplicateNodeOnLookup({ macs: lower.join(', '), nodes: nodes.map((node) => node.uuid) });
  return nodes[0];
}

/** The node on which this instance lives, or undefined. */
export async function nodeOfInstance(db: Queries, instance: string): Promise<NodeRow | undefined> {
  return db.selectFrom('nodes').selectAll().where('instance_uuid', '=', instance).executeTakeFirst();
}

/** The times that a change of provision_state brings with it (conductor.md 103). */
function provisionTimes(
  to: string | undefined,
  now: number,
): Record<string, number | null | RawBuilder<number | null>> {
  const inspecting = sql`provision_state in ('inspecting', 'inspect wait')`;
  const times: Record<string, ReturnType<typeof provisionTimes>> = {
    inspecting: { inspection_started_at: now, inspection_finished_at: null },
    'inspect failed': { inspection_started_at: null },
    manageable: {
      inspection_started_at: sql<null>`case when ${inspecting} then null else inspection_started_at end`,
      inspection_finished_at: sql<number>`case when ${inspecting} then ${now} else inspection_finished_at end`,
    },
  };
  return to === undefined ? {} : { provision_updated_at: now, ...times[to] };
}

/**
 * Write `changes` to the node if the guard holds; throws NodeLost, NodeConflict, NodeNotFound, or a duplicate's error.
 * A provision_state among them stamps the times that go with it, unless they are among the changes too.
 */
export async function saveNode(
  tx: Queries,
  uuid: string,
  changes: NodeChanges,
  guard: Guard,
  now: number,
): Promise<NodeRow> {
  let query = tx
    .updateTable('nodes')
    .set({ ...provisionTimes(changes.provision_state, now), ...changes, updated_at: now, revision: sql`revision + 1` })
    .where('uuid', '=', uuid);
  if (guard !== 'unguarded' && 'revision' in guard) query = query.where('revision', '=', guard.revision);
  if (guard !== 'unguarded' && 'host' in guard)
    query = query.where('reservation', '=', guard.host).where('reservation_epoch', '=', guard.epoch);
  const saved = await refuseDuplicates(query.returningAll().executeTakeFirst(), changes);
  if (saved) return saved;
  throw await refusalOf(tx, uuid, guard);
}

/** Why a guarded write met no row. */
export async function refusalOf(tx: Queries, uuid: string, guard: Guard): Promise<Error> {
  const found = await findNode(tx, uuid);
  if (!found || guard === 'unguarded') return new NodeNotFound({ node: uuid });
  if ('revision' in guard) return new NodeConflict({ node: uuid, revision: guard.revision, found: found.revision });
  return new NodeLost({ node: uuid, host: guard.host, epoch: guard.epoch, holder: found.reservation });
}

/** Delete the node with all that hangs on it: ports, traits, history, volumes, allocation. Throws as `saveNode`. */
export async function deleteNode(tx: Queries, uuid: string, guard: Guard): Promise<void> {
  let query = tx.deleteFrom('nodes').where('uuid', '=', uuid);
  if (guard !== 'unguarded' && 'revision' in guard) query = query.where('revision', '=', guard.revision);
  if (guard !== 'unguarded' && 'host' in guard)
    query = query.where('reservation', '=', guard.host).where('reservation_epoch', '=', guard.epoch);
  const gone = await query.returning('uuid').executeTakeFirst();
  if (!gone) throw await refusalOf(tx, uuid, guard);
}
