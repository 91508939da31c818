import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { ImageCache, type MakeMaster } from './cache.ts';
import type { CachedImage } from './cache-entry.ts';
import { evictions } from './eviction.ts';

let root = '';
let clock: ManualClock;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-'));
  clock = new ManualClock(Date.now());
});
afterEach(() => rmSync(root, { recursive: true }));

const masters = () => join(root, 'masters');
const nodes = () => join(root, 'nodes');
const target = (n: number) => join(nodes(), `node-${n}`);

async function cacheOf(change: { maxBytes?: number; maxAge?: number } = {}) {
  const limits = { maxBytes: 0, maxAge: 0, ...change };
  const cache = new ImageCache({ folder: masters(), concurrency: 2, clock, log: silent, ...limits });
  await cache.open([nodes()]);
  return cache;
}

const facts = (size: number): CachedImage => ({
  source: 'http://host/x',
  checksum: { algorithm: 'sha256', value: 'aa' },
  format: 'raw',
  size,
});
const maker = (text: string) =>
  vi.fn<MakeMaster>(async (path) => {
    writeFileSync(path, text);
    return facts(text.length);
  });
const kept = () => readdirSync(masters()).filter((name) => /^[0-9a-f]{64}$/.test(name)).length;

test('the second node gets the image from the cache, as a link to the same file', async () => {
  const cache = await cacheOf();
  const make = maker('image');
  for (const n of [1, 2]) await cache.take({ key: 'k', make, target: target(n) });
  expect(make).toHaveBeenCalledTimes(1);
  expect(statSync(target(1)).ino).toBe(statSync(target(2)).ino);
  expect(readFileSync(target(2), 'utf8')).toBe('image');
  expect(readdirSync(nodes())).toHaveLength(2);
});

test('taking the same image for the same node again leaves one link and no scraps', async () => {
  const cache = await cacheOf();
  for (let n = 0; n < 2; n += 1) await cache.take({ key: 'k', make: maker('image'), target: target(1) });
  await cache.take({ key: 'other', make: maker('newer'), target: target(1) });
  expect(readFileSync(target(1), 'utf8')).toBe('newer');
  expect(readdirSync(nodes())).toEqual(['node-1']);
});

test('fifty requests at once share one making, and all hear of its progress', async () => {
  const cache = await cacheOf();
  const go = Promise.withResolvers<void>();
  const make = vi.fn<MakeMaster>(async (path, { onProgress }) => {
    await go.promise;
    onProgress(3, 5);
    writeFileSync(path, 'image');
    return facts(5);
  });
  const heard: number[] = [];
  const all = Array.from({ length: 50 }, (_, n) =>
    cache.take({ key: 'k', make, target: target(n), onProgress: () => heard.push(n) }),
  );
  await vi.waitFor(() => expect(make).toHaveBeenCalled());
  go.resolve();
  await Promise.all(all);
  expect(make).toHaveBeenCalledTimes(1);
  expect(new Set(heard).size).toBe(50);
  expect(statSync(target(0)).nlink).toBe(51);
});

