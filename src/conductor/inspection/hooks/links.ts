// Hooks that say where a machine is plugged in.
import { savePort } from '#db/ports.ts';
import type { PortRow } from '#db/schema.ts';
import type { FoundInterface } from '#model/inspection/interfaces.ts';
import { linkOf, parseLldp, readTlvs, type Tlv } from '#model/inspection/lldp/parse.ts';
import { physicalNetworkOf } from '#model/inspection/physical-network.ts';
import type { HeldTask } from '../../task.ts';
import { type Found, type Hook, objectAt } from '../hook.ts';

const mostInterfaces = 64;

/** What the switch behind an interface said: the ramdisk tells it beside the inventory or, as older ones do, in it. */
function tlvsOf({ plugin_data }: Found, nic: FoundInterface): Tlv[] {
  const raw = objectAt(plugin_data.lldp_raw);
  return readTlvs(Object.hasOwn(raw, nic.name) ? raw[nic.name] : nic.told.lldp);
}

/** Change the ports of the node, each by the interface that it is. */
async function changePorts(
  task: HeldTask,
  found: Found,
  changesOf: (nic: FoundInterface, port: PortRow) => Partial<PortRow> | undefined,
): Promise<void> {
  const changes = (found.interfaces ?? []).flatMap((nic) => {
    const port = task.ports.find(({ address }) => address.toLowerCase() === nic.mac_address);
    const change = port && changesOf(nic, port);
    return change ? [{ uuid: port.uuid, change }] : [];
  });
  if (!changes.length) return;
  await task.saveWith({}, async (tx) => {
    for (const { uuid, change } of changes) await savePort(tx, uuid, change);
  });
}

/** `local_link_connection` of ports; what is there already stays. */
export const localLinkConnection: Hook = {
  needs: ['validate-interfaces'],
  run: (task, found) =>
    changePorts(task, found, (nic, { local_link_connection: before }) => {
      const told = Object.entries(linkOf(tlvsOf(found, nic))).filter(([name]) => !Object.hasOwn(before, name));
      return told.length ? { local_link_connection: { ...before, ...Object.fromEntries(told) } } : undefined;
    }),
};

/** `physical_network` of ports, by the addresses that the machine was given ([inspector]physical_network_cidr_map). */
export const physicalNetwork: Hook = {
  needs: ['validate-interfaces'],
  run: (task, found) =>
    changePorts(task, found, (nic, port) => {
      const map = task.config.inspector.physical_network_cidr_map;
      const physical_network = physicalNetworkOf([nic.ipv4_address, nic.ipv6_address], map);
      return physical_network !== undefined && physical_network !== port.physical_network
        ? { physical_network }
        : undefined;
    }),
};

/** `parsed_lldp` in the plugin data: by interface, what its switch says. */
export const parseLldpHook: Hook = {
  needs: ['validate-interfaces'],
  async run(_task, found) {
    const parsed = (found.interfaces ?? []).slice(0, mostInterfaces).flatMap((nic) => {
      const said = parseLldp(tlvsOf(found, nic));
      return Object.keys(said).length ? [[nic.name, said]] : [];
    });
    found.plugin_data.parsed_lldp = Object.fromEntries(parsed);
  },
};
