import { nowOf } from './dialect.ts';
import type { FirmwareComponentRow, Queries } from './schema.ts';

export type FirmwareComponent = Pick<FirmwareComponentRow, 'component'> &
  Partial<Omit<FirmwareComponentRow, 'node_uuid' | 'component' | 'created_at' | 'updated_at'>>;

/** The node's firmware components by name. */
export const firmwareOf = (db: Queries, node: string): Promise<FirmwareComponentRow[]> =>
  db.selectFrom('firmware_components').selectAll().where('node_uuid', '=', node).orderBy('component').execute();

/** Write what is known of one component; its first version is kept as `initial_version`. */
export async function saveFirmware(tx: Queries, node: string, known: FirmwareComponent): Promise<void> {
  const now = nowOf(tx);
  const { initial_version, ...changes } = known;
  await tx
    .insertInto('firmware_components')
    .values({
      ...known,
      node_uuid: node,
      initial_version: initial_version ?? known.current_version ?? '',
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['node_uuid', 'component']).doUpdateSet({ ...changes, updated_at: now }))
    .execute();
}

/** Forget the components that are not among `names`. */
export async function keepFirmware(tx: Queries, node: string, names: readonly string[]): Promise<void> {
  let query = tx.deleteFrom('firmware_components').where('node_uuid', '=', node);
  if (names.length > 0) query = query.where('component', 'not in', names);
  await query.execute();
}
