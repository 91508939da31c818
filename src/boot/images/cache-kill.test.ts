// A process that is killed while it fills the cache leaves nothing behind that the next one trips over.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { ImageCache, type MakeMaster } from './cache.ts';

let root = '';
let child: ChildProcess | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kill-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(root, { recursive: true });
});

/** Writes half an image, then waits to be killed. */
const filler = (folder: string) => `
  import { ImageCache } from ${JSON.stringify(new URL('./cache.ts', import.meta.url).href)};
  import { fileSink } from ${JSON.stringify(new URL('./scratch.ts', import.meta.url).href)};
  const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  const clock = { now: () => Date.now(), sleep: () => new Promise(() => {}) };
  const cache = new ImageCache({ folder: ${JSON.stringify(join(folder, 'masters'))}, maxBytes: 0, maxAge: 0, concurrency: 1, clock, log });
  await cache.open();
  await cache.take({ key: 'k', make: async (path) => {
    await (await fileSink(path)).write(Buffer.alloc(100_000));
    console.log('half');
    await new Promise(() => setInterval(() => {}, 1000));
  } });
`;

test('after kill -9 in the middle of a download the cache is clean, and the next request succeeds', async () => {
  child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', filler(root)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  await new Promise((resolve) => child?.stdout?.once('data', resolve));
  const masters = join(root, 'masters');
  expect(readdirSync(masters)).toEqual([expect.stringMatching(/\.part-/)]);
  child.kill('SIGKILL');
  await ended;

  const limits = { maxBytes: 0, maxAge: 0, concurrency: 1 };
  const cache = new ImageCache({ folder: masters, clock: systemClock, log: silent, ...limits });
  await cache.open();
  expect(readdirSync(masters)).toEqual([]);
  const make = vi.fn<MakeMaster>(async (path) => {
    writeFileSync(path, 'whole');
    return { source: 's', checksum: { algorithm: 'sha256', value: 'a' }, format: 'raw', size: 5 };
  });
  await cache.take({ key: 'k', make, target: join(root, 'node') });
  expect(readFileSync(join(root, 'node'), 'utf8')).toBe('whole');
});
