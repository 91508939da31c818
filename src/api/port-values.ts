// What may be said of a port beyond the types of its fields: its node, its group, where it is plugged in.
import { Conflict, InvalidParameterValue, InvalidState, MissingParameterValue } from '#contract/errors.ts';
import { findNode } from '#db/nodes.ts';
import { findPortgroup } from '#db/portgroups.ts';
import { listPorts } from '#db/ports.ts';
import type { New, NodeRow, PortRow } from '#db/schema.ts';
import { checkLink } from './link-connection.ts';
import { nodeForMove, nodeForNew } from './node-of-thing.ts';
import type { Ask } from './route.ts';

type Given = Record<string, unknown>;
type NewPort = Omit<New<'ports'>, 'id' | 'created_at'>;
type Changes = Partial<Omit<PortRow, 'id' | 'uuid' | 'created_at'>>;

/** The row of a new port from what a body gave; throws 400 or 409. */
export async function checkNewPort(ask: Ask, given: Given & { uuid: string }): Promise<NewPort> {
  const { node_ident: ident, ...values } = given;
  const named = (values.node_uuid ?? ident) as string | undefined;
  if (named === undefined)
    throw new MissingParameterValue({ why: 'A port needs a node: give "node_uuid" (or from 1.94 on "node_ident").' });
  if (values.node_uuid && ident)
    throw new InvalidParameterValue({ why: 'node_uuid and node_ident cannot be given together.' });
  const node = await nodeForNew(ask, values.node_uuid ? 'node_uuid' : 'node_ident', named);
  if (values.local_link_connection) checkLink(values.local_link_connection as Given, ask.minor);
  const row = { ...values, node_uuid: node.uuid } as NewPort;
  await checkGroup(ask, row);
  return row;
}

type Grouped = Pick<PortRow, 'node_uuid'> & {
  uuid?: string | undefined;
  portgroup_uuid?: string | null | undefined;
  physical_network?: string | null | undefined;
  pxe_enabled?: boolean | undefined;
};

/** A port fits into its group: 400 for another node's, 409 for another network or a port that cannot stand alone. */
async function checkGroup({ db }: Ask, port: Grouped): Promise<void> {
  if (!port.portgroup_uuid) return;
  const group = await findPortgroup(db.read, port.portgroup_uuid);
  if (!group)
    throw new InvalidParameterValue({ why: `portgroup_uuid: there is no port group ${port.portgroup_uuid}.` });
  if (group.node_uuid !== port.node_uuid)
    throw new InvalidParameterValue({ why: `Port group ${group.uuid} belongs to another node than the port.` });
  if (!group.standalone_ports_supported && port.pxe_enabled !== false)
    throw new Conflict({
      why: `Port group ${group.uuid} takes no ports that boot by themselves; set pxe_enabled to false.`,
    });
  const others = (await listPorts(db.read, { portgroup_uuid: group.uuid })).filter(({ uuid }) => uuid !== port.uuid);
  const other = others.find(({ physical_network }) => physical_network !== (port.physical_network ?? null));
  if (other)
    throw new Conflict({
      why: `The ports of group ${group.uuid} are in physical network ${other.physical_network ?? '(none)'}, the port would be in ${port.physical_network ?? '(none)'}.`,
    });
}

const connectivity = [
  'local_link_connection',
  'pxe_enabled',
  'portgroup_uuid',
  'physical_network',
  'is_smartnic',
] as const;
const plugable = new Set(['enroll', 'inspecting', 'inspect wait', 'manageable']);
const refusesInspectingSince = 39;

/** The changes of a port, checked against its node's state: 409 where it must not be changed now. */
export async function checkPortPatch(ask: Ask, row: PortRow, given: Given): Promise<Changes> {
  const { node_ident: ident, ...rest } = given;
  const changes = rest as Changes;
  if (ident) changes.node_uuid = (await nodeForMove(ask, 'node_ident', String(ident))).uuid;
  else if (changes.node_uuid) await nodeForMove(ask, 'node_uuid', changes.node_uuid);
  if (changes.local_link_connection) checkLink(changes.local_link_connection, ask.minor);
  const node = await findNode(ask.db.read, row.node_uuid);
  if (node) checkPortChangeable(ask, node, row, changes);
  await checkGroup(ask, { ...row, ...changes });
  return changes;
}

function checkPortChangeable({ minor }: Ask, node: NodeRow, row: PortRow, changes: Changes): void {
  const refuse = (why: string) => new InvalidState({ why: `Port ${row.uuid} cannot be changed: ${why}.` });
  if (node.provision_state === 'inspecting' && minor >= refusesInspectingSince)
    throw refuse(`node ${node.uuid} is being inspected`);
  if (node.maintenance) return;
  const replugged = connectivity.some((name) => name in changes && !same(changes[name], row[name]));
  if (replugged && !plugable.has(node.provision_state))
    throw refuse(`how it is plugged in is fixed while node ${node.uuid} is "${node.provision_state}"`);
  const inUse = node.instance_uuid !== null || node.provision_state === 'active';
  if (changes.address && changes.address !== row.address && inUse)
    throw refuse(`node ${node.uuid} carries an instance that knows its address`);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A port that carries a VIF stays, unless its node is in maintenance (409). */
export function checkDeletable(row: PortRow, node: NodeRow): void {
  const vif = row.internal_info.tenant_vif_port_id;
  if (vif && !node.maintenance)
    throw new InvalidState({ why: `Port ${row.uuid} carries VIF ${String(vif)}; detach it first.` });
}
