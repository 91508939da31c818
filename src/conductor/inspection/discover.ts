// A machine that nobody enrolled reports what it is: it becomes a node ([auto_discovery]). Whoever stands in the boot network
// could make nodes so: it is off unless asked for, bounded per minute, and a MAC address makes one node only.
import { newPace, type Pace } from '#boot/pace.ts';
import { MACAlreadyExists, NotFound, TemporaryFailure } from '#contract/errors.ts';
import { isMac } from '#contract/values.ts';
import { createPort } from '#db/ports.ts';
import type { NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';
import {
  type AddPorts,
  bootMacOf,
  type FoundInterface,
  foundInterfaces,
  portsToAdd,
} from '#model/inspection/interfaces.ts';
import type { Conductor } from '../conductor.ts';
import { createNode } from '../node-orders.ts';
import { unknownMachine } from './find-inspected.ts';

export interface Discovery {
  readonly inventory: Readonly<Record<string, unknown>>;
  readonly plugin_data: Readonly<Record<string, unknown>>;
  readonly by: By;
}

const mostInterfaces = 256;

/** Enrolls unknown machines. Throws NotFound where that is off or the machine has no MAC, TemporaryFailure for too many. */
export function discoveryOf(conductor: Conductor): (machine: Discovery) => Promise<NodeRow> {
  let pace: { perMinute: number; bucket: Pace } | undefined;
  return async (machine) => {
    const { enabled, driver, inspection_scope: scope } = conductor.config.auto_discovery;
    if (!enabled) throw unknownMachine();
    const interfaces = interfacesOf(machine);
    const why = !driver ? noDriver : !interfaces.length ? noMac : sizeOf(machine) > largest ? tooMuch : undefined;
    if (why || !driver) {
      conductor.log.warn({}, why ?? noDriver);
      throw unknownMachine();
    }
    const perMinute = conductor.config.ingot.discovery_per_minute;
    if (pace?.perMinute !== perMinute)
      pace = { perMinute, bucket: newPace({ burst: perMinute, perSecond: perMinute / 60, keys: 1 }, conductor.clock) };
    if (!pace.bucket.takes(''))
      throw new TemporaryFailure({ why: 'More unknown machines report than are taken per minute; try again later.' });
    const node = await enroll(conductor, machine, { driver, scope, interfaces });
    conductor.log.info(
      { node: node.uuid, driver, macs: interfaces.map((nic) => nic.mac_address) },
      'an unknown machine reported and was enrolled',
    );
    return node;
  };
}

const noDriver = '[auto_discovery] is enabled without a driver: an unknown machine that reported was not enrolled';
const noMac = 'an unknown machine reported no usable network interface, and was not enrolled';
const tooMuch = 'an unknown machine reported more than a machine has to tell (1 MiB), and was not enrolled';

const largest = 1024 * 1024;

/** What would be kept of it; logs are not. */
function sizeOf({ inventory, plugin_data: { logs: _logs, ...kept } }: Discovery): number {
  return JSON.stringify([inventory, kept]).length;
}

const interfacesOf = ({ inventory, plugin_data }: Discovery): FoundInterface[] =>
  foundInterfaces(
    (inventory.interfaces as unknown[]).slice(0, mostInterfaces),
    bootMacOf(plugin_data.boot_interface),
  ).filter(({ mac_address }) => isMac(mac_address));

interface Enrollment {
  readonly driver: string;
  readonly scope: string | null;
  readonly interfaces: readonly FoundInterface[];
}

async function enroll(conductor: Conductor, { by }: Discovery, how: Enrollment): Promise<NodeRow> {
  const { DEFAULT, inspector, conductor: own } = conductor.config;
  const wanted = portsToAdd(how.interfaces, inspector.add_ports as AddPorts);
  // Without any port the next report of the same machine would make another node.
  const ports = wanted.length ? wanted : how.interfaces;
  const booted = how.interfaces.some((nic) => nic.pxe_enabled);
  const values: Partial<NodeRow> = {
    driver: how.driver,
    provision_state: 'enroll',
    conductor_group: DEFAULT.default_conductor_group ?? own.conductor_group.toLowerCase(),
    ...(DEFAULT.default_resource_class && { resource_class: DEFAULT.default_resource_class }),
    ...(how.scope && { properties: { inspection_scope: how.scope } }),
  };
  try {
    return await createNode(conductor, { values, by }, async (tx, { uuid }) => {
      for (const nic of ports)
        await createPort(tx, {
          node_uuid: uuid,
          address: nic.mac_address,
          pxe_enabled: booted ? nic.pxe_enabled : true,
          extra: nic.client_id ? { 'client-id': nic.client_id } : {},
        });
    });
  } catch (error) {
    if (MACAlreadyExists.is(error)) throw unknownMachine();
    conductor.log.error({ err: error }, 'an unknown machine reported and could not be enrolled');
    throw new NotFound({ why: unknownMachine().message }, { cause: error });
  }
}
