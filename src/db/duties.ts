// Duties that one host at a time does for all that share the database, kept among the facts of the database.
import { sql } from 'kysely';
import { nowOf } from './dialect.ts';
import type { Queries } from './schema.ts';

/** Texts that sort as their times do. */
const stamp = (ms: number): string => String(Math.ceil(ms)).padStart(16, '0');

/** Take the duty for `host`, or keep it, until `ms` from now; false while another host has it. One statement decides. */
export async function takeDuty(tx: Queries, duty: string, host: string, ms: number): Promise<boolean> {
  const now = nowOf(tx);
  const value = `${stamp(now + ms)} ${host}`;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('meta')
    .values({ key: `duty ${duty}`, value })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ value })
        .where((eb) => eb.or([eb('meta.value', '<', stamp(now)), eb(sql<string>`substr(meta.value, 18)`, '=', host)])),
    )
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Leave the duty to whoever asks next. */
export async function leaveDuty(tx: Queries, duty: string, host: string): Promise<void> {
  await tx
    .deleteFrom('meta')
    .where('key', '=', `duty ${duty}`)
    .where(sql<string>`substr(value, 18)`, '=', host)
    .execute();
}
