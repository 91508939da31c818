// DHCP leases in the database, so that a restart gives every machine its address again.
import type { Lease, LeaseStore } from '#boot/dhcp/lease-store.ts';
import type { Db } from '#db/database.ts';
import { allLeases, claimLease, declineLease, expireLease, leasesOfMac } from '#db/dhcp-leases.ts';

const plain = (row: { address: string; mac: string; state: string; expires_at: number }): Lease => ({
  address: row.address,
  mac: row.mac,
  state: row.state as Lease['state'],
  until: row.expires_at,
});

/** The lease store that the boot services are given. */
export function leaseStore(db: Db, pool: string): LeaseStore {
  return {
    async ofMac(mac) {
      return (await leasesOfMac(db.read, mac)).filter((l) => l.state !== 'declined').map(plain);
    },
    async all() {
      return (await allLeases(db.read, pool)).map(plain);
    },
    claim: (lease, now) => db.write((tx) => claimLease(tx, pool, lease, now)),
    decline: (lease) => db.write((tx) => declineLease(tx, pool, lease)),
    expire: (address, mac, now) => db.write((tx) => expireLease(tx, pool, { address, mac }, now)),
  };
}
