import { PortgroupNotEmpty } from '#contract/errors.ts';
import { equalTo, type OfNodes, ofNodes } from './conditions.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { PortgroupRow, Queries } from './schema.ts';

const portgroups = resource('portgroups', { named: true });

export const findPortgroup = portgroups.find;
export const portgroupBy = portgroups.by;
export const createPortgroup = portgroups.create;
export const savePortgroup = portgroups.save;

export interface PortgroupFilter extends OfNodes {
  node_uuid?: string | undefined;
  address?: string | undefined;
}

/** GET /v1/portgroups and its filters as one query; throws PortgroupNotFound for a marker that names none. */
export async function listPortgroups(
  db: Queries,
  filter: PortgroupFilter,
  page: Page<keyof PortgroupRow> = {},
): Promise<PortgroupRow[]> {
  const own = equalTo({ node_uuid: filter.node_uuid, address: filter.address?.toLowerCase() });
  return portgroups.list(db, [...own, ...ofNodes(db, filter)], page);
}

/** The port groups of one node, in the order of their creation. */
export const portgroupsOfNode = (db: Queries, node: string): Promise<PortgroupRow[]> =>
  listPortgroups(db, { node_uuid: node });

/** Delete the port group with this UUID; throws PortgroupNotEmpty while ports belong to it, PortgroupNotFound. */
export async function deletePortgroup(tx: Queries, uuid: string): Promise<void> {
  const port = await tx.selectFrom('ports').select('uuid').where('portgroup_uuid', '=', uuid).executeTakeFirst();
  if (port) throw new PortgroupNotEmpty({ portgroup: uuid });
  await portgroups.remove(tx, uuid);
}
