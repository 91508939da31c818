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

/** A lease as the DHCP service sees it; `until` in milliseconds since the epoch. */
interface HeldAddress {
  readonly address: string;
  readonly mac: string;
  readonly state: string;
  readonly until: number;
}

/** All leases of a pool. */
export const allLeases = leasesOf;

/**
 * Write the lease unless its address is another machine's, or declined, and has not run out at `now`. One transaction;
 * says whether it was written.
 */
export async function claimLease(tx: Queries, pool: string, lease: HeldAddress, now: number): Promise<boolean> {
  const held = await tx
    .selectFrom('dhcp_leases')
    .selectAll()
    .where('pool', '=', pool)
    .where('address', '=', lease.address)
    .executeTakeFirst();
  const taken = held && held.expires_at > now && (held.mac !== lease.mac || held.state === 'declined');
  if (taken) return false;
  await putLease(tx, pool, lease);
  return true;
}

/** Mark an address as taken by nobody we know, whoever held it. */
export const declineLease = putLease;

/** Let the lease run out at `now`, where it is this machine's. */
export async function expireLease(
  tx: Queries,
  pool: string,
  lease: { address: string; mac: string },
  now: number,
): Promise<void> {
  await tx
    .updateTable('dhcp_leases')
    .set({ expires_at: now, updated_at: nowOf(tx) })
    .where('pool', '=', pool)
    .where('address', '=', lease.address)
    .where('mac', '=', lease.mac)
    .where('state', '!=', 'declined')
    .execute();
}

async function putLease(tx: Queries, pool: string, lease: HeldAddress): Promise<void> {
  const { address, mac, state, until } = lease;
  await saveLease(tx, {
    pool,
    address,
    mac,
    state,
    expires_at: until,
    client_id: null,
    hostname: null,
    node_uuid: null,
  });
}
