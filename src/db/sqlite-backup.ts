import { chmodSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { explain } from '#base/errors.ts';
import { DatabaseUnusable } from './errors.ts';

/**
 * Copy the database file `path` to `file` while it is in use. The source is read through a connection of its own whose
 * snapshot is held: the copy is of one moment, and writers neither wait nor make it start again.
 */
export async function backupSqlite(path: string, file: string): Promise<void> {
  const source = new Database(path, { readonly: true, timeout: 5000 });
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM meta').get();
    await source.backup(file);
    // A copy that cannot begin ends without an error and without a file.
    if (!statSync(file, { throwIfNoEntry: false })?.size) throw new Error('nothing was written');
    chmodSync(file, 0o600);
  } catch (error) {
    const why = `it could not be copied to ${file} (${explain(error)})`;
    throw new DatabaseUnusable({ where: path, why, advice: 'check that folder and its free space' }, { cause: error });
  } finally {
    source.close();
  }
}
