// Which node a ramdisk runs on, and what it is told.
import { IncompleteLookup, InvalidParameterValue, NotFound } from '#contract/errors.ts';
import { mask, maskSecrets } from '#contract/masking.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { isMac } from '#contract/values.ts';
import { findNode, nodeByMacs } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import { factsOf } from '#model/provision-states.ts';
import { makeRenderer } from './render.ts';
import type { Ask, Reply } from './route.ts';

const renderer = makeRenderer<NodeRow>(nodeResource, {
  makers: {
    instance_info: (row) => maskSecrets(row.instance_info),
    driver_internal_info: (row) => maskSecrets(row.driver_internal_info),
  },
});

const shown = ['uuid', 'properties', 'instance_info', 'driver_internal_info'];
const tokensSince = 62;

/** The node with this UUID, or that owns the addresses; 404 tells no more than that there is none. */
export async function nodeOfRamdisk(ask: Ask): Promise<NodeRow> {
  const { addresses, node_uuid: uuid } = ask.args as { addresses?: string[]; node_uuid?: string };
  const macs = (addresses ?? []).filter(isMac);
  if (!uuid && macs.length === 0) throw new IncompleteLookup({});
  const node = uuid ? await findNode(ask.db.read, uuid) : await nodeByMacs(ask.db.read, macs);
  if (!node || !mayLookUp(node, ask)) throw new NotFound({ why: 'There is no node here that waits for this ramdisk.' });
  return node;
}

function mayLookUp(node: NodeRow, { settings }: Ask): boolean {
  const facts = factsOf(node.provision_state);
  return !settings.restrictLookup || !!(settings.fastTrack ? facts?.lookupFast : facts?.lookup);
}

/** The BMC of a machine with Redfish is known; its ramdisk need not look for one by IPMI (reference: agent-api.md §1). */
const bmcLook = ({ management_interface }: NodeRow) =>
  management_interface === 'redfish' ? { agent_skip_bmc_detect: true } : {};

/** What a ramdisk is told: its node, and how to behave. A token is told once, to the first that asks. */
export async function lookupReply(ask: Ask, found: NodeRow): Promise<Reply> {
  const withToken = ask.minor >= tokensSince;
  const { token } = await ask.orders.lookup({ node: found.uuid, withToken, by: ask.by });
  const node = (await findNode(ask.db.read, found.uuid)) ?? found;
  const agent_token = withToken ? (token ?? mask) : null;
  return {
    body: {
      node: renderer.one(node, shown, ask),
      config: { ...ask.settings.agentConfig, ...bmcLook(found), agent_token },
    },
  };
}

/** MAC addresses of an inventory; 400 unless it is one. */
export function inventoryMacs(inventory: unknown): string[] {
  const wrong = (why: string) => new InvalidParameterValue({ why: `inventory: ${why}.` });
  if (typeof inventory !== 'object' || inventory === null || Array.isArray(inventory))
    throw wrong('an object is needed');
  const { interfaces } = inventory as { interfaces?: unknown };
  if (!Array.isArray(interfaces)) throw wrong('"interfaces" is needed, a list');
  return interfaces.map((nic: unknown) => {
    const mac = typeof nic === 'object' && nic !== null ? (nic as { mac_address?: unknown }).mac_address : undefined;
    if (typeof mac !== 'string') throw wrong('each of its interfaces needs a mac_address');
    return mac.toLowerCase();
  });
}
