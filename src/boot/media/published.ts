// Files that one BMC shall fetch: under names that nobody can guess, gone when they are no longer wanted.
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newToken } from '#base/ids.ts';

/** A name of ours: the node can be told from it, and not be guessed. */
const nameOf = (slot: string, node: string, ending: string): string => `${slot}-${node}-${newToken(24)}.${ending}`;

export class PublishedMedia {
  readonly #folder: string;
  readonly #mode: number;

  constructor(folder: string, mode: number) {
    this.#folder = folder;
    this.#mode = mode;
  }

  /** Publish what `make` writes to the path that it is given; returns the file's name in the folder. */
  async publish(slot: string, node: string, ending: string, make: (path: string) => Promise<unknown>): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const before = await this.#named(slot, node);
    const name = nameOf(slot, node, ending);
    const unfinished = join(this.#folder, `.${name}`);
    try {
      await make(unfinished);
      await chmod(unfinished, this.#mode);
      await rename(unfinished, join(this.#folder, name));
    } finally {
      await rm(unfinished, { force: true });
    }
    await this.#remove(before);
    return name;
  }

  async withdraw(slot: string, node: string): Promise<void> {
    await this.#remove(await this.#named(slot, node));
  }

  /** What a process that was killed left unfinished goes. Only before anything is published. */
  async sweep(): Promise<void> {
    await this.#remove((await this.#all()).filter((name) => name.startsWith('.')));
  }

  async #named(slot: string, node: string): Promise<string[]> {
    return (await this.#all()).filter((name) => name.startsWith(`${slot}-${node}-`));
  }

  async #all(): Promise<string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }

  async #remove(names: readonly string[]): Promise<void> {
    for (const name of names) await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}