test('who is aborted leaves alone; when the last one leaves, the making is aborted', async () => {
  const cache = await cacheOf();
  let inside: AbortSignal | undefined;
  const make: MakeMaster = (_, { signal }) => {
    inside = signal;
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const [a, b] = [new AbortController(), new AbortController()];
  const first = cache.take({ key: 'k', make, signal: a.signal });
  const second = cache.take({ key: 'k', make, signal: b.signal });
  await vi.waitFor(() => expect(inside).toBeDefined());
  a.abort(new Error('first left'));
  await expect(first).rejects.toThrow('first left');
  expect(inside?.aborted).toBe(false);
  b.abort(new Error('second left'));
  await expect(second).rejects.toThrow('second left');
  expect(inside?.aborted).toBe(true);
  await cache.take({ key: 'k', make: maker('x'), target: target(1) });
  expect(readFileSync(target(1), 'utf8')).toBe('x');
});

test('a making that fails leaves nothing, and the next one tries again', async () => {
  const cache = await cacheOf();
  const fails: MakeMaster = async (path) => {
    writeFileSync(path, 'half');
    throw Object.assign(new Error('write'), { code: 'ENOSPC' });
  };
  await expect(cache.take({ key: 'k', make: fails, target: target(1) })).rejects.toThrow(
    /The disk that holds .* is full/,
  );
  expect(readdirSync(masters())).toEqual([]);
  await cache.take({ key: 'k', make: maker('image'), target: target(1) });
});

test('what is larger than the disk is refused before it is fetched', async () => {
  const cache = await cacheOf();
  const make: MakeMaster = async (_, { room }) => {
    await room(2 ** 60);
    return facts(1);
  };
  await expect(cache.take({ key: 'k', make })).rejects.toThrow(/MiB free, but 1099511627776 MiB are needed/);
});

test('unfinished files of a killed process are removed at the start, those of a living one stay', async () => {
  await cacheOf();
  const dead = join(masters(), '.abc.part-4194999-AAAAAAAA');
  const alive = join(masters(), `.abc.part-${process.ppid}-AAAAAAAA`);
  for (const path of [dead, alive, join(nodes(), '.node-1.part-4194999-AAAAAAAA'), join(nodes(), 'node-9')]) {
    writeFileSync(path, '');
  }
  await cacheOf();
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(alive)).toBe(true);
  expect(readdirSync(nodes())).toEqual(['node-9']);
});

test('a master that is cut short or without its facts is made anew', async () => {
  const cache = await cacheOf();
  await cache.take({ key: 'k', make: maker('image') });
  const name = readdirSync(masters()).find((n) => !n.endsWith('.json'))!;
  writeFileSync(join(masters(), name), 'im');
  await cache.take({ key: 'k', make: maker('image'), target: target(1) });
  expect(readFileSync(target(1), 'utf8')).toBe('image');
  rmSync(join(masters(), `${name}.json`));
  const make = maker('image');
  await cache.take({ key: 'k', make, target: target(1) });
  expect(make).toHaveBeenCalledTimes(1);
});

test('old masters go, those that a node uses stay', async () => {
  const cache = await cacheOf({ maxAge: 60_000 });
  await cache.take({ key: 'idle', make: maker('a') });
  await cache.take({ key: 'used', make: maker('b'), target: target(1) });
  clock.advance(61_000);
  expect(await cache.sweep()).toMatchObject({ removed: 1 });
  expect(kept()).toBe(1);
  await cache.release(target(1));
  expect(await cache.sweep()).toMatchObject({ removed: 1 });
  expect(readdirSync(masters())).toEqual([]);
});

const master = (name: string, size: number, usedAt: number, links = 1) => ({ name, size, usedAt, links });
const some = [master('a', 10, 3), master('b', 10, 1), master('c', 10, 2), master('d', 10, 0, 2)];
for (const [what, limits, free, expected] of [
  ['nothing, when there is room', { maxBytes: 40, maxAge: 0 }, 0, []],
  ['the least recently used, when it is too much', { maxBytes: 25, maxAge: 0 }, 0, ['b', 'c']],
  ['everything idle, when there is no room at all', { maxBytes: 1, maxAge: 0 }, 0, ['b', 'c', 'a']],
  ['the old', { maxBytes: 0, maxAge: 8 }, 0, ['b']],
  ['as much as the disk lacks', { maxBytes: 0, maxAge: 0 }, 11, ['b', 'c']],
] as const) {
  test(`what goes: ${what}`, () => {
    expect(evictions(some, limits, 10, () => false, free).map((m) => m.name)).toEqual(expected);
  });
}

test('what is busy stays', () => {
  expect(evictions(some, { maxBytes: 1, maxAge: 0 }, 10, (name) => name !== 'c').map((m) => m.name)).toEqual(['c']);
});
