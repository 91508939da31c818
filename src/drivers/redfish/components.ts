// The firmware of a machine, component by component, from what its BMC tells. Pure but for the reading.
import type { FirmwareComponent } from '#db/firmware-components.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { type Json, part, parts, textOf } from '#protocols/redfish/document.ts';
import type { Task } from '../kinds.ts';
import { collected, linksAt, managerOf, read, systemOf } from './system.ts';

/** Where a network adapter's firmware version stands (NetworkAdapter.Controllers). */
function adapterComponent(adapter: Json): FirmwareComponent | undefined {
  const [controller] = parts(adapter, 'Controllers');
  const version = textOf(controller?.FirmwarePackageVersion) ?? textOf(part(adapter, 'Oem').FirmwareVersion);
  const id = textOf(adapter.SerialNumber) ?? textOf(adapter.Id);
  if (!version || !id) return undefined;
  return {
    component: `NIC:${id}`,
    current_version: version,
    vendor: textOf(adapter.Manufacturer) ?? null,
    model: textOf(adapter.Model) ?? null,
    serial_number: textOf(adapter.SerialNumber) ?? null,
  };
}

/** BIOS and BMC of the machine, and its network cards where the chassis tells of them. */
export function componentsFrom(
  system: Json,
  manager: Json | undefined,
  adapters: readonly Json[],
): FirmwareComponent[] {
  const bios = textOf(system.BiosVersion);
  const bmc = textOf(manager?.FirmwareVersion);
  const vendor = textOf(system.Manufacturer) ?? null;
  return [
    ...(bmc
      ? [
          {
            component: 'BMC',
            current_version: bmc,
            vendor,
            model: textOf(manager?.Model) ?? null,
            serial_number: textOf(manager?.SerialNumber) ?? null,
          },
        ]
      : []),
    ...(bios
      ? [{ component: 'BIOS', current_version: bios, vendor, model: textOf(system.Model) ?? null, serial_number: null }]
      : []),
    ...adapters.flatMap((adapter) => adapterComponent(adapter) ?? []),
  ];
}

/** Cards tell of themselves at the chassis; one that cannot be read is left out. */
async function adaptersOf(task: Task, system: Resource): Promise<Json[]> {
  const found: Json[] = [];
  try {
    for (const path of linksAt(task, system, 'Chassis').slice(0, 16))
      for (const { body } of await collected(task, await read(task, path), 'NetworkAdapters')) found.push(body);
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.info({ err: error }, 'the BMC does not tell of the firmware of network cards');
  }
  return found;
}

export async function readComponents(task: Task): Promise<FirmwareComponent[]> {
  const system = await systemOf(task);
  const manager = await managerOf(task, system);
  return componentsFrom(system.body, manager?.body, await adaptersOf(task, system));
}
