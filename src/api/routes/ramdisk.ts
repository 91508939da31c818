// Where the ramdisk on a machine knocks: lookup, heartbeat, inspection data.

import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue, NotAuthorized, NotFound } from '#contract/errors.ts';
import { isLogicalName } from '#contract/values.ts';
import type { NodeRow } from '#db/schema.ts';
import { requireNode } from '../idents.ts';
import { inventoryMacs, lookupReply, nodeOfRamdisk } from '../lookup.ts';
import { offered } from '../offered.ts';
import { type Ask, type Reply, route } from '../route.ts';

/** Arguments of a heartbeat with the version from which on; naming one earlier is a 400 (compat). */
const heartbeatSince = {
  agent_version: 36,
  agent_verify_ca: 68,
  agent_status: 72,
  agent_status_message: 72,
} as const;
const statuses = ['start', 'end', 'error'];

function refuseUnlessServed({ settings }: Ask): void {
  if (!settings.ramdiskEndpoints)
    throw new NotAuthorized({ why: 'Ramdisks are not served here ([api]enable_ramdisk_endpoints).' });
}

async function heartbeat(ask: Ask): Promise<Reply> {
  refuseUnlessServed(ask);
  const ident = ask.params.node!;
  const wrong = (why: string) => new InvalidParameterValue({ why });
  if (!isUuid(ident) && !isLogicalName(ident, 10)) throw wrong(`"${ident}" is neither a UUID nor a name.`);
  const node = await requireNode({ db: ask.db, minor: ask.minor }, ident);
  const args = ask.args as Record<string, string | undefined>;
  for (const [name, since] of Object.entries(heartbeatSince))
    if (args[name] !== undefined && since > ask.minor)
      throw wrong(`"${name}" is known from API version 1.${since} on.`);
  const { callback_url = '', agent_status: status, agent_token: token } = args;
  if (callback_url && !/^https?:\/\//i.test(callback_url))
    throw wrong(`callback_url "${callback_url}": an http(s) address is needed.`);
  if (status !== undefined && !statuses.includes(status))
    throw wrong(`agent_status "${status}": one of ${statuses.join(', ')}.`);
  if (!token) throw wrong('A heartbeat needs the token that the lookup gave ("agent_token").');
  await ask.orders.heartbeat({
    node: node.uuid,
    callback_url,
    agent_token: token,
    agent_version: args.agent_version,
    agent_verify_ca: args.agent_verify_ca,
    agent_status: status,
    agent_status_message: args.agent_status_message,
    by: ask.by,
  });
  return { status: 202 };
}

const inspectionSince = 84;

function inspectedNode(
  ask: Ask,
  macs: readonly string[],
  inventory: Readonly<Record<string, unknown>>,
): Promise<NodeRow | undefined> {
  const uuid = ask.args.node_uuid as string | undefined;
  const bmc = [inventory.bmc_address, inventory.bmc_v6address].filter((address) => typeof address === 'string');
  if (uuid === undefined && !macs.length && !bmc.length)
    throw new InvalidParameterValue({ why: 'inventory: it names neither a MAC address nor a BMC.' });
  return offered(ask.orders.findInspected, 'inspection')({ uuid, macs, bmc });
}

/** A machine that nobody enrolled: taken where machines boot, and nowhere else when there is such a place. */
function discover(ask: Ask, data: Findings): Promise<NodeRow> {
  if (ask.settings.discovers && ask.orders.discover) return ask.orders.discover({ ...data, by: ask.by });
  ask.log.debug(
    { request_id: ask.by.requestId },
    'an unknown machine reported where none are taken: not on the boot interface',
  );
  throw new NotFound({ why: 'There is no node here that waits for inspection data like these' });
}

interface Findings {
  readonly inventory: Readonly<Record<string, unknown>>;
  readonly plugin_data: Readonly<Record<string, unknown>>;
}

async function continueInspection(ask: Ask): Promise<Reply> {
  refuseUnlessServed(ask);
  // compat: served at exactly 1.1 too, for ramdisks that know no versions
  if (ask.minor < inspectionSince && ask.minor !== 1)
    throw new NotFound({ why: `Inspection data is taken from 1.${inspectionSince} on.` });
  // Whether it is known is not the machine's to say.
  const { inventory, auto_discovered: _claimed, ...plugin_data } = (ask.body ?? {}) as Record<string, unknown>;
  const macs = inventoryMacs(inventory);
  const found = { inventory: inventory as Record<string, unknown>, plugin_data };
  const known = await inspectedNode(ask, macs, found.inventory);
  const node = known ?? (await discover(ask, found));
  // Before the work begins: it holds the node, and a token needs that too.
  const reply = ask.minor < inspectionSince ? { body: { uuid: node.uuid } } : await lookupReply(ask, node);
  await offered(
    ask.orders.continueInspection,
    'inspection',
  )({
    node: node.uuid,
    inventory: found.inventory,
    plugin_data: known ? plugin_data : { ...plugin_data, auto_discovered: true },
    discovered: !known,
    by: ask.by,
  });
  return { ...reply, status: 202 };
}

export const ramdiskRoutes = [
  route({
    method: 'GET',
    path: '/v1/lookup',
    since: 22,
    before: 'not served',
    noHost: 400,
    policy: 'baremetal:driver:ipa_lookup',
    query: { addresses: { type: 'list' }, node_uuid: { type: 'uuid' } },
    async handle(ask) {
      refuseUnlessServed(ask);
      return lookupReply(ask, await nodeOfRamdisk(ask));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/heartbeat/{node}',
    since: 22,
    before: 'not served',
    noHost: 400,
    policy: 'baremetal:node:ipa_heartbeat',
    findNode: false,
    query: {
      callback_url: { type: 'string', required: true },
      agent_version: { type: 'string' },
      agent_token: { type: 'string' },
      agent_verify_ca: { type: 'string' },
      agent_status: { type: 'string' },
      agent_status_message: { type: 'string' },
    },
    body: 'arguments',
    handle: heartbeat,
  }),
  route({
    method: 'POST',
    path: '/v1/continue_inspection',
    since: inspectionSince,
    before: 'handler',
    policy: 'baremetal:driver:ipa_continue_inspection',
    query: { node_uuid: { type: 'uuid' } },
    size: 'inspection',
    body: 'json',
    handle: continueInspection,
  }),
];
