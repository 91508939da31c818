// One Ingot to a data folder: a lock that the kernel takes back by itself when the process ends, however it ends.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { defineError } from '#base/errors.ts';
import { makeFolder } from '#base/folders.ts';

export const DataDirTaken = defineError(
  'DataDirTaken',
  500,
  (p: { folder: string; pid: string | null }) =>
    `The data folder ${p.folder} is in use by another Ingot${p.pid ? ` (process ${p.pid})` : ''}; ` +
    'stop that one, or give this one a folder of its own.',
);

const DataDirUnusable = defineError(
  'DataDirUnusable',
  500,
  (p: { folder: string; why: string }) =>
    `The data folder ${p.folder} cannot be used: ${p.why}; make it writable for this user or name another one.`,
);

/** Make the folder if it is missing and hold it for this process; returns what gives it back. */
export function lockDataDir(folder: string): () => void {
  const pidFile = join(folder, 'ingot.pid');
  let lock: Database.Database | undefined;
  try {
    makeFolder(folder);
    // SQLite's file lock is the kernel's, and works inside one process as well as between two.
    lock = new Database(join(folder, 'ingot.lock'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    lock?.close();
    if (!(error instanceof Error)) throw error;
    const busy = 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
    if (busy) throw new DataDirTaken({ folder, pid: pidIn(pidFile) }, { cause: error });
    throw new DataDirUnusable({ folder, why: error.message }, { cause: error });
  }
  const held = lock;
  return () => {
    rmSync(pidFile, { force: true });
    held.close();
  };
}

function pidIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
