// A node is worked on under its lock: `reservation` names the host, `reservation_epoch` grows with each taking, and each
// taking is one guarded UPDATE, so that two takers cannot both win. `lease_until` says when another host may take over.
import { sql } from 'kysely';
import { NodeLocked, NodeLost, NodeNotFound } from './errors.ts';
import { findNode, refusalOf } from './nodes.ts';
import type { NodeRow, Queries } from './schema.ts';

const taken = (host: string, leaseMs: number, now: number) => ({
  reservation: host,
  reservation_epoch: sql<number>`reservation_epoch + 1`,
  reserved_at: now,
  lease_until: now + leaseMs,
  revision: sql<number>`revision + 1`,
});

/** Take the free node for `host`; throws NodeLocked with its holder, or NodeNotFound. */
export async function takeNode(
  tx: Queries,
  uuid: string,
  host: string,
  leaseMs: number,
  now: number,
): Promise<NodeRow> {
  const node = await tx
    .updateTable('nodes')
    .set(taken(host, leaseMs, now))
    .where('uuid', '=', uuid)
    .where('reservation', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (node) return node;
  const held = await findNode(tx, uuid);
  if (!held) throw new NodeNotFound({ node: uuid });
  throw new NodeLocked({ node: held.name ?? uuid, host: held.reservation ?? 'unknown' });
}

/** Give the lock back; throws NodeLost when it is no longer this host's with this epoch. */
export async function freeNode(tx: Queries, uuid: string, host: string, epoch: number): Promise<NodeRow> {
  const node = await tx
    .updateTable('nodes')
    .set({ reservation: null, reserved_at: null, lease_until: null, revision: sql<number>`revision + 1` })
    .where('uuid', '=', uuid)
    .where('reservation', '=', host)
    .where('reservation_epoch', '=', epoch)
    .returningAll()
    .executeTakeFirst();
  if (node) return node;
  throw await refusalOf(tx, uuid, { host, epoch });
}

/** Free every lock of `host`, as it does when it starts or stops (conductor.md 7); tells which nodes those were. */
export async function freeNodesOf(tx: Queries, host: string): Promise<string[]> {
  const rows = await tx
    .updateTable('nodes')
    .set({
      reservation: null,
      reserved_at: null,
      lease_until: null,
      // Work of the process before must not write any more.
      reservation_epoch: sql<number>`reservation_epoch + 1`,
      revision: sql<number>`revision + 1`,
    })
    .where('reservation', '=', host)
    .returning('uuid')
    .execute();
  return rows.map((row) => row.uuid);
}

/** Move the end of every lease of `host` to `now + leaseMs`; tells how many there are. Locks set by hand have none. */
export async function renewLeases(tx: Queries, host: string, leaseMs: number, now: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('nodes')
    .set({ lease_until: now + leaseMs })
    .where('reservation', '=', host)
    .where('lease_until', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** The nodes whose lease ran out: their holder is dead or cut off. */
export async function expiredNodes(db: Queries, now: number, limit: number): Promise<NodeRow[]> {
  return db
    .selectFrom('nodes')
    .selectAll()
    .where('reservation', 'is not', null)
    .where('lease_until', '<=', now)
    .orderBy('lease_until')
    .limit(limit)
    .execute();
}

/** Take a node over whose lease ran out; throws NodeLost when its holder came back or another host was quicker. */
export async function takeOver(
  tx: Queries,
  node: Pick<NodeRow, 'uuid' | 'reservation_epoch'>,
  host: string,
  leaseMs: number,
  now: number,
): Promise<NodeRow> {
  const won = await tx
    .updateTable('nodes')
    .set(taken(host, leaseMs, now))
    .where('uuid', '=', node.uuid)
    .where('reservation', 'is not', null)
    .where('reservation_epoch', '=', node.reservation_epoch)
    .where('lease_until', '<=', now)
    .returningAll()
    .executeTakeFirst();
  if (won) return won;
  const found = await findNode(tx, node.uuid);
  if (!found) throw new NodeNotFound({ node: node.uuid });
  throw new NodeLost({ node: node.uuid, host, epoch: node.reservation_epoch, holder: found.reservation });
}
