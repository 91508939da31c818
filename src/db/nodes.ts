import { sql } from 'kysely';
import { isUuid } from '#base/ids.ts';
import { DuplicateNodeOnLookup, NodeLocked, NodeNotFound } from '#contract/errors.ts';
import { kindOf, nowOf, rowsOf } from './dialect.ts';
import { NodeConflict, NodeLost } from './errors.ts';
import type { New, NodeRow, Queries } from './schema.ts';
import { insertRow, type Term, updateRow } from './statement.ts';
import { refuseDuplicates } from './unique.ts';

export type NodeChanges = Partial<Omit<NodeRow, 'id' | 'uuid' | 'revision' | 'created_at'>>;

/** Under which condition a write may happen: nobody wrote since, the lock is still ours, or (for the few that may) any. */
export type Guard = { revision: number } | { host: string; epoch: number } | 'unguarded';

/** Canonical spelling of a UUID: lower case, with dashes. */
export const canonicalUuid = (text: string): string => (canonical.test(text) ? text : respelt(text));

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const respelt = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('-', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Write a new node; throws NodeAlreadyExists, DuplicateName or InstanceAssociated. */
export async function createNode(
  tx: Queries,
  node: Omit<New<'nodes'>, 'id' | 'created_at' | 'revision'>,
): Promise<NodeRow> {
  return refuseDuplicates(insertRow<NodeRow>(tx, 'nodes', { ...node, created_at: nowOf(tx) }), node);
}

/** The node with this UUID or name, or undefined. */
export const findNode = (db: Queries, ident: string): Promise<NodeRow | undefined> => find<NodeRow>(db, whole, ident);

/** What says whether something kept of a node still holds, for whom, and what is worked out from the row each time. */
export type NodeStamp = Pick<NodeRow, (typeof stampColumns)[number]>;

/** The columns of a stamp. A node that was deleted and made again with the same UUID has another id. */
export const stampColumns = ['id', 'uuid', 'revision', 'driver', 'conductor_group', 'owner', 'lessee'] as const;

/** The stamp of the node with this UUID or name, or undefined. */
export const findStamp = (db: Queries, ident: string): Promise<NodeStamp | undefined> =>
  find<NodeStamp>(db, stamp, ident);

// Asked for with every request and step: their texts are made once.
const selecting = (columns: string) => {
  const text = (column: string, mark: string) => `select ${columns} from nodes where ${column} = ${mark}`;
  const each = (mark: string) => ({ uuid: text('uuid', mark), name: text('name', mark) });
  return { sqlite: each('?'), postgres: each('$1') };
};
const whole = selecting('*');
const stamp = selecting(stampColumns.join(', '));

async function find<R>(db: Queries, texts: typeof whole, ident: string): Promise<R | undefined> {
  const { uuid, name } = texts[kindOf(db)];
  const [row] = await (isUuid(ident) ? rowsOf<R>(db, uuid, [canonicalUuid(ident)]) : rowsOf<R>(db, name, [ident]));
  return row;
}

/** The node with this UUID or name; throws NodeNotFound. */
export async function nodeBy(db: Queries, ident: string): Promise<NodeRow> {
  const node = await findNode(db, ident);
  if (!node) throw new NodeNotFound({ ident });
  return node;
}

/** The node that owns a port with one of these MAC addresses, or undefined; throws DuplicateNodeOnLookup for several. */
export async function nodeByMacs(db: Queries, macs: readonly string[]): Promise<NodeRow | undefined> {
  if (macs.length === 0) return undefined;
  const lower = macs.map((mac) => mac.toLowerCase());
  const owners = db.selectFrom('ports').select('node_uuid').where('address', 'in', lower);
  const nodes = await db.selectFrom('nodes').selectAll().where('uuid', 'in', owners).orderBy('id').limit(2).execute();
  if (nodes.length > 1) throw new DuplicateNodeOnLookup({});
  return nodes[0];
}

/** The node on which this instance lives, or undefined. */
export async function nodeOfInstance(db: Queries, instance: string): Promise<NodeRow | undefined> {
  return db.selectFrom('nodes').selectAll().where('instance_uuid', '=', instance).executeTakeFirst();
}

/** The times that a change of provision_state brings with it (conductor.md 103). */
function provisionTimes(to: string | undefined, now: number): Record<string, number | null | Term> {
  if (to === undefined) return {};
  const times: Record<string, Record<string, number | null | Term>> = {
    inspecting: { inspection_started_at: now, inspection_finished_at: null },
    'inspect failed': { inspection_started_at: null },
    manageable: {
      inspection_started_at: () => `case when ${inspecting} then null else inspection_started_at end`,
      inspection_finished_at: (mark) => `case when ${inspecting} then ${mark(now)} else inspection_finished_at end`,
    },
  };
  return { provision_updated_at: now, ...times[to] };
}

const inspecting = "provision_state in ('inspecting', 'inspect wait')";
const oneMore =
  (column: string): Term =>
  () =>
    `${column} + 1`;
const nextRevision = oneMore('revision');

/**
 * Write `changes` to the node if the guard holds; throws NodeLost, NodeConflict, NodeNotFound, or a duplicate's error.
 * A provision_state among them stamps the times that go with it, unless they are among the changes too.
 */
export async function saveNode(tx: Queries, uuid: string, changes: NodeChanges, guard: Guard): Promise<NodeRow> {
  const now = nowOf(tx);
  const times = provisionTimes(changes.provision_state, now);
  const sets = { ...times, ...changes, updated_at: now, revision: nextRevision };
  const saved = await refuseDuplicates(updateRow<NodeRow>(tx, 'nodes', sets, { uuid, ...conditionOf(guard) }), {
    uuid,
    ...changes,
  });
  if (saved) return saved;
  throw await refusalOf(tx, uuid, guard);
}

function conditionOf(guard: Guard): Record<string, string | number> {
  if (guard === 'unguarded') return {};
  if ('revision' in guard) return { revision: guard.revision };
  return { reservation: guard.host, reservation_epoch: guard.epoch };
}

/** Why a guarded write met no row. */
async function refusalOf(tx: Queries, uuid: string, guard: Guard): Promise<Error> {
  const found = await findNode(tx, uuid);
  if (!found || guard === 'unguarded') return new NodeNotFound({ ident: uuid });
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

// A node is worked on under its lock: `reservation` names the host, `reservation_epoch` grows with each taking, and each
// taking is one guarded UPDATE, so that two takers cannot both win. `lease_until` says when another host may take over.

const taken = (host: string, leaseMs: number, now: number) => ({
  reservation: host,
  reservation_epoch: oneMore('reservation_epoch'),
  reserved_at: now,
  lease_until: now + leaseMs,
  revision: nextRevision,
});

/** Take the free node for `host`; throws NodeLocked with its holder, or NodeNotFound. */
export async function takeNode(tx: Queries, uuid: string, host: string, leaseMs: number): Promise<NodeRow> {
  const node = await updateRow<NodeRow>(tx, 'nodes', taken(host, leaseMs, nowOf(tx)), { uuid, reservation: null });
  if (node) return node;
  const held = await findNode(tx, uuid);
  if (!held) throw new NodeNotFound({ ident: uuid });
  throw new NodeLocked({ node: held.name ?? uuid, host: held.reservation ?? 'unknown' });
}

const free = { reservation: null, reserved_at: null, lease_until: null, revision: nextRevision };

/** Give the lock back; throws NodeLost when it is no longer this host's with this epoch. */
export async function freeNode(tx: Queries, uuid: string, host: string, epoch: number): Promise<NodeRow> {
  const where = { uuid, reservation: host, reservation_epoch: epoch };
  const node = await updateRow<NodeRow>(tx, 'nodes', free, where);
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

/** Move the end of every lease of `host` to `leaseMs` from now; tells how many there are. Locks set by hand have none. */
export async function renewLeases(tx: Queries, host: string, leaseMs: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('nodes')
    .set({ lease_until: nowOf(tx) + leaseMs })
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
): Promise<NodeRow> {
  const won = await tx
    .updateTable('nodes')
    .set({
      ...taken(host, leaseMs, nowOf(tx)),
      reservation_epoch: sql<number>`reservation_epoch + 1`,
      revision: sql<number>`revision + 1`,
    })
    .where('uuid', '=', node.uuid)
    .where('reservation', 'is not', null)
    .where('reservation_epoch', '=', node.reservation_epoch)
    .where('lease_until', '<=', nowOf(tx))
    .returningAll()
    .executeTakeFirst();
  if (won) return won;
  const found = await findNode(tx, node.uuid);
  if (!found) throw new NodeNotFound({ ident: node.uuid });
  throw new NodeLost({ node: node.uuid, host, epoch: node.reservation_epoch, holder: found.reservation });
}
