import { nowOf } from './dialect.ts';
import type { DhcpLeaseRow, Queries } from './schema.ts';

/** A lease as the DHCP service sees it; `until` in milliseconds since the epoch. */
export interface HeldAddress {
  readonly address: string;
  readonly mac: string;
  readonly state: string;
  readonly until: number;
}

/** Every lease of one pool: what a server starts from. */
export const allLeases = (db: Queries, pool: string): Promise<DhcpLeaseRow[]> =>
  db.selectFrom('dhcp_leases').selectAll().where('pool', '=', pool).orderBy('address').execute();

/** The leases of one MAC address, in one pool or in all, the newest first. */
export async function leasesOfMac(db: Queries, mac: string, pool?: string): Promise<DhcpLeaseRow[]> {
  const query = db.selectFrom('dhcp_leases').selectAll().where('mac', '=', mac.toLowerCase());
  const found = pool === undefined ? query : query.where('pool', '=', pool);
  return found.orderBy('updated_at', 'desc').orderBy('address').execute();
}

/**
 * Write the lease unless its address is another machine's, or declined, and has not run out at `now`; says whether it
 * was written. One statement, so that two servers cannot both give the address away.
 */
export async function claimLease(tx: Queries, pool: string, lease: HeldAddress, now: number): Promise<boolean> {
  const row = rowOf(tx, pool, lease);
  const written = await tx
    .insertInto('dhcp_leases')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['pool', 'address'])
        .doUpdateSet(row)
        .where((eb) =>
          eb.or([
            eb('dhcp_leases.expires_at', '<=', now),
            eb.and([eb('dhcp_leases.mac', '=', row.mac), eb('dhcp_leases.state', '!=', 'declined')]),
          ]),
        ),
    )
    .returning('dhcp_leases.address')
    .executeTakeFirst();
  return written !== undefined;
}

/** Mark an address as taken by nobody we know, whoever held it. */
export async function declineLease(tx: Queries, pool: string, lease: HeldAddress): Promise<void> {
  const row = rowOf(tx, pool, lease);
  await tx
    .insertInto('dhcp_leases')
    .values(row)
    .onConflict((conflict) => conflict.columns(['pool', 'address']).doUpdateSet(row))
    .execute();
}

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
    .where('mac', '=', lease.mac.toLowerCase())
    .where('state', '!=', 'declined')
    .execute();
}

/** Forget leases that ran out before `before`; tells how many. */
export async function pruneLeases(tx: Queries, before: number): Promise<number> {
  const query = tx.deleteFrom('dhcp_leases').where('expires_at', '<', before);
  return Number((await query.executeTakeFirstOrThrow()).numDeletedRows);
}

const rowOf = (tx: Queries, pool: string, { address, mac, state, until }: HeldAddress): DhcpLeaseRow => ({
  pool,
  address,
  mac: mac.toLowerCase(),
  state,
  expires_at: until,
  updated_at: nowOf(tx),
  client_id: null,
  hostname: null,
  node_uuid: null,
});
