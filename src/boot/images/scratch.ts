// Names of unfinished files: they say which process writes them, so that what a killed one left can be told and removed.

import { open, readdir, rm, stat } from 'node:fs/promises';
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

/** Open `path` for writing an image. A full disk becomes InsufficientDiskSpace. */
export async function fileSink(path: string): Promise<FileSink> {
  const handle = await open(path, 'wx', 0o644);
  let at = 0;
  const guarded = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      throw diskFault(error, path);
    }
  };
  return {
    async write(chunk) {
      await guarded(async () => {
        for (let done = 0; done < chunk.length; ) {
          const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, at + done);
          done += bytesWritten;
        }
      });
      at += chunk.length;
    },
    async restart() {
      await handle.truncate(0);
      at = 0;
    },
    async close() {
      try {
        await guarded(() => handle.sync());
      } finally {
        await handle.close();
      }
    },
  };
}
