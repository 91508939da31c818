// What is made of an inspection's data, hook by hook (reference: conductor.md L100-101). A hook first looks at the data
// (`check`, all of them, before anything is changed), then does its work (`run`).
import { InvalidParameterValue } from '#contract/errors.ts';
import { createPort, deletePort, savePort } from '#db/ports.ts';
import {
  type AddPorts,
  bootMacOf,
  type FoundInterface,
  foundInterfaces,
  portChanges,
  portsToAdd,
} from '#model/inspection/interfaces.ts';
import type { HeldTask } from '../task.ts';

type Json = Record<string, unknown>;

/** What the ramdisk told, with what hooks add for those behind them and for the record. */
export interface Found {
  readonly inventory: Readonly<Json>;
  readonly plugin_data: Json;
  /** Set by validate-interfaces. */
  interfaces?: readonly FoundInterface[];
}

export interface Hook {
  /** Hooks that must stand before it. */
  readonly needs?: readonly string[];
  /** Throws what is wrong with the data. */
  check?(task: HeldTask, found: Found): void;
  run?(task: HeldTask, found: Found): Promise<void>;
}

const ramdiskError: Hook = {
  check(_task, { plugin_data }) {
    if (plugin_data.error) throw new Error(`the ramdisk tells of an error: ${String(plugin_data.error)}`);
  },
};

const validateInterfaces: Hook = {
  check(task, found) {
    const told = found.inventory.interfaces;
    if (!Array.isArray(told) || !told.length) throw new Error('the ramdisk found no network interfaces');
    const interfaces = foundInterfaces(told, bootMacOf(found.plugin_data.boot_interface));
    const valid = portsToAdd(interfaces, task.config.inspector.add_ports as AddPorts);
    if (!interfaces.length) throw new Error('none of the network interfaces has a name and a proper MAC address');
    found.interfaces = interfaces;
    const shown = (nics: readonly FoundInterface[]) =>
      Object.fromEntries(nics.map((nic) => [nic.name, { ...nic.told, pxe_enabled: nic.pxe_enabled }]));
    found.plugin_data.all_interfaces = shown(interfaces);
    found.plugin_data.valid_interfaces = shown(valid);
    found.plugin_data.macs = valid.map((nic) => nic.mac_address);
  },
};

const ports: Hook = {
  needs: ['validate-interfaces'],
  async run(task, { interfaces = [] }) {
    const { add_ports, keep_ports, update_pxe_enabled } = task.config.inspector;
    const { create, remove, pxe } = portChanges(task.ports, interfaces, {
      add: add_ports as AddPorts,
      keep: keep_ports as 'all' | 'present' | 'added',
      updatePxe: update_pxe_enabled,
    });
    const { db } = task.conductor;
    const booted = interfaces.some((nic) => nic.pxe_enabled);
    await db.write(async (tx) => {
      for (const uuid of remove) await deletePort(tx, uuid);
      for (const { uuid, pxe_enabled } of pxe) await savePort(tx, uuid, { pxe_enabled });
      for (const nic of create)
        await createPort(tx, {
          node_uuid: task.node.uuid,
          address: nic.mac_address,
          pxe_enabled: booted ? nic.pxe_enabled : true,
          extra: nic.client_id ? { 'client-id': nic.client_id } : {},
        });
    });
  },
};

const architecture: Hook = {
  async run(task, { inventory }) {
    const arch = (inventory.cpu as { architecture?: unknown } | undefined)?.architecture;
    if (typeof arch === 'string' && arch) await setProperties(task, { cpu_arch: arch });
  },
};

const cpus: Hook = {
  async run(task, { inventory }) {
    const count = Number((inventory.cpu as { count?: unknown } | undefined)?.count);
    if (Number.isInteger(count) && count > 0) await setProperties(task, { cpus: count });
  },
};

const memory: Hook = {
  async run(task, { inventory }) {
    const megabytes = Number((inventory.memory as { physical_mb?: unknown } | undefined)?.physical_mb);
    if (Number.isInteger(megabytes) && megabytes > 0) await setProperties(task, { memory_mb: megabytes });
  },
};

const setProperties = (task: HeldTask, properties: Json): Promise<void> =>
  task.save({ properties: { ...task.node.properties, ...properties } });

const known: Readonly<Record<string, Hook>> = {
  'ramdisk-error': ramdiskError,
  'validate-interfaces': validateInterfaces,
  ports,
  architecture,
  cpus,
  memory,
};

/** The hooks that `[inspector]hooks` names, in its order. Throws InvalidParameterValue for one that is not had. */
export function hooksOf(option: string): readonly [string, Hook][] {
  const names = option
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.map((name, at) => {
    const hook = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!hook)
      throw new InvalidParameterValue({
        why: `[inspector]hooks names "${name}"; there are ${Object.keys(known).join(', ')}`,
      });
    const lacking = (hook.needs ?? []).filter((need) => !names.slice(0, at).includes(need));
    if (lacking.length)
      throw new InvalidParameterValue({ why: `[inspector]hooks: "${name}" needs ${lacking.join(', ')} before it` });
    return [name, hook];
  });
}
