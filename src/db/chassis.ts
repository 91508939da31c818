import { ChassisNotEmpty } from '#contract/errors.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { ChassisRow, Queries } from './schema.ts';

const chassis = resource('chassis', { named: false });

export const findChassis = chassis.find;
export const chassisBy = chassis.by;
export const createChassis = chassis.create;
export const saveChassis = chassis.save;

/** The chassis of one page; throws ChassisNotFound for a marker that names none. */
export const listChassis = (db: Queries, page: Page<keyof ChassisRow> = {}): Promise<ChassisRow[]> =>
  chassis.list(db, [], page);

/** Delete the chassis with this UUID; throws ChassisNotEmpty while nodes stand in it, ChassisNotFound. */
export async function deleteChassis(tx: Queries, uuid: string): Promise<void> {
  const node = await tx.selectFrom('nodes').select('uuid').where('chassis_uuid', '=', uuid).executeTakeFirst();
  if (node) throw new ChassisNotEmpty({ chassis: uuid });
  await chassis.remove(tx, uuid);
}
