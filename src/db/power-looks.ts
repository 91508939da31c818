// The nodes whose power is looked at: a few at a time, and of each only what a look needs.
import type { SelectQueryBuilder } from 'kysely';
import { notSynced, powerFailure } from '#model/power-sync.ts';
import { listed } from './dialect.ts';
import type { NodeRow, Queries, Schema } from './schema.ts';

/** What is read of a node to look at its machine: 10,000 whole rows each two minutes would be a tenth of the work. */
export const lookedAtColumns = [
  'id',
  'uuid',
  'name',
  'driver',
  'driver_info',
  'driver_internal_info',
  'properties',
  'provision_state',
  'power_state',
  'last_error',
  'instance_uuid',
  'conductor_group',
  'boot_mode',
  'secure_boot',
  'health',
  'disable_power_off',
  'revision',
  'bios_interface',
  'boot_interface',
  'console_interface',
  'deploy_interface',
  'firmware_interface',
  'inspect_interface',
  'management_interface',
  'network_interface',
  'power_interface',
  'raid_interface',
  'rescue_interface',
  'storage_interface',
  'vendor_interface',
] as const satisfies readonly (keyof NodeRow)[];

export type LookedAt = Pick<NodeRow, (typeof lookedAtColumns)[number]>;

/** Of which conductor group, and which: those after an id, so many of them, or those with these UUIDs. */
export type Which = { readonly after: number; readonly limit: number } | { readonly uuids: readonly string[] };

/** Free nodes of a conductor group whose power may be looked at now, by id (conductor.md 27 says which never). */
export const nodesToSync = (db: Queries, group: string, which: Which): Promise<LookedAt[]> =>
  among(
    db
      .selectFrom('nodes')
      .select(lookedAtColumns)
      .where('maintenance', '=', false)
      .where('reservation', 'is', null)
      .where('target_power_state', 'is', null)
      .where('provision_state', 'not in', notSynced)
      .where('conductor_group', '=', group)
      .where('driver_internal_info', 'not like', '%"redfish_fw_updates"%' as never),
    db,
    which,
  );

/** Free nodes of a conductor group in maintenance because their BMC was silent, by id (conductor.md 31). */
export const nodesToRecover = (db: Queries, group: string, which: Which): Promise<LookedAt[]> =>
  among(
    db
      .selectFrom('nodes')
      .select(lookedAtColumns)
      .where('maintenance', '=', true)
      .where('fault', '=', powerFailure)
      .where('provision_state', '!=', 'enroll')
      .where('target_power_state', 'is', null)
      .where('reservation', 'is', null)
      .where('conductor_group', '=', group),
    db,
    which,
  );

/** How many nodes there are: as many as a first round may meet. */
export async function countNodes(db: Queries): Promise<number> {
  const row = await db
    .selectFrom('nodes')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}

type Rows = SelectQueryBuilder<Schema, 'nodes', LookedAt>;

function among(rows: Rows, db: Queries, which: Which): Promise<LookedAt[]> {
  if ('uuids' in which) return rows.where('uuid', 'in', listed(db, which.uuids)).execute();
  return rows.where('id', '>', which.after).orderBy('id').limit(which.limit).execute();
}
