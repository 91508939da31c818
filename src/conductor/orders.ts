// The conductor as the API sees it.
import type { NodeRow } from '#db/schema.ts';
import { interfaceKinds } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import { type AllocateOrder, allocate } from './allocations/allocate.ts';
import type { Conductor } from './conductor.ts';
import { deviceOrders } from './device-orders.ts';
import { type HeartbeatOrder, heartbeat } from './heartbeat.ts';
import { hold } from './hold.ts';
import { continueInspection, type InspectionData } from './inspection/continue-inspection.ts';
import { discoveryOf } from './inspection/discover.ts';
import { findInspected, type Whose } from './inspection/find-inspected.ts';
import { lookup } from './lookup.ts';
import { createNode, deleteNode, type UpdateOrder, updateNode } from './node-orders.ts';
import { type PowerOrder, power } from './power-order.ts';
import { type ProvisionOrder, provision } from './provision.ts';
import * as questions from './questions.ts';

/** What each driver of this conductor offers. */
function driverFacts(conductor: Conductor) {
  return [...conductor.drivers.types.values()].map(({ type, own, defaults }) => ({
    name: type.name,
    hosts: [conductor.host],
    defaults: Object.fromEntries(interfaceKinds.map((kind) => [kind, defaults[kind]])),
    enabled: Object.fromEntries(interfaceKinds.map((kind) => [kind, own[kind].map((face) => face.name)])),
    properties: Object.assign(
      {},
      ...interfaceKinds.map((kind) => own[kind].find((face) => face.name === defaults[kind])?.properties ?? {}),
    ) as Record<string, string>,
  }));
}

/** The orders that the API may give, bound to this conductor. */
export function ordersOf(conductor: Conductor) {
  return {
    provision: (o: ProvisionOrder) => provision(conductor, o),
    power: (o: PowerOrder) => power(conductor, o),
    conductorOf: (node: Pick<NodeRow, 'uuid' | 'driver' | 'conductor_group'>) =>
      conductor.drivers.types.has(node.driver) &&
      node.conductor_group === conductor.config.conductor.conductor_group.toLowerCase()
        ? conductor.host
        : null,
    createNode: (o: { values: Partial<NodeRow>; by: By }) => createNode(conductor, o),
    updateNode: (o: UpdateOrder) => updateNode(conductor, o),
    deleteNode: (o: { node: string; by: By }) => deleteNode(conductor, o),
    whileHeld: <T>(o: { node: string; purpose: string; by: By }, work: () => Promise<T>) =>
      hold(conductor, o.node, () => work(), { by: o.by }),
    bootDevice: (node: string) => questions.bootDevice(conductor, node),
    setBootDevice: (o: Parameters<typeof questions.setBootDevice>[1]) => questions.setBootDevice(conductor, o),
    supportedBootDevices: (node: string) => questions.supportedBootDevices(conductor, node),
    injectNmi: (o: { node: string; by: By }) => questions.injectNmi(conductor, o),
    validate: (node: string) => questions.validate(conductor, node),
    attachVif: (o: Parameters<typeof questions.attachVif>[1]) => questions.attachVif(conductor, o),
    detachVif: (o: { node: string; vif: string; by: By }) => questions.detachVif(conductor, o),
    listVifs: (node: string) => questions.listVifs(conductor, node),
    lookup: (o: { node: string; withToken: boolean; by: By }) => lookup(conductor, o),
    heartbeat: (o: HeartbeatOrder) => heartbeat(conductor, o),
    drivers: async () => driverFacts(conductor),
    ...deviceOrders(conductor),
    findInspected: (o: Whose) => findInspected(conductor, o),
    discover: discoveryOf(conductor),
    continueInspection: (o: InspectionData) => continueInspection(conductor, o),
    allocate: (o: AllocateOrder) => allocate(conductor, o),
  };
}

export type ConductorOrders = ReturnType<typeof ordersOf>;
