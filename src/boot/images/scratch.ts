// Names of unfinished files: they say which process writes them, so that what a killed one left can be told and removed.

import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { newToken } from '#base/ids.ts';

import { diskFault, type ImageSink } from './download.ts';

const shape = /^\..*\.part-(\d+)-[A-Za-z0-9_-]{8}$/;

/** A name beside `path` for its unfinished content. */
export const partName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.part-${process.pid}-${newToken(6)}`);

/** Another process with our number may have been here before us; ours has written nothing yet when this is asked. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A living process that has this number may be another one; what has not been written to for this long is left. */
const abandonedAfter = 24 * 3_600_000;

/** Remove what killed processes left unfinished in `folder`; to be called before the first use. Gives their names. */
export async function removeLeftovers(folder: string, now: number): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(folder)) {
    const pid = Number(shape.exec(name)?.[1]);
    if (!pid) continue;
    const path = join(folder, name);
    const touched = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (isAlive(pid) && now - touched < abandonedAfter) continue;
    await rm(path, { force: true });
    removed.push(name);
  }
  return removed;
}

/** A file being written; `close` brings it to the disk. */
export interface FileSink extends ImageSink {
  close(): Promise<void>;
}

/** Written in pieces of this size, while the next one is being received. */
const pieceSize = 1 << 20;

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], from: number): Promise<void> {
  const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  for (let done = 0; done < whole.length; ) {
    done += (await handle.write(whole, done, whole.length - done, from + done)).bytesWritten;
  }
}

/** Open `path` for writing an image. A full disk becomes InsufficientDiskSpace, at the next write or when closing. */
export async function fileSink(path: string): Promise<FileSink> {
  const handle = await open(path, 'wx', 0o644);
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let at = 0;
  let writing: Promise<void> = Promise.resolve();
  const settled = () =>
    writing.catch((error: unknown) => {
      throw diskFault(error, path);
    });
  const flush = async () => {
    await settled();
    const [chunks, from] = [held, at];
    at += heldBytes;
    held = [];
    heldBytes = 0;
    writing = writeAll(handle, chunks, from);
    // Whoever writes or closes next hears of it.
    writing.catch(() => {});
  };
  return {
    async write(chunk) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes >= pieceSize) await flush();
    },
    async restart() {
      await settled();
      await handle.truncate(0);
      held = [];
      heldBytes = 0;
      at = 0;
    },
    async close() {
      try {
        await flush();
        await settled();
        await handle.sync();
      } catch (error) {
        throw diskFault(error, path);
      } finally {
        await handle.close();
      }
    },
  };
}
