import { equalTo, ofNodes, type Sight } from './conditions.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { Queries, VolumeTargetRow } from './schema.ts';

const rows = resource('volume_targets', { named: false });

export const volumeTargetBy = rows.by;
export const createVolumeTarget = rows.create;
export const saveVolumeTarget = rows.save;
export const deleteVolumeTarget = rows.remove;

export interface VolumeTargetFilter {
  node_uuid?: string | undefined;
  /** Those of nodes whose owner or lessee is this project. */
  project?: string | undefined;
  /** Only what the asker may see; undefined: everything. */
  sight?: Sight | undefined;
}

/** The rows of one page; throws VolumeTargetNotFound for a marker that names none. */
export async function listVolumeTargets(
  db: Queries,
  { node_uuid, project, sight }: VolumeTargetFilter,
  page: Page<keyof VolumeTargetRow> = {},
): Promise<VolumeTargetRow[]> {
  return rows.list(db, [...equalTo({ node_uuid }), ...ofNodes(db, { project, sight })], page);
}
