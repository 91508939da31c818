import { contains, equalTo, type OfNodes, ofNodes } from './conditions.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { PortRow, Queries } from './schema.ts';

const ports = resource('ports', { named: true });

export const findPort = ports.find;
export const portBy = ports.by;
export const createPort = ports.create;
export const savePort = ports.save;
export const deletePort = ports.remove;

export interface PortFilter extends OfNodes {
  node_uuid?: string | undefined;
  portgroup_uuid?: string | undefined;
  address?: string | undefined;
  description_contains?: string | undefined;
}

/** GET /v1/ports and its filters as one query; throws PortNotFound for a marker that names none. */
export async function listPorts(db: Queries, filter: PortFilter, page: Page<keyof PortRow> = {}): Promise<PortRow[]> {
  const { node_uuid, portgroup_uuid, address } = filter;
  const conditions = [
    ...equalTo({ node_uuid, portgroup_uuid, address: address?.toLowerCase() }),
    ...contains('description', filter.description_contains),
    ...ofNodes(db, filter),
  ];
  return ports.list(db, conditions, page);
}

/** The ports of one node, in the order of their creation. */
export const portsOfNode = (db: Queries, node: string): Promise<PortRow[]> => listPorts(db, { node_uuid: node });

/** The port with this MAC address, or undefined. */
export async function portByMac(db: Queries, mac: string): Promise<PortRow | undefined> {
  return db.selectFrom('ports').selectAll().where('address', '=', mac.toLowerCase()).executeTakeFirst();
}
