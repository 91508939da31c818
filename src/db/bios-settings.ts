import { BIOSSettingNotFound } from '#contract/errors.ts';
import { nowOf } from './dialect.ts';
import type { BiosSettingRow, Queries } from './schema.ts';

export type BiosSetting = Pick<BiosSettingRow, 'name' | 'value'> &
  Partial<Omit<BiosSettingRow, 'node_uuid' | 'name' | 'value' | 'created_at' | 'updated_at'>>;

/** The node's BIOS settings by name. */
export const biosSettingsOf = (db: Queries, node: string): Promise<BiosSettingRow[]> =>
  db.selectFrom('bios_settings').selectAll().where('node_uuid', '=', node).orderBy('name').execute();

/** One BIOS setting; throws BIOSSettingNotFound. */
export async function biosSettingBy(db: Queries, node: string, name: string): Promise<BiosSettingRow> {
  const query = db.selectFrom('bios_settings').selectAll().where('node_uuid', '=', node).where('name', '=', name);
  const row = await query.executeTakeFirst();
  if (!row) throw new BIOSSettingNotFound({ node, name });
  return row;
}

/** Make the node's BIOS settings these: new ones come, changed ones are stamped, others go; tells how it differed. */
export async function replaceBiosSettings(
  tx: Queries,
  node: string,
  settings: readonly BiosSetting[],
): Promise<{ created: string[]; changed: string[]; removed: string[] }> {
  const now = nowOf(tx);
  const before = new Map((await biosSettingsOf(tx, node)).map((row) => [row.name, row]));
  const told = { created: [] as string[], changed: [] as string[], removed: [] as string[] };
  for (const setting of settings) {
    const old = before.get(setting.name);
    before.delete(setting.name);
    if (!old) {
      told.created.push(setting.name);
      await tx
        .insertInto('bios_settings')
        .values({ ...setting, node_uuid: node, created_at: now })
        .execute();
    } else if (Object.entries(setting).some(([key, value]) => differs(value, Reflect.get(old, key)))) {
      told.changed.push(setting.name);
      await tx
        .updateTable('bios_settings')
        .set({ ...setting, updated_at: now })
        .where('node_uuid', '=', node)
        .where('name', '=', setting.name)
        .execute();
    }
  }
  for (const name of before.keys()) {
    told.removed.push(name);
    await tx.deleteFrom('bios_settings').where('node_uuid', '=', node).where('name', '=', name).execute();
  }
  return told;
}

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);
