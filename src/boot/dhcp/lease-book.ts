// Which address a machine gets.
import type { Clock } from '#base/clock.ts';
import { ipToNumber, numberToIp } from '#protocols/dhcp/addresses.ts';
import type { Lease, LeaseStore } from './lease-store.ts';
import { inNetwork, inPool, type Pool, poolSize } from './pool.ts';

export interface AddressWish {
  readonly mac: string;
  readonly pool: Pool;
  /** The address fixed for this machine. */
  readonly reserved?: string;
  /** The address that the machine itself named. */
  readonly requested?: string;
  /** Whether the machine is not enrolled: strangers share half of the pool. */
  readonly stranger: boolean;
}

export type Granted = { readonly address: string } | { readonly none: string };

const offerSeconds = 60;
const declinedSeconds = 600;
const mostTries = 64;

export class LeaseBook {
  readonly #store: LeaseStore;
  readonly #clock: Clock;
  /** Addresses never given out: our own, and those fixed for other machines. */
  readonly #taken: () => Promise<ReadonlySet<string>>;

  constructor(store: LeaseStore, clock: Clock, taken: () => Promise<ReadonlySet<string>>) {
    this.#store = store;
    this.#clock = clock;
    this.#taken = taken;
  }

  /** An address to offer, held for a minute. */
  async offer(wish: AddressWish): Promise<Granted> {
    const { reserved, pool } = wish;
    if (reserved) return inNetwork(pool, reserved) ? this.#claimFixed(wish, reserved, 'offered') : wrongNetwork(wish);
    const mine = (await this.#store.ofMac(wish.mac)).filter((l) => inPool(pool, l.address));
    const taken = await this.#taken();
    const first = [...mine.sort((a, b) => b.until - a.until).map((l) => l.address), wish.requested];
    for (const address of first) {
      if (!address || !inPool(pool, address) || taken.has(address)) continue;
      if (await this.#claim(address, wish, 'offered')) return { address };
    }
    return this.#findFree(wish, taken);
  }

  /** Whether the machine may have the very address that it asks for; then it is leased. */
  async confirm(wish: AddressWish & { requested: string }): Promise<Granted> {
    const { reserved, requested, pool } = wish;
    if (reserved && reserved !== requested) return { none: `${reserved} is fixed for this machine` };
    if (reserved) return inNetwork(pool, reserved) ? this.#claimFixed(wish, reserved, 'leased') : wrongNetwork(wish);
    if (!inPool(pool, requested)) return { none: `${requested} is not in the pool ${pool.first}-${pool.last}` };
    const mine = (await this.#store.ofMac(wish.mac)).filter((l) => inPool(pool, l.address));
    const now = this.#clock.now();
    const other = mine.find((l) => l.address !== requested && l.until > now);
    if (other && !mine.some((l) => l.address === requested)) return { none: `this machine has ${other.address}` };
    if ((await this.#taken()).has(requested)) return { none: `${requested} is kept for another machine` };
    if (!(await this.#claim(requested, wish, 'leased'))) return { none: `${requested} is in use by another machine` };
    for (const l of mine) if (l.address !== requested) await this.#store.expire(l.address, wish.mac, now);
    return { address: requested };
  }

  /** The machine found its address in use: nobody gets it for ten minutes, unless a quarter of the pool is marked already. */
  async decline(mac: string, address: string, pool: Pool): Promise<boolean> {
    const now = this.#clock.now();
    const held = (await this.#store.ofMac(mac)).some((l) => l.address === address && l.until > now);
    if (!held) return false;
    const all = await this.#store.all();
    const marked = all.filter((l) => l.state === 'declined' && l.until > now && inPool(pool, l.address)).length;
    if (marked >= Math.max(1, poolSize(pool) / 4)) return false;
    await this.#store.decline({ address, mac, state: 'declined', until: now + declinedSeconds * 1000 });
    return true;
  }

  async release(mac: string, address: string): Promise<void> {
    await this.#store.expire(address, mac, this.#clock.now());
  }

  async #claimFixed(wish: AddressWish, address: string, state: Lease['state']): Promise<Granted> {
    if (await this.#claim(address, wish, state)) return { address };
    return { none: `${address}, fixed for this machine, is in use by another one` };
  }

  #claim(address: string, wish: AddressWish, state: Lease['state']): Promise<boolean> {
    const now = this.#clock.now();
    const seconds = state === 'offered' ? offerSeconds : wish.pool.leaseSeconds;
    return this.#store.claim({ address, mac: wish.mac, state, until: now + seconds * 1000 }, now);
  }

  async #findFree(wish: AddressWish, taken: ReadonlySet<string>): Promise<Granted> {
    const { pool, mac } = wish;
    const now = this.#clock.now();
    const known = new Map((await this.#store.all()).filter((l) => inPool(pool, l.address)).map((l) => [l.address, l]));
    const busy = [...known.values()].filter((l) => l.until > now).length;
    if (wish.stranger && busy >= poolSize(pool) / 2) return { none: 'strangers may use only half of the pool' };
    let tries = 0;
    for (const address of candidates(pool, mac, known)) {
      if (taken.has(address) || (known.get(address)?.until ?? 0) > now) continue;
      if (await this.#claim(address, wish, 'offered')) return { address };
      if (++tries >= mostTries) break;
    }
    return { none: `the pool ${pool.first}-${pool.last} is used up` };
  }
}

const wrongNetwork = (wish: AddressWish): Granted => ({
  none: `${wish.reserved}, fixed for this machine, is not of the network of ${wish.pool.first}`,
});

/** Addresses in the order to try: never used ones first, from a place that the MAC decides; then the longest unused. */
function* candidates(pool: Pool, mac: string, known: ReadonlyMap<string, Lease>): Generator<string> {
  const size = poolSize(pool);
  const first = ipToNumber(pool.first);
  let start = 0;
  for (const char of mac) start = (start * 31 + char.charCodeAt(0)) % size;
  for (let i = 0; i < size; i++) {
    const address = numberToIp(first + ((start + i) % size));
    if (!known.has(address)) yield address;
  }
  for (const lease of [...known.values()].sort((a, b) => a.until - b.until)) yield lease.address;
}
