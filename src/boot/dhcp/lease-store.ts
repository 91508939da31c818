// Where leases are kept. main.ts hands in one on the database; tests and single tries use the one in memory.

/** `until` is milliseconds since the epoch. A `declined` address belongs to nobody until then; its `mac` says who declined. */
export interface Lease {
  readonly address: string;
  readonly mac: string;
  readonly state: 'offered' | 'leased' | 'declined';
  readonly until: number;
}

export interface LeaseStore {
  /** Everything known of this machine, run-out leases too: the same machine gets the same address again. */
  ofMac(mac: string): Promise<readonly Lease[]>;
  all(): Promise<readonly Lease[]>;
  /** Write the lease unless its address is another machine's or declined, and not yet run out at `now`. Atomic; says whether it was written. */
  claim(lease: Lease, now: number): Promise<boolean>;
  /** Mark an address, whoever holds it. */
  decline(lease: Lease): Promise<void>;
  /** Let the lease run out at `now`; the memory of who had it stays. Only where it is this machine's. */
  expire(address: string, mac: string, now: number): Promise<void>;
}

/** Leases in memory, at most 65,536 of them. */
export function memoryLeases(): LeaseStore {
  const leases = new Map<string, Lease>();
  const trim = () => {
    if (leases.size > 65_536) leases.delete(leases.keys().next().value!);
  };
  const put = (lease: Lease) => {
    leases.set(lease.address, lease);
    trim();
  };
  return {
    ofMac: async (mac) => [...leases.values()].filter((l) => l.mac === mac && l.state !== 'declined'),
    all: async () => [...leases.values()],
    async claim(lease, now) {
      const held = leases.get(lease.address);
      if (held && held.until > now && (held.mac !== lease.mac || held.state === 'declined')) return false;
      put(lease);
      return true;
    },
    decline: async (lease) => put(lease),
    async expire(address, mac, now) {
      const held = leases.get(address);
      if (held?.mac === mac && held.state !== 'declined') put({ ...held, until: now });
    },
  };
}
