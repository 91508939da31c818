// A conductor on a database in memory, for tests: real drivers, real flows, no network unless a test brings it.
import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { type Conductor, makeConductor } from '#conductor/conductor.ts';
import { lookAgain } from '#conductor/heartbeat.ts';
import { type ConductorOrders, ordersOf } from '#conductor/orders.ts';
import { loadConfig } from '#config/load.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { findNode } from '#db/nodes.ts';
import { createPort } from '#db/ports.ts';
import type { NodeRow } from '#db/schema.ts';
import { AgentClient } from '#drivers/agent/client.ts';
import type { House } from '#drivers/house.ts';
import { makeSerialConsoles } from '#drivers/ipmi/console/serial-consoles.ts';
import { makeDrivers } from '#drivers/registry.ts';
import { openTransport } from '#protocols/ipmi/transport.ts';
import { RedfishClient } from '#protocols/redfish/client.ts';

export const fakeSets = [
  'DEFAULT.host=tester',
  'DEFAULT.enabled_hardware_types=fake-hardware,ipmi,manual-management',
  'DEFAULT.enabled_bios_interfaces=fake,no-bios',
  'DEFAULT.enabled_boot_interfaces=fake,ipxe,pxe',
  'DEFAULT.enabled_console_interfaces=fake,no-console',
  'DEFAULT.enabled_deploy_interfaces=fake,direct',
  'DEFAULT.enabled_inspect_interfaces=fake,no-inspect',
  'DEFAULT.enabled_firmware_interfaces=fake,no-firmware',
  'DEFAULT.enabled_management_interfaces=fake,ipmitool,noop',
  'DEFAULT.enabled_network_interfaces=noop,flat',
  'DEFAULT.enabled_power_interfaces=fake,ipmitool',
  'DEFAULT.enabled_raid_interfaces=fake,no-raid',
  'DEFAULT.enabled_rescue_interfaces=fake,no-rescue',
  'DEFAULT.enabled_storage_interfaces=fake,noop',
  'DEFAULT.enabled_vendor_interfaces=fake,no-vendor',
  'ipmi.min_command_interval=0',
] as const;

export interface Bench {
  readonly conductor: Conductor;
  readonly orders: ConductorOrders;
  readonly db: Db;
  node(ident: string): Promise<NodeRow>;
  enroll(values?: Partial<NodeRow>): Promise<NodeRow>;
  /** Resolves with the row when nobody holds it and nothing is aimed at. */
  rest(ident: string): Promise<NodeRow>;
  close(): Promise<void>;
}

export const by = { requestId: `req-${randomUUID()}` };

/** `sets` are added to `fakeSets`; `house` replaces parts of a house that has no services. */
export async function conductorBench(
  options: {
    sets?: readonly string[];
    house?: Partial<House>;
    url?: string;
    clock?: Clock;
    driverPauseMs?: number;
  } = {},
): Promise<Bench> {
  const clock = options.clock ?? systemClock;
  const { config } = loadConfig({ sets: [...fakeSets, ...(options.sets ?? [])] });
  const db = await openDb({ url: options.url ?? 'sqlite::memory:', log: silent, clock });
  const ipmi = await openTransport({ clock });
  const consoles = makeSerialConsoles({ clock, log: silent });
  const agents = new AgentClient({ commandTimeoutMs: 5000, maxAttempts: 2, clock });
  const redfish = new RedfishClient({ clock, connectTimeoutMs: 5000, readTimeoutMs: 5000, attempts: 2, pauseMs: 1 });
  const house: House = {
    apiUrl: 'http://127.0.0.1:1',
    ipmi,
    consoles,
    agents,
    redfish,
    networkBoot: { serves: true, async prepareRamdisk() {}, async prepareInstance() {}, async cleanUp() {} },
    bootMedia: { publish: async ({ slot }) => `http://127.0.0.1:1/redfish/${slot}.iso`, async withdraw() {} },
    images: { imageInfo: async () => ({}), validate() {}, async cleanUp() {} },
    configDrives: { make: (asked) => String(asked) },
    keepCertificate: async () => '/nowhere',
    explainBoot: async () => 'Nothing was asked of the boot services.',
    ...options.house,
  };
  const conductor = makeConductor({
    host: 'tester',
    config,
    db,
    drivers: makeDrivers(config),
    house,
    clock,
    log: silent,
  });
  conductor.freed = (node) => void lookAgain(conductor, node);
  const orders = ordersOf(conductor);
  const node = async (ident: string): Promise<NodeRow> => {
    const row = await findNode(db.read, ident);
    if (!row) throw new Error(`there is no node ${ident}`);
    return row;
  };
  return {
    conductor,
    orders,
    db,
    node,
    async enroll(values = {}) {
      const row = await orders.createNode({
        values: { driver: 'fake-hardware', provision_state: 'enroll', ...values },
        by,
      });
      await db.write((tx) => createPort(tx, { node_uuid: row.uuid, address: macOf(row.uuid), pxe_enabled: true }));
      return row;
    },
    async rest(ident) {
      for (let i = 0; i < 20_000; i++) {
        const row = await node(ident);
        if (row.reservation === null && row.target_provision_state === null && row.target_power_state === null)
          return row;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      throw new Error(`node ${ident} does not come to rest: ${JSON.stringify(await node(ident))}`);
    },
    async close() {
      await conductor.stop();
      await agents.close();
      await redfish.close();
      await consoles.closeAll();
      await ipmi.close();
      await db.close();
    },
  };
}

const macOf = (uuid: string): string => `52:54:00:${uuid.slice(0, 2)}:${uuid.slice(2, 4)}:${uuid.slice(4, 6)}`;
