// A stand-in for the conductor: the fake driver's answers at once, as far as the API's own recordings need them.

import type { DriverFacts, Orders } from '#api/orders.ts';
import { InterfaceNotFoundInEntrypoint, InvalidParameterValue, NodeLocked, NoValidHost } from '#contract/errors.ts';
import { powerTargets } from '#contract/verbs.ts';
import { allocationBy, saveAllocation } from '#db/allocations.ts';
import type { Db } from '#db/database.ts';
import { createNode, nodeBy, saveNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';

const host = 'yardstick';

/** Hardware types and their interfaces as the recorded service had them enabled; the first of each is the default. */
const hardware: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'fake-hardware': {
    bios: ['fake', 'no-bios'],
    boot: ['fake', 'pxe', 'ipxe'],
    console: ['fake', 'no-console'],
    deploy: ['fake', 'direct', 'ramdisk', 'custom-agent'],
    firmware: ['fake', 'no-firmware'],
    inspect: ['fake', 'agent', 'no-inspect'],
    management: ['fake'],
    network: ['noop'],
    power: ['fake'],
    raid: ['fake', 'agent', 'no-raid'],
    rescue: ['fake', 'agent', 'no-rescue'],
    storage: ['noop', 'fake'],
    vendor: ['fake', 'no-vendor'],
  },
  ipmi: {
    bios: ['no-bios'],
    boot: ['ipxe', 'pxe'],
    console: ['ipmitool-socat', 'no-console'],
    deploy: ['direct', 'ramdisk', 'custom-agent'],
    firmware: ['no-firmware'],
    inspect: ['agent', 'no-inspect'],
    management: ['ipmitool', 'noop'],
    network: ['noop'],
    power: ['ipmitool'],
    raid: ['no-raid', 'agent'],
    rescue: ['no-rescue', 'agent'],
    storage: ['noop'],
    vendor: ['ipmitool', 'no-vendor'],
  },
  'manual-management': {
    bios: ['no-bios'],
    boot: ['ipxe', 'pxe'],
    console: ['no-console'],
    deploy: ['direct', 'ramdisk', 'custom-agent'],
    firmware: ['no-firmware'],
    inspect: ['agent', 'no-inspect'],
    management: ['noop', 'fake'],
    network: ['noop'],
    power: ['fake'],
    raid: ['no-raid', 'agent'],
    rescue: ['no-rescue', 'agent'],
    storage: ['noop'],
    vendor: ['no-vendor'],
  },
  redfish: {
    bios: ['redfish', 'no-bios'],
    boot: ['ipxe', 'pxe', 'redfish-virtual-media'],
    console: ['ipmitool-socat', 'no-console'],
    deploy: ['direct', 'ramdisk', 'custom-agent'],
    firmware: ['redfish', 'no-firmware'],
    inspect: ['redfish', 'agent', 'no-inspect'],
    management: ['redfish', 'noop'],
    network: ['noop'],
    power: ['redfish'],
    raid: ['redfish', 'no-raid', 'agent'],
    rescue: ['no-rescue', 'agent'],
    storage: ['noop'],
    vendor: ['redfish', 'no-vendor'],
  },
};

const kinds = Object.keys(hardware['fake-hardware']!);
const enabledAnywhere = (kind: string): string[] => [
  ...new Set(Object.values(hardware).flatMap((faces) => faces[kind]!)),
];

function withInterfaces(node: Partial<NodeRow>, named: Partial<NodeRow> | undefined): Partial<NodeRow> {
  const faces = hardware[node.driver ?? ''];
  if (!faces || node.conductor_group)
    throw new NoValidHost({ why: `no conductor of group "${node.conductor_group}" offers driver ${node.driver}` });
  const chosen: Record<string, string> = {};
  for (const kind of kinds) {
    const asked = Reflect.get(named ?? node, `${kind}_interface`) as string | null | undefined;
    if (asked && !enabledAnywhere(kind).includes(asked))
      throw new InterfaceNotFoundInEntrypoint({ kind, name: asked, enabled: enabledAnywhere(kind) });
    if (asked && !faces[kind]!.includes(asked) && node.driver !== 'fake-hardware')
      throw new InvalidParameterValue({ why: `${kind} interface ${asked} does not go with ${node.driver}` });
    chosen[`${kind}_interface`] = asked || faces[kind]![0]!;
  }
  return chosen as Partial<NodeRow>;
}

