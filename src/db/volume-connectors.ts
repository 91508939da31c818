import { equalTo, ofNodes, type Sight } from './conditions.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { Queries, VolumeConnectorRow } from './schema.ts';

const rows = resource('volume_connectors', { named: false });

export const volumeConnectorBy = rows.by;
export const createVolumeConnector = rows.create;
export const saveVolumeConnector = rows.save;
export const deleteVolumeConnector = rows.remove;

export interface VolumeConnectorFilter {
  node_uuid?: string | undefined;
  /** Those of nodes whose owner or lessee is this project. */
  project?: string | undefined;
  /** Only what the asker may see; undefined: everything. */
  sight?: Sight | undefined;
}

/** The rows of one page; throws VolumeConnectorNotFound for a marker that names none. */
export async function listVolumeConnectors(
  db: Queries,
  { node_uuid, project, sight }: VolumeConnectorFilter,
  page: Page<keyof VolumeConnectorRow> = {},
): Promise<VolumeConnectorRow[]> {
  return rows.list(db, [...equalTo({ node_uuid }), ...ofNodes(db, { project, sight })], page);
}
