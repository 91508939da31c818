// The nodes whose power is looked at: a few at a time, and of each only what a look needs.
import { CompiledQuery } from 'kysely';
import { notSynced, powerFailure } from '#model/power-sync.ts';
import { kindOf, placeholder } from './dialect.ts';
import type { NodeRow, Queries } from './schema.ts';

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
  lookedAt(db, group, syncable, which);

/** Free nodes of a conductor group in maintenance because their BMC was silent, by id (conductor.md 31). */
export const nodesToRecover = (db: Queries, group: string, which: Which): Promise<LookedAt[]> =>
  lookedAt(db, group, recoverable, which);

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

const syncable = `maintenance = 0 and provision_state not in (${quoted(notSynced)})
  and driver_internal_info not like '%"redfish_fw_updates"%'`;
const recoverable = `maintenance = 1 and fault = '${powerFailure}' and provision_state <> 'enroll'`;

// Asked for many times in each round: not worth building a query for.
async function lookedAt(db: Queries, group: string, condition: string, which: Which): Promise<LookedAt[]> {
  const mark = (n: number) => placeholder(db, n);
  const [range, values] =
    'uuids' in which
      ? [`uuid in ${listedAt(db, mark(2))}`, [JSON.stringify(which.uuids)]]
      : [`id > ${mark(2)} order by id limit ${mark(3)}`, [which.after, which.limit]];
  const text = `select ${lookedAtColumns.join(', ')} from nodes
    where conductor_group = ${mark(1)} and reservation is null and target_power_state is null
    and ${condition} and ${range}`;
  return (await db.executeQuery<LookedAt>(CompiledQuery.raw(text, [group, ...values]))).rows;
}

const listedAt = (db: Queries, mark: string): string =>
  kindOf(db) === 'postgres'
    ? `(select jsonb_array_elements_text(${mark}::jsonb))`
    : `(select value from json_each(${mark}))`;

/** How many nodes there are: as many as a first round may meet. */
export async function countNodes(db: Queries): Promise<number> {
  const row = await db
    .selectFrom('nodes')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}