const drivers: DriverFacts[] = Object.entries(hardware).map(([name, faces]) => ({
  name,
  hosts: [host],
  defaults: Object.fromEntries(kinds.map((kind) => [kind, faces[kind]![0]!])),
  enabled: faces,
  properties: {},
}));

const saveFailed = (db: Db, uuid: string, last_error: string) =>
  db.write((tx) => saveAllocation(tx, uuid, { state: 'error', last_error }));

/** Orders that are carried out before they return, without any hardware. */
export function fakeOrders(db: Db): Orders {
  const refuseLocked = (node: NodeRow) => {
    if (node.reservation) throw new NodeLocked({ node: node.uuid, host: node.reservation });
  };
  const held = async (ident: string): Promise<NodeRow> => {
    const node = await nodeBy(db.read, ident);
    refuseLocked(node);
    return node;
  };
  const save = (node: string, changes: Partial<NodeRow>) => db.write((tx) => saveNode(tx, node, changes, 'unguarded'));
  return {
    conductorOf: () => host,
    async provision({ node, event }) {
      await held(node);
      const rests: Record<string, string> = {
        manage: 'manageable',
        provide: 'available',
        deploy: 'active',
        delete: 'available',
      };
      await save(node, { provision_state: rests[event] ?? 'error' });
    },
    async power({ node, target }) {
      await held(node);
      await save(node, { power_state: powerTargets[target].leadsTo });
    },
    async createNode({ values }) {
      const row = { ...values, ...withInterfaces(values, undefined) };
      return db.write((tx) => createNode(tx, row as Parameters<typeof createNode>[1]));
    },
    async updateNode({ node, changes, resetInterfaces }) {
      const row = await held(node);
      const faces = withInterfaces({ ...row, ...changes }, resetInterfaces ? changes : undefined);
      return { ...(await save(node, { ...changes, ...faces })), reservation: host };
    },
    async deleteNode({ node }) {
      await held(node);
      await db.write((tx) => tx.deleteFrom('nodes').where('uuid', '=', node).execute());
    },
    async whileHeld({ node }, work) {
      await held(node);
      return work();
    },
    async bootDevice() {
      return { boot_device: 'pxe', persistent: false };
    },
    async setBootDevice({ node, device }) {
      await held(node);
      if (device !== 'pxe') throw new InvalidParameterValue({ why: `boot device ${device}: pxe is supported` });
    },
    async supportedBootDevices() {
      return ['pxe'];
    },
    async injectNmi() {},
    async validate() {
      return Object.fromEntries(kinds.map((kind) => [kind, { result: true }]));
    },
    async attachVif() {},
    async detachVif() {},
    async listVifs() {
      return [];
    },
    async lookup() {
      return { token: undefined };
    },
    async heartbeat() {},
    async allocate({ allocation, node }) {
      const row = await allocationBy(db.read, allocation);
      const among = row.candidate_nodes.length ? 'none of the requested nodes are available and' : 'no available nodes';
      const why = node ? `node ${node} is not active` : `${among} match the resource class ${row.resource_class}`;
      const last_error = `Failed to process allocation ${allocation}: ${why}.`;
      const failed = saveFailed(db, allocation, last_error);
      if (!node) return;
      await failed;
      throw new InvalidParameterValue({ why });
    },
    async setRaid({ node, target }) {
      await held(node);
      await save(node, { target_raid_config: { ...target } });
    },
    async drivers() {
      return drivers;
    },
  };
}
