// What every inspection begins with: errors of the ramdisk, interfaces and ports, and what a scheduler wants to know.
import { createPort, deletePort, savePort } from '#db/ports.ts';
import {
  type AddPorts,
  bootMacOf,
  type FoundInterface,
  foundInterfaces,
  portChanges,
  portsToAdd,
} from '#model/inspection/interfaces.ts';
import { type Hook, setProperties } from '../hook.ts';

export const ramdiskError: Hook = {
  check(_task, { plugin_data }) {
    if (plugin_data.error) throw new Error(`the ramdisk tells of an error: ${String(plugin_data.error)}`);
  },
};

export const validateInterfaces: Hook = {
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

export const ports: Hook = {
  needs: ['validate-interfaces'],
  async run(task, { interfaces = [] }) {
    const { add_ports, keep_ports, update_pxe_enabled } = task.config.inspector;
    const { create, remove, pxe } = portChanges(task.ports, interfaces, {
      add: add_ports as AddPorts,
      keep: keep_ports as 'all' | 'present' | 'added',
      updatePxe: update_pxe_enabled,
    });
    const booted = interfaces.some((nic) => nic.pxe_enabled);
    await task.saveWith({}, async (tx) => {
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

export const architecture: Hook = {
  async run(task, { inventory }) {
    const arch = (inventory.cpu as { architecture?: unknown } | undefined)?.architecture;
    if (typeof arch === 'string' && arch) await setProperties(task, { cpu_arch: arch });
  },
};

export const cpus: Hook = {
  async run(task, { inventory }) {
    const count = Number((inventory.cpu as { count?: unknown } | undefined)?.count);
    if (Number.isInteger(count) && count > 0) await setProperties(task, { cpus: count });
  },
};

export const memory: Hook = {
  async run(task, { inventory }) {
    const megabytes = Number((inventory.memory as { physical_mb?: unknown } | undefined)?.physical_mb);
    if (Number.isInteger(megabytes) && megabytes > 0) await setProperties(task, { memory_mb: megabytes });
  },
};
