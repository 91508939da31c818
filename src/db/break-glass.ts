// For the hour when nothing else helps: a node's row set by hand, past every rule but the schema's. Safe beside a running
// service: each touch raises `revision`, and `reservation_epoch` where the lock changes hands, so that a worker that
// still believes in the old row cannot write it back. Each leaves a line in the node's history.
import { sql } from 'kysely';
import { defineError } from '#base/errors.ts';
import { kindOfColumn } from './codec.ts';
import type { Db, Tx } from './database.ts';
import { nowOf } from './dialect.ts';
import { addHistory } from './node-history.ts';
import { nodeBy } from './nodes.ts';
import type { NodeRow } from './schema.ts';
import { refuseDuplicates } from './unique.ts';

export const UnknownColumn = defineError(
  'UnknownColumn',
  400,
  (p: { column: string; known: readonly string[] }) =>
    `Nodes have no column "${p.column}" that can be set by hand; there are: ${p.known.join(', ')}.`,
);

export const UnfitValue = defineError(
  'UnfitValue',
  400,
  (p: { column: string; value: string; wants: string }) =>
    `${p.value} does not fit into the column ${p.column}, which takes ${p.wants}.`,
);

const fixed = ['id', 'uuid', 'revision', 'reservation_epoch', 'created_at'];
const isNumber = (column: string) => /(_at|_until|_failures)$/.test(column);

/** Set columns of a node (by UUID or name) to values; text such as '{}' and '0' is taken for JSON and boolean columns. */
export async function forceNode(
  db: Db,
  ident: string,
  set: Readonly<Record<string, unknown>>,
  by: string | null = null,
): Promise<NodeRow> {
  return db.write(async (tx) => {
    const node = await nodeBy(tx, ident);
    const known = Object.keys(node).filter((column) => !fixed.includes(column));
    const values: Record<string, unknown> = {};
    for (const [column, value] of Object.entries(set)) {
      if (!known.includes(column)) throw new UnknownColumn({ column, known });
      values[column] = fitting(column, value);
    }
    // What the row waited for in the state before is over with that state.
    const over = 'provision_state' in values ? { waits_for: null, deadline_at: null } : {};
    const changesHands = 'reservation' in values && values.reservation !== node.reservation;
    const lock = changesHands ? handOver(tx, values.reservation as string | null) : {};
    const done = await write(tx, node, { ...over, ...lock, ...values });
    await addHistory(tx, historyLine(node, `set ${Object.keys(set).join(', ')}`, by));
    return done;
  });
}

/** Lock the node for `host` by hand, whoever held it; such a lock never runs out. */
export async function lockNode(db: Db, ident: string, host: string, by: string | null = null): Promise<NodeRow> {
  return db.write(async (tx) => {
    const node = await nodeBy(tx, ident);
    const done = await write(tx, node, handOver(tx, host));
    await addHistory(tx, historyLine(node, `locked for ${host}`, by));
    return done;
  });
}

/** Take the lock off the node by hand, whoever held it. */
export async function unlockNode(db: Db, ident: string, by: string | null = null): Promise<NodeRow> {
  return db.write(async (tx) => {
    const node = await nodeBy(tx, ident);
    const done = await write(tx, node, handOver(tx, null));
    await addHistory(tx, historyLine(node, `taken from ${node.reservation ?? 'nobody'}, who held its lock`, by));
    return done;
  });
}

const handOver = (tx: Tx, host: string | null) => ({
  reservation: host,
  reservation_epoch: sql<number>`reservation_epoch + 1`,
  reserved_at: host === null ? null : nowOf(tx),
  lease_until: null,
});

async function write(tx: Tx, node: NodeRow, values: Record<string, unknown>): Promise<NodeRow> {
  const query = tx
    .updateTable('nodes')
    .set({ ...values, updated_at: nowOf(tx), revision: sql<number>`revision + 1` })
    .where('uuid', '=', node.uuid)
    .returningAll();
  return refuseDuplicates(query.executeTakeFirstOrThrow(), { uuid: node.uuid, ...values });
}

const historyLine = (node: NodeRow, what: string, user: string | null) => ({
  node_uuid: node.uuid,
  severity: 'INFO',
  event_type: 'break-glass',
  event: `The node was ${what}, by hand.`,
  state: node.provision_state,
  target_provision_state: node.target_provision_state,
  user,
});

function fitting(column: string, value: unknown): unknown {
  const kind = kindOfColumn(column);
  if (kind === 'json') return fittingJson(column, value);
  if (kind === 'boolean') return fittingBoolean(column, value);
  if (value === null) return null;
  if (isNumber(column)) {
    const number = typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) : Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new UnfitValue({ column, value: JSON.stringify(value), wants: 'a whole number or a date' });
  }
  if (typeof value === 'string') return value;
  throw new UnfitValue({ column, value: JSON.stringify(value), wants: 'text' });
}

function fittingJson(column: string, value: unknown): object {
  if (value === null || value === '') return {};
  let parsed = value;
  try {
    if (typeof value === 'string') parsed = JSON.parse(value);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new UnfitValue({ column, value: JSON.stringify(value), wants: 'a JSON object' });
}

const mayBeUnset = ['automated_clean', 'secure_boot', 'retired', 'disable_power_off'];

const booleans = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['false', false],
]);

function fittingBoolean(column: string, value: unknown): boolean | null {
  if (value === null && mayBeUnset.includes(column)) return null;
  const known = booleans.get(typeof value === 'string' ? value.toLowerCase() : value);
  if (known !== undefined) return known;
  throw new UnfitValue({ column, value: JSON.stringify(value), wants: 'true or false' });
}
