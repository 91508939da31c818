// Orders for the node's row itself: enroll, change, delete. (reference: conductor.md N, states.json conflict_409)
import { newUuid } from '#base/ids.ts';
import {
  Conflict,
  DriverNotFound,
  InvalidState,
  NodeAssociated,
  NodeProtected,
  NoValidHost,
} from '#contract/errors.ts';
import { recordHappenings } from '#db/happenings.ts';
import { createNode as insertNode, deleteNode as removeNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import { interfaceKinds, type NodeChanges } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import { factsOf } from '#model/provision-states.ts';
import type { Conductor } from './conductor.ts';
import { hold } from './hold.ts';
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

/** Enroll a node with the interfaces that it names and its driver's defaults for the rest. */
export async function createNode(conductor: Conductor, order: { values: Partial<NodeRow>; by: By }): Promise<NodeRow> {
  const values = { uuid: newUuid(), ...noInterfaces(), ...order.values } as NodeRow;
  refuseForeignGroup(conductor, values.conductor_group);
  const interfaces = driverOf(() => conductor.drivers.interfacesFor(values));
  return conductor.db.write(async (tx) => {
    const row = await insertNode(tx, { ...values, ...interfaces } as Parameters<typeof insertNode>[1]);
    await recordHappenings(tx, [
      { kind: 'node.created', node: row.uuid, by: order.by, name: row.name, driver: row.driver },
    ]);
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
  /** Interfaces that the change does not name go back to the (new) driver's defaults. */
  readonly resetInterfaces?: boolean;
  readonly by: By;
}

/** Change fields of a node, under its lock. Returns the row as it is then, with the lock in it. */
export function updateNode(conductor: Conductor, order: UpdateOrder): Promise<NodeRow> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      const changes = { ...order.changes } as NodeChanges & Record<string, unknown>;
      refuseInterfaceChange(task, changes);
      if (changes.conductor_group !== task.node.conductor_group)
        refuseForeignGroup(conductor, changes.conductor_group);
      Object.assign(changes, newInterfaces(task, changes, order.resetInterfaces ?? false));
      if (changes.maintenance === false) Object.assign(changes, { maintenance_reason: null, fault: null });
      const maintained = changes.maintenance !== undefined && changes.maintenance !== task.node.maintenance;
      await task.save(
        changes,
        { kind: 'node.updated', node: task.node.uuid, fields: Object.keys(changes) },
        ...(maintained
          ? [
              {
                kind: 'maintenance.changed' as const,
                node: task.node.uuid,
                on: changes.maintenance === true,
                reason: (changes.maintenance_reason as string | null | undefined) ?? null,
                fault: null,
              },
            ]
          : []),
      );
      const { allocation_uuid: allocation } = task.node;
      if (changes.instance_uuid === null && allocation) await task.dropAllocation(allocation);
      return task.node;
    },
    { by: order.by },
  );
}

function refuseInterfaceChange(task: HeldTask, changes: NodeChanges): void {
  const { node } = task;
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
function newInterfaces(task: HeldTask, changes: NodeChanges, reset: boolean): Partial<NodeRow> {
  const driver = changes.driver ?? task.node.driver;
  const touched = driver !== task.node.driver || reset || interfaceFields.some((field) => field in changes);
  if (!touched) return {};
  const kept = Object.fromEntries(interfaceFields.map((field) => [field, reset ? null : task.node[field]]));
  const named = Object.fromEntries(interfaceFields.filter((f) => f in changes).map((f) => [f, changes[f]]));
  return driverOf(() => task.conductor.drivers.interfacesFor({ ...kept, ...named, driver } as unknown as NodeRow));
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
