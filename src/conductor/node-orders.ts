// Orders for the node's row itself: enroll, change, delete. (reference: conductor.md N, states.json conflict_409)
import { newUuid } from '#base/ids.ts';
import { refuseChanged } from '#contract/changed-meanwhile.ts';
import {
  Conflict,
  DriverNotFound,
  InvalidState,
  NodeAssociated,
  NodeLocked,
  NodeProtected,
  NoValidHost,
} from '#contract/errors.ts';
import { deleteAllocation } from '#db/allocations.ts';
import { NodeConflict } from '#db/errors.ts';
import { recordHappenings } from '#db/happenings.ts';
import { createNode as insertNode, nodeBy, deleteNode as removeNode, saveNode } from '#db/nodes.ts';
import type { NodeRow, Queries } from '#db/schema.ts';
import { interfaceKinds, type NodeChanges } from '#drivers/kinds.ts';
import type { By, Happening } from '#events/catalog.ts';
import { factsOf } from '#model/provision-states.ts';
import type { Conductor } from './conductor.ts';
import { hold, whileLocked } from './hold.ts';
import { record } from './record.ts';
import type { HeldTask } from './task.ts';

const interfaceFields = interfaceKinds.map((kind) => `${kind}_interface` as const);

/** States in which the interfaces of a node may be changed; maintenance allows it in any. */
const interfacesChangeIn: ReadonlySet<string> = new Set([
  'enroll',
  'inspecting',
  'inspect wait',
  'manageable',
  'available',
]);

/** Enroll a node with the interfaces that it names and its driver's defaults for the rest; `also` is done with it. */
export async function createNode(
  conductor: Conductor,
  order: { values: Partial<NodeRow>; by: By },
  also?: (tx: Queries, row: NodeRow) => Promise<void>,
): Promise<NodeRow> {
  const values = { uuid: newUuid(), ...noInterfaces(), ...order.values } as NodeRow;
  refuseForeignGroup(conductor, values.conductor_group);
  const interfaces = driverOf(() => conductor.drivers.interfacesFor(values));
  return conductor.db.write(async (tx) => {
    const row = await insertNode(tx, { ...values, ...interfaces } as Parameters<typeof insertNode>[1]);
    await recordHappenings(tx, [
      { kind: 'node.created', node: row.uuid, by: order.by, name: row.name, driver: row.driver },
    ]);
    await also?.(tx, row);
    return row;
  });
}

/** A node must be in a group that some conductor serves; the name is in lower case by then. */
function refuseForeignGroup(conductor: Conductor, group: string | undefined): void {
  const served = conductor.config.conductor.conductor_group.toLowerCase();
  if (group === undefined || group === served) return;
  throw new NoValidHost({ why: `no conductor serves the conductor group "${group}"` });
}

/** compat: a driver that nobody offers is a wrong value of the request here, not a thing that was not found. */
function driverOf<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (DriverNotFound.is(error)) throw new NoValidHost({ why: error.message }, { cause: error });
    throw error;
  }
}

const noInterfaces = () => Object.fromEntries(interfaceFields.map((field) => [field, null]));

export interface UpdateOrder {
  readonly node: string;
  readonly changes: Partial<NodeRow>;
  /** The node on which the changes were worked out: where those fields are others by now, ChangedMeanwhile is thrown. */
  readonly read?: NodeRow;
  /** Interfaces that the change does not name go back to the (new) driver's defaults. */
  readonly resetInterfaces?: boolean;
  readonly by: By;
}

/**
 * Change fields of a node that nobody holds: in one transaction, so that the lock need not be taken for it. Returns the row
 * as it then is, with this host as its holder. Throws NodeLocked, and what stands against the change.
 */
export async function updateNode(conductor: Conductor, order: UpdateOrder): Promise<NodeRow> {
  const attempts = conductor.config.conductor.node_locked_retry_attempts;
  const row = await whileLocked(conductor, attempts, () => conductor.db.write((tx) => change(conductor, tx, order)));
  return { ...row, reservation: conductor.host }; // compat: clients are shown the lock under which it was changed
}

