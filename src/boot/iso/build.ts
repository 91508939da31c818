import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { IsoUnbuildable } from './faults.ts';
import { type IsoLayout, type IsoOptions, layoutIso } from './layout.ts';
import { sectorSize } from './records.ts';
import type { IsoFile } from './tree.ts';

/** An ISO 9660 volume in memory, of files whose bytes are at hand. Throws IsoUnbuildable. */
export function buildIso(files: readonly IsoFile[], options: IsoOptions): Buffer {
  const layout = layoutIso(files, options);
  const out = Buffer.alloc(layout.size);
  layout.head.copy(out);
  for (const { sector, content } of layout.files) {
    if (!(content instanceof Uint8Array)) throw new IsoUnbuildable({ reason: `${content.file} is not at hand` });
    out.set(content, sector * sectorSize);
  }
  return out;
}

type Handle = Awaited<ReturnType<typeof open>>;

async function copyInto(out: Handle, at: number, source: { file: string; size: number }, signal?: AbortSignal) {
  let done = 0;
  for await (const chunk of createReadStream(source.file, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })) {
    const bytes = chunk as Buffer;
    if (done + bytes.length > source.size)
      throw new IsoUnbuildable({ reason: `${source.file} grew while it was read` });
    await out.write(bytes, 0, bytes.length, at + done);
    done += bytes.length;
  }
  if (done !== source.size) throw new IsoUnbuildable({ reason: `${source.file} is shorter than ${source.size} bytes` });
}

/** Write an ISO 9660 volume to `path`, streaming files from disk; gives its size in bytes. Throws IsoUnbuildable. */
export async function writeIso(
  path: string,
  files: readonly IsoFile[],
  options: IsoOptions,
  signal?: AbortSignal,
): Promise<number> {
  const layout: IsoLayout = layoutIso(files, options);
  await using out = await open(path, 'w', 0o644);
  await out.truncate(layout.size);
  await out.write(layout.head, 0, layout.head.length, 0);
  for (const { sector, content } of layout.files) {
    signal?.throwIfAborted();
    if (content instanceof Uint8Array) await out.write(content, 0, content.byteLength, sector * sectorSize);
    else await copyInto(out, sector * sectorSize, content, signal);
  }
  await out.sync();
  return layout.size;
}
