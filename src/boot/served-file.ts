// Files that TFTP and HTTP hand out: from folders, never from outside of them, or from memory.
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import path from 'node:path';

/** An open file. `read` gives fewer bytes only at the end of the file. Whoever opened it closes it. */
export interface ServedFile {
  readonly size: number;
  readonly modified: Date | undefined;
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export interface FileAsker {
  readonly address: string;
  readonly by: 'tftp' | 'http';
}

/** Opens the file that `name` (no leading slash, `/` between parts) stands for, or undefined where it has none. */
export type FileProvider = (name: string, asker: FileAsker) => Promise<ServedFile | undefined>;

/** A file held in memory. */
export function inMemory(content: Buffer | string, modified?: Date): ServedFile {
  const bytes = Buffer.from(content);
  return {
    size: bytes.length,
    modified,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => {},
  };
}

/** The first provider's file that has one. */
export function firstOf(...providers: readonly (FileProvider | undefined)[]): FileProvider {
  return async (name, asker) => {
    for (const provider of providers) {
      const file = await provider?.(name, asker);
      if (file) return file;
    }
    return undefined;
  };
}

/**
 * The parts of an asked path, or undefined where it is none that may be served: `..`, NUL and control characters are
 * refused, not resolved. Backslashes count as slashes (Windows boot managers).
 */
export function cleanName(asked: string): string | undefined {
  if (asked.length > 1024 || /[\x00-\x1f\x7f]/.test(asked)) return undefined;
  const parts = asked.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

/**
 * Files under `root`. Links are followed where they end under `root` or under one of `alsoUnder` (an image cache).
 * A name may begin with the root's own path, as TFTP clients of Ironic's layout write it.
 */
export function fromFolder(root: string, alsoUnder: readonly string[] = []): FileProvider {
  const whole = path.resolve(root);
  const ownPrefix = `${whole.slice(1)}/`;
  return async (asked) => {
    const clean = cleanName(asked);
    if (!clean) return undefined;
    const name = clean.startsWith(ownPrefix) ? clean.slice(ownPrefix.length) : clean;
    const real = await realpathOf(path.join(whole, name));
    if (!real) return undefined;
    const allowed = await Promise.all([whole, ...alsoUnder].map(realpathOf));
    if (!allowed.some((folder) => folder && real.startsWith(`${folder.replace(/\/$/, '')}/`))) return undefined;
    return openRegular(real);
  };
}

const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EISDIR', 'ENXIO', 'ENAMETOOLONG']);
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

async function realpathOf(name: string): Promise<string | undefined> {
  try {
    return await realpath(name);
  } catch (error) {
    if (missing.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function openRegular(name: string): Promise<ServedFile | undefined> {
  let handle: FileHandle;
  try {
    // NOFOLLOW: the name was resolved, a link put there since then is not trusted. NONBLOCK: a pipe must not hang us.
    handle = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (missing.has(codeOf(error))) return undefined;
    throw error;
  }
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    return undefined;
  }
  return {
    size: stat.size,
    modified: stat.mtime,
    read: (at, length) => readFully(handle, at, length),
    close: () => handle.close(),
  };
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await handle.read(buffer, got, length - got, offset + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return buffer.subarray(0, got);
}

const ahead = 256 * 1024;

/** The same file read in larger pieces: for small reads one behind the other. */
export function readAhead(file: ServedFile): ServedFile {
  let at = 0;
  let held: Buffer = Buffer.alloc(0);
  return {
    ...file,
    async read(offset, length) {
      if (offset < at || offset + length > at + held.length) {
        held = await file.read(offset, Math.max(length, Math.min(ahead, file.size - offset)));
        at = offset;
      }
      return held.subarray(offset - at, offset - at + length);
    },
  };
}
