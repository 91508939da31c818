// The "newc" archive that Linux unpacks as an initramfs (kernel documentation: driver-api/early-userspace/buffer-format).
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

export type Compression = 'zstd' | 'gzip';

/** One entry: `size` bytes come from `content`, in pieces. */
export interface CpioEntry {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const kinds = { folder: 0o040000, file: 0o100000, link: 0o120000 };
const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);
const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0').toUpperCase();

function header(entry: Omit<CpioEntry, 'content'>, inode: number, links: number): Buffer {
  const name = Buffer.from(`${entry.path}\0`);
  const fields = [inode, entry.mode, entry.uid, entry.gid, links, entry.mtime, entry.size, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.concat([Buffer.from(`070701${fields.map(hex).join('')}`), name]);
  return Buffer.concat([head, padding(head.length)]);
}

/** The archive's bytes; its end is padded to 512 so that another archive may follow it. */
export async function* cpio(entries: AsyncIterable<CpioEntry> | Iterable<CpioEntry>): AsyncGenerator<Uint8Array> {
  let inode = 0;
  let total = 0;
  const put = (bytes: Uint8Array) => {
    total += bytes.length;
    return bytes;
  };
  for await (const entry of entries) {
    inode += 1;
    yield put(header(entry, inode, 1));
    let seen = 0;
    for await (const piece of entry.content) {
      seen += piece.length;
      yield put(piece);
    }
    if (seen !== entry.size)
      throw new Error(
        `${entry.path} has ${seen} bytes where ${entry.size} were promised: it changed while it was read.`,
      );
    yield put(padding(seen));
  }
  const end = { path: 'TRAILER!!!', mode: 0, uid: 0, gid: 0, mtime: 0, size: 0 };
  yield put(header(end, 0, 1));
  yield Buffer.alloc((512 - (total % 512)) % 512);
}

/** Everything below `root` in the order of names, parents first; `skip` gets paths without a leading slash. */
export async function* tree(root: string, skip: (path: string) => boolean = () => false): AsyncGenerator<CpioEntry> {
  yield* below(root, '', skip);
}

async function* below(root: string, folder: string, skip: (path: string) => boolean): AsyncGenerator<CpioEntry> {
  const names = (await readdir(join(root, folder))).sort();
  for (const name of names) {
    const path = folder ? `${folder}/${name}` : name;
    if (skip(path)) continue;
    const full = join(root, path);
    const stat = await lstat(full);
    const facts = { path, mode: stat.mode, uid: stat.uid, gid: stat.gid, mtime: Math.trunc(stat.mtimeMs / 1000) };
    if (stat.isDirectory()) {
      yield { ...facts, size: 0, content: [] };
      yield* below(root, path, skip);
    } else if (stat.isSymbolicLink()) {
      const target = Buffer.from(await readlink(full));
      yield { ...facts, size: target.length, content: [target] };
    } else if (stat.isFile()) {
      yield { ...facts, size: stat.size, content: createReadStream(full) };
    }
  }
}

/** An entry for a text, a folder or a symbolic link that exists nowhere else. */
export function made(
  path: string,
  mode: number,
  kind: keyof typeof kinds,
  content: string | Uint8Array = '',
): CpioEntry {
  const bytes = Buffer.from(content);
  const facts = { path, mode: kinds[kind] | mode, uid: 0, gid: 0, mtime: 0 };
  return { ...facts, size: bytes.length, content: bytes.length > 0 ? [bytes] : [] };
}

const compressor = (compression: Compression) =>
  compression === 'gzip'
    ? createGzip({ level: 6 })
    : createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: 1 } });

/** Write the entries as a compressed archive. */
export async function writeArchive(
  file: string,
  entries: AsyncIterable<CpioEntry> | Iterable<CpioEntry>,
  compression: Compression,
  signal?: AbortSignal,
): Promise<void> {
  const steps = [Readable.from(cpio(entries)), compressor(compression), createWriteStream(file)] as const;
  await (signal ? pipeline(...steps, { signal }) : pipeline(...steps));
}
