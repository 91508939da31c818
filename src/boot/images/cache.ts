// Master images, kept for the next node that wants the same; nodes get hard links (or copies on another disk).

import { constants, copyFile, link, mkdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import {
  addEntry,
  type CachedImage,
  listEntries,
  masterName,
  readEntry,
  removeEntry,
  touchEntry,
} from './cache-entry.ts';
import { diskFault, type OnProgress } from './download.ts';
import { type CacheLimits, evictions } from './eviction.ts';
import { DiskFull } from './faults.ts';
import { partName, removeLeftovers } from './scratch.ts';
import { SharedWork, type WorkTools } from './shared-work.ts';

export interface CacheOptions extends CacheLimits {
  /** `[pxe]instance_master_path` */
  readonly folder: string;
  /** Images fetched at the same time: `image_download_concurrency`. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What makes a master: writes the image to `path`, and says what it is. `room` makes space before it is written. */
export type MakeMaster = (
  path: string,
  tools: WorkTools & { room(bytes: number): Promise<void> },
) => Promise<CachedImage>;

export interface TakeRequest {
  /** Names the content: see `masterName`. */
  readonly key: string;
  readonly make: MakeMaster;
  /** Where the node's own link to the image goes; none when it is only to be in the cache. */
  readonly target?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Removed masters, and the bytes that this freed. */
export interface Swept {
  readonly removed: number;
  readonly bytes: number;
}

/** The image cache of one conductor. `open` first. */
export class ImageCache {
  readonly #options: CacheOptions;
  readonly #work = new SharedWork<CachedImage>();
  readonly #busy = new Map<string, number>();
  readonly #slots: LimitFunction;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#slots = pLimit(Math.max(1, options.concurrency));
  }

  readonly #isBusy = (name: string): boolean => this.#busy.has(name) || this.#work.isRunning(name);

  /** Make the folders, and remove what a killed process left in them; `targets` are the folders of nodes' links. */
  async open(targets: readonly string[] = []): Promise<void> {
    const { folder, clock, log } = this.#options;
    for (const place of [folder, ...targets]) {
      await mkdir(place, { recursive: true });
      const removed = await removeLeftovers(place, clock.now());
      if (removed.length > 0)
        log.info({ folder: place, removed }, 'Removed unfinished images of a process that was killed.');
    }
    await this.sweep();
  }

  /** The image for `key`, made when it is not there, and linked to `target`. Concurrent requests share the making. */
  async take(request: TakeRequest): Promise<CachedImage> {
    const name = masterName(request.key);
    this.#busy.set(name, (this.#busy.get(name) ?? 0) + 1);
    try {
      for (let round = 1; ; round += 1) {
        const image = await this.#have(name, request);
        if (request.target === undefined) return image;
        try {
          await this.#linkTo(join(this.#options.folder, name), request.target);
          return image;
        } catch (error) {
          // Another process that shares the folder may have swept the master in between.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || round === 3) throw diskFault(error, request.target);
        }
      }
    } finally {
      const users = (this.#busy.get(name) ?? 1) - 1;
      if (users === 0) this.#busy.delete(name);
      else this.#busy.set(name, users);
    }
  }

  async #have(name: string, request: TakeRequest): Promise<CachedImage> {
    const { folder, clock } = this.#options;
    const known = await readEntry(folder, name);
    if (known) {
      await touchEntry(folder, name, clock.now());
      request.onProgress?.(known.size, known.size);
      return known;
    }
    return this.#work.do(name, (tools) => this.#slots(() => this.#make(name, request.make, tools)), request);
  }

  async #make(name: string, make: MakeMaster, tools: WorkTools): Promise<CachedImage> {
    tools.signal.throwIfAborted();
    const { folder, clock } = this.#options;
    const known = await readEntry(folder, name);
    if (known) return known;
    const part = partName(join(folder, name));
    try {
      const image = await make(part, { ...tools, room: (bytes) => this.#room(bytes) });
      await addEntry(folder, name, part, image);
      await touchEntry(folder, name, clock.now());
      return image;
    } catch (error) {
      throw diskFault(error, folder);
    } finally {
      await rm(part, { force: true });
      await this.sweep();
    }
  }

  async #linkTo(master: string, target: string): Promise<void> {
    await mkdir(dirname(target), { recursive: true });
    const part = partName(target);
    try {
      await link(master, part).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV' && error.code !== 'EPERM' && error.code !== 'EMLINK') throw error;
        return copyFile(master, part, constants.COPYFILE_FICLONE);
      });
      await rename(part, target);
    } finally {
      // Renaming a link over another link of the same file leaves both (POSIX).
      await rm(part, { force: true });
    }
  }

  /** Remove a node's link. */
  async release(target: string): Promise<void> {
    await rm(target, { force: true });
  }

  /** Forget the master for `key`, as `[conductor]clear_image_cache_on_deploy_failure` wants it. */
  async forget(key: string): Promise<void> {
    const name = masterName(key);
    if (!this.#isBusy(name)) await removeEntry(this.#options.folder, name);
  }

  /** Remove masters beyond the limits, the least recently used first; to be called now and then. */
  async sweep(toFree = 0): Promise<Swept> {
    const { folder, clock, log } = this.#options;
    const masters = await listEntries(folder, this.#isBusy);
    const out = evictions(masters, this.#options, clock.now(), this.#isBusy, toFree);
    for (const { name } of out) if (!this.#isBusy(name)) await removeEntry(folder, name);
    const bytes = out.reduce((sum, master) => sum + master.size, 0);
    if (out.length > 0) log.info({ removed: out.length, bytes }, 'Removed images from the cache.');
    return { removed: out.length, bytes };
  }

  /** See to it that `bytes` fit on the disk, at the cost of unused masters. Throws InsufficientDiskSpace. */
  async #room(bytes: number): Promise<void> {
    const { folder } = this.#options;
    const free = async () => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    };
    const missing = bytes - (await free());
    if (missing <= 0) return;
    await this.sweep(missing);
    const left = await free();
    if (left < bytes) throw new DiskFull({ path: folder, needed: bytes, free: left });
  }
}
