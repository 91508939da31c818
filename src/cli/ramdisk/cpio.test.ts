import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CpioEntry, cpio, made, tree, writeArchive } from './cpio.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-cpio-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function bytesOf(entries: Iterable<CpioEntry> | AsyncIterable<CpioEntry>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of cpio(entries)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A reader of its own: what the archive says, name by name. */
function read(archive: Buffer): { path: string; mode: string; content: string }[] {
  const found: { path: string; mode: string; content: string }[] = [];
  for (let at = 0; ; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (n: number) => Number.parseInt(archive.toString('latin1', at + 6 + n * 8, at + 14 + n * 8), 16);
    const [mode, size, nameLength] = [field(1), field(6), field(11)];
    const path = archive.toString('utf8', at + 110, at + 110 + nameLength - 1);
    const data = (at + 110 + nameLength + 3) & ~3;
    if (path === 'TRAILER!!!') return found;
    found.push({ path, mode: mode.toString(8), content: archive.toString('utf8', data, data + size) });
    at = (data + size + 3) & ~3;
  }
}

test('a tree comes out parents first, in the order of names, without what is skipped', async () => {
  await mkdir(join(folder, 'b/skipped'), { recursive: true });
  await writeFile(join(folder, 'b/file'), 'seven b', { mode: 0o640 });
  await writeFile(join(folder, 'a'), '');
  await symlink('b/file', join(folder, 'link'));
  expect(read(await bytesOf(tree(folder, (path) => path === 'b/skipped')))).toEqual([
    { path: 'a', mode: '100644', content: '' },
    { path: 'b', mode: '40755', content: '' },
    { path: 'b/file', mode: '100640', content: 'seven b' },
    { path: 'link', mode: '120777', content: 'b/file' },
  ]);
});

test('the end is padded so that another archive may follow', async () => {
  const archive = await bytesOf([made('init', 0o755, 'file', '#!/bin/sh\n')]);
  expect(archive.length % 512).toBe(0);
});

test('a file that shrinks while it is read is an error, not a broken archive', async () => {
  const entry = { ...made('x', 0o644, 'file', 'abc'), size: 9 };
  await expect(bytesOf([entry])).rejects.toThrow('x has 3 bytes where 9 were promised');
});

test.each([
  ['gzip', gunzipSync],
  ['zstd', zstdDecompressSync],
] as const)('an archive in %s holds the same', async (compression, unpack) => {
  const file = join(folder, 'archive');
  const entries = [made('etc', 0o755, 'folder'), made('etc/hostname', 0o644, 'file', 'deploy\n')];
  await writeArchive(file, entries, compression);
  expect(unpack(await readFile(file))).toEqual(await bytesOf(entries));
});
