import { nowOf } from './dialect.ts';
import type { DhcpLeaseRow, Queries } from './schema.ts';

export type Lease = Omit<DhcpLeaseRow, 'updated_at'>;

/** Write a lease in place of whatever held its address. */
export async function saveLease(tx: Queries, lease: Lease): Promise<void> {
  const row = { ...lease, mac: lease.mac.toLowerCase(), updated_at: nowOf(tx) };
  await tx
    .insertInto('dhcp_leases')
    .values(row)
    .onConflict((conflict) => conflict.columns(['pool', 'address']).doUpdateSet(row))
    .execute();
}

/** Every lease of one pool: what a server starts from. */
export const leasesOf = (db: Queries, pool: string): Promise<DhcpLeaseRow[]> =>
  db.selectFrom('dhcp_leases').selectAll().where('pool', '=', pool).orderBy('address').execute();

/** The leases of one MAC address, the newest first. */
export const leasesOfMac = (db: Queries, mac: string): Promise<DhcpLeaseRow[]> =>
  db.selectFrom('dhcp_leases').selectAll().where('mac', '=', mac.toLowerCase()).orderBy('updated_at', 'desc').execute();

/** Give an address back. */
export async function deleteLease(tx: Queries, pool: string, address: string): Promise<void> {
  await tx.deleteFrom('dhcp_leases').where('pool', '=', pool).where('address', '=', address).execute();
}

/** Forget leases that ran out before `before`; tells how many. */
export async function pruneLeases(tx: Queries, before: number): Promise<number> {
  const query = tx.deleteFrom('dhcp_leases').where('expires_at', '<', before);
  return Number((await query.executeTakeFirstOrThrow()).numDeletedRows);
}
