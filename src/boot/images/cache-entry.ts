// One master image in the cache folder: the image itself and, beside it, what is known of it.

import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checksum } from './checksum.ts';
import type { ImageFormat } from './formats.ts';
import { partName } from './scratch.ts';

/** What is known of a cached image; sizes in bytes, `checksum` is that of the cached content. */
export interface CachedImage {
  /** Where it came from, masked. */
  readonly source: string;
  readonly checksum: Checksum;
  readonly format: ImageFormat;
  readonly size: number;
  readonly virtualSize?: number;
  /** Where redirects led to. */
  readonly url?: string;
}

/** A master on disk. `links`: its hard links; more than one while a node uses it. `usedAt` in ms. */
export interface Master {
  readonly name: string;
  readonly size: number;
  readonly links: number;
  readonly usedAt: number;
}

const suffix = '.json';
const nameShape = /^[0-9a-f]{64}$/;

/** The file name for a key. Keys name content: address and checksum, or path, size and time of change. */
export const masterName = (key: string): string => createHash('sha256').update(key).digest('hex');

/** What is known of a master, or undefined when there is none that is whole. */
export async function readEntry(folder: string, name: string): Promise<CachedImage | undefined> {
  try {
    const image = JSON.parse(await readFile(join(folder, name + suffix), 'utf8')) as CachedImage;
    const { size } = await stat(join(folder, name));
    return size === image.size ? image : undefined;
  } catch {
    return undefined;
  }
}

/** Put a finished file into the cache: first what is known of it, then itself, so that a master is never without. */
export async function addEntry(folder: string, name: string, file: string, image: CachedImage): Promise<void> {
  const facts = partName(join(folder, name + suffix));
  await writeFile(facts, JSON.stringify(image), { flag: 'wx' });
  await rename(facts, join(folder, name + suffix));
  await rename(file, join(folder, name));
}

/** Note that a master was used just now. */
export async function touchEntry(folder: string, name: string, now: number): Promise<void> {
  await utimes(join(folder, name + suffix), now / 1000, now / 1000).catch(() => {});
}

/** Remove a master; nodes that use it keep theirs. */
export async function removeEntry(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
  await rm(join(folder, name + suffix), { force: true });
}

/** Every master in the folder; sidecars without an image are removed on the way. */
export async function listEntries(folder: string, isBusy: (name: string) => boolean): Promise<Master[]> {
  const names = await readdir(folder);
  const found: Master[] = [];
  for (const name of names.filter((candidate) => nameShape.test(candidate))) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (!file) continue;
    const facts = await stat(join(folder, name + suffix)).catch(() => file);
    found.push({ name, size: file.blocks * 512, links: file.nlink, usedAt: facts.mtimeMs });
  }
  const masters = new Set(names);
  for (const name of names) {
    const of = name.endsWith(suffix) ? name.slice(0, -suffix.length) : '';
    if (nameShape.test(of) && !masters.has(of) && !isBusy(of)) await rm(join(folder, name), { force: true });
  }
  return found;
}
