import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { clientMessage } from '#protocols/dhcp/client-messages.ts';
import { LeaseBook } from './lease-book.ts';
import { type LeaseStore, memoryLeases } from './lease-store.ts';
import { BadPool, checkPool, derivePool, type Pool, poolFor } from './pool.ts';

const pool: Pool = { netmask: '255.255.255.0', first: '10.0.0.10', last: '10.0.0.13', leaseSeconds: 600 };
const macOf = (n: number) => `52:54:00:00:00:${n.toString(16).padStart(2, '0')}`;
const wish = (n: number) => ({ mac: macOf(n), pool, stranger: false });
let clock: ManualClock;
let store: LeaseStore;
let book: LeaseBook;
const address = (granted: object) => ('address' in granted ? granted.address : granted);

beforeEach(() => {
  clock = new ManualClock();
  store = memoryLeases();
  book = new LeaseBook(store, clock, async () => new Set(['10.0.0.13']));
});

async function lease(n: number): Promise<string> {
  const offered = await book.offer(wish(n));
  if (!('address' in offered)) throw new Error(offered.none);
  expect(await book.confirm({ ...wish(n), requested: offered.address })).toEqual(offered);
  return offered.address;
}

test('machines get different addresses of the pool, and none that is kept for others', async () => {
  const given = [await lease(1), await lease(2), await lease(3)];
  expect(given.toSorted()).toEqual(['10.0.0.10', '10.0.0.11', '10.0.0.12']);
  expect(await book.offer(wish(4))).toMatchObject({ none: expect.stringContaining('used up') });
});

test('a machine gets its address again, also long after its lease ran out', async () => {
  const first = await lease(1);
  clock.advance(3_600_000);
  await lease(2);
  await lease(3);
  expect(address(await book.offer(wish(1)))).toBe(first);
});

test('the address longest unused goes to a new machine when all were used once', async () => {
  const first = await lease(1);
  clock.advance(1000);
  await lease(2);
  await lease(3);
  clock.advance(3_600_000);
  expect(address(await book.offer(wish(4)))).toBe(first);
});

test('an offer that is not taken is free again after a minute', async () => {
  for (const n of [1, 2, 3]) await book.offer(wish(n));
  expect(await book.offer(wish(4))).toHaveProperty('none');
  clock.advance(61_000);
  expect(await book.offer(wish(4))).toHaveProperty('address');
});

test('a fixed address is the only one that its machine gets', async () => {
  const fixed = { ...wish(1), reserved: '10.0.0.200' };
  expect(address(await book.offer(fixed))).toBe('10.0.0.200');
  expect(await book.confirm({ ...fixed, requested: '10.0.0.10' })).toHaveProperty('none');
  expect(address(await book.confirm({ ...fixed, requested: '10.0.0.200' }))).toBe('10.0.0.200');
  expect(await book.offer({ ...wish(2), reserved: '10.9.0.1' })).toHaveProperty('none');
});

test('a machine may not take what another one has, lies outside, or is kept', async () => {
  const taken = await lease(1);
  for (const requested of [taken, '10.0.0.99', '10.0.0.13', '192.168.0.1']) {
    expect(await book.confirm({ ...wish(2), requested }), requested).toHaveProperty('none');
  }
});

test('a machine keeps its address when the leases were lost', async () => {
  expect(address(await book.confirm({ ...wish(1), requested: '10.0.0.11' }))).toBe('10.0.0.11');
});

test('a declined address is given to nobody for ten minutes, and only its holder can decline it', async () => {
  const bad = await lease(1);
  expect(await book.decline(macOf(2), bad, pool)).toBe(false);
  expect(await book.decline(macOf(1), bad, pool)).toBe(true);
  expect(address(await book.offer(wish(1)))).not.toBe(bad);
  const second = await lease(1);
  expect(await book.decline(macOf(1), second, pool)).toBe(false); // a quarter of the pool is marked already
  clock.advance(601_000);
  expect(await book.confirm({ ...wish(5), requested: bad })).toEqual({ address: bad });
});

test('a released address is free, and its machine still gets it first', async () => {
  const mine = await lease(1);
  await book.release(macOf(2), mine);
  expect(await book.confirm({ ...wish(2), requested: mine })).toHaveProperty('none');
  await book.release(macOf(1), mine);
  expect(address(await book.offer(wish(1)))).toBe(mine);
});

test('strangers get at most half of the pool', async () => {
  for (const n of [1, 2]) expect(await book.offer({ ...wish(n), stranger: true })).toHaveProperty('address');
  expect(await book.offer({ ...wish(3), stranger: true })).toHaveProperty('none');
  expect(await book.offer(wish(4))).toHaveProperty('address');
});

for (const [own, first, last] of [
  [{ address: '192.168.77.1', netmask: '255.255.255.0' }, '192.168.77.128', '192.168.77.254'],
  [{ address: '10.1.2.3', netmask: '255.0.0.0' }, '10.128.0.0', '10.128.255.255'],
  [{ address: '10.0.0.1', netmask: '255.255.255.252' }, '10.0.0.2', '10.0.0.2'],
] as const) {
  test(`the pool of ${own.address} with ${own.netmask} is ${first} to ${last}`, () => {
    expect(derivePool(own)).toMatchObject({ first, last });
  });
}

for (const change of [{ first: '10.0.0.99' }, { last: '10.0.1.1' }, { router: '10.0.0' }, { leaseSeconds: 1 }]) {
  test(`a pool with ${JSON.stringify(change)} is refused`, () => {
    expect(() => checkPool({ ...pool, ...change })).toThrow(expect.toSatisfy(BadPool.is));
  });
}

test('the pool is chosen by the relay, its link selection first, else by our own address', () => {
  const far: Pool = { ...pool, first: '10.9.0.10', last: '10.9.0.20' };
  const third: Pool = { ...pool, first: '10.8.0.10', last: '10.8.0.20' };
  const question = { type: 'discover', mac: macOf(1), xid: 1 } as const;
  const link = [[82, Buffer.from([1, 1, 7, 5, 4, 10, 8, 0, 0])]] as const;
  const choose = (more: object) => poolFor(clientMessage({ ...question, ...more }), [pool, far, third], '10.0.0.1');
  expect(choose({})).toBe(pool);
  expect(choose({ giaddr: '10.9.0.1' })).toBe(far);
  expect(choose({ giaddr: '10.9.0.1', also: link })).toBe(third);
  expect(choose({ giaddr: '172.16.0.1' })).toBeUndefined();
});