async function change(conductor: Conductor, tx: Queries, order: UpdateOrder): Promise<NodeRow> {
  const node = await nodeBy(tx, order.node);
  if (node.reservation !== null) throw new NodeLocked({ node: node.name ?? node.uuid, host: node.reservation });
  if (order.read) refuseChanged(`Node ${node.uuid}`, order.read, node, Object.keys(order.changes));
  const changes = { ...order.changes } as NodeChanges & Record<string, unknown>;
  refuseInterfaceChange(node, changes);
  if (changes.conductor_group !== node.conductor_group) refuseForeignGroup(conductor, changes.conductor_group);
  Object.assign(changes, newInterfaces(conductor, node, changes, order.resetInterfaces ?? false));
  if (changes.maintenance === false) Object.assign(changes, { maintenance_reason: null, fault: null });
  const saved = await saveFree(tx, node, changes);
  await record(tx, conductor.host, happeningsOf(node, changes, order.by));
  const { allocation_uuid: allocation } = saved;
  if (changes.instance_uuid !== null || !allocation) return saved;
  await deleteAllocation(tx, allocation);
  return nodeBy(tx, node.uuid);
}

/** Another host may have taken the node since it was read: then it is locked, as it would have been a moment later. */
async function saveFree(tx: Queries, node: NodeRow, changes: NodeChanges): Promise<NodeRow> {
  try {
    return await saveNode(tx, node.uuid, changes, { revision: node.revision });
  } catch (error) {
    if (NodeConflict.is(error)) throw new NodeLocked({ node: node.name ?? node.uuid, host: 'another request' });
    throw error;
  }
}

/** What a change of fields means to the world. */
export function happeningsOf(node: NodeRow, changes: NodeChanges, by: By): Happening[] {
  const told: Happening[] = [{ kind: 'node.updated', node: node.uuid, by, fields: Object.keys(changes) }];
  if (changes.maintenance === undefined || changes.maintenance === node.maintenance) return told;
  const reason = changes.maintenance_reason ?? null;
  return [...told, { kind: 'maintenance.changed', node: node.uuid, by, on: changes.maintenance, reason, fault: null }];
}

function refuseInterfaceChange(node: NodeRow, changes: NodeChanges): void {
  if (changes.driver !== undefined && changes.driver !== node.driver && node.console_enabled)
    throw new Conflict({
      why: `The driver of node ${node.uuid} cannot be changed while its console is enabled; disable it first.`,
    });
  const changed = interfaceFields.filter((field) => field in changes && changes[field] !== node[field]);
  if (!changed.length || node.maintenance || interfacesChangeIn.has(node.provision_state)) return;
  throw new InvalidState({
    why: `${changed.join(', ')} of node ${node.uuid} cannot be changed while it is "${node.provision_state}"; that can be done in ${[...interfacesChangeIn].join(', ')}, or in maintenance.`,
  });
}

/** All interface fields as they are to be, when the change touches the driver or one of them. */
export function newInterfaces(
  conductor: Conductor,
  node: NodeRow,
  changes: NodeChanges,
  reset: boolean,
): Partial<NodeRow> {
  const driver = changes.driver ?? node.driver;
  const touched = driver !== node.driver || reset || interfaceFields.some((field) => field in changes);
  if (!touched) return {};
  const kept = Object.fromEntries(interfaceFields.map((field) => [field, reset ? null : node[field]]));
  const named = Object.fromEntries(interfaceFields.filter((f) => f in changes).map((f) => [f, changes[f]]));
  return driverOf(() => conductor.drivers.interfacesFor({ ...kept, ...named, driver } as unknown as NodeRow));
}

/** Forget a node. Throws where its state, an instance or its protection stands against it. */
export function deleteNode(conductor: Conductor, order: { node: string; by: By }): Promise<void> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      const { node } = task;
      refuseDelete(task);
      await task.driver.console.stop?.(task);
      await conductor.db.write(async (tx) => {
        await removeNode(tx, node.uuid, { host: conductor.host, epoch: node.reservation_epoch });
        await recordHappenings(tx, [{ kind: 'node.deleted', node: node.uuid, by: order.by, name: node.name }]);
      });
      task.gone = true;
    },
    { by: order.by },
  );
}

function refuseDelete(task: HeldTask): void {
  const { node } = task;
  if (node.protected) throw new NodeProtected({ node: node.uuid, op: 'deletion', reason: node.protected_reason });
  if (node.maintenance) return;
  if (node.instance_uuid !== null) throw new NodeAssociated({ node: node.uuid, instance: node.instance_uuid });
  const deletable =
    factsOf(node.provision_state)?.deletable === true &&
    (node.provision_state !== 'available' || task.config.conductor.allow_deleting_available_nodes);
  if (!deletable)
    throw new InvalidState({
      why: `Node ${node.uuid} cannot be deleted while it is "${node.provision_state}"; move it to "manageable", or set maintenance first.`,
    });
}
