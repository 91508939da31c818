// [database] connection, in the forms that SQLAlchemy and PostgreSQL write.
import { join } from 'node:path';
import type { Config } from './schema.ts';

export type Database =
  | { readonly dialect: 'sqlite'; readonly file: string }
  | { readonly dialect: 'postgresql'; readonly url: string };

/** Where the rows are kept; `:memory:` for a database that goes with the process. Not set: a file in the data folder. */
export function databaseOf({ database, ingot }: Pick<Config, 'database' | 'ingot'>): Database | { problem: string } {
  const { connection } = database;
  if (!connection) return { dialect: 'sqlite', file: join(ingot.data_dir, 'ingot.db') };
  const [, scheme = '', rest = ''] = /^([a-z]+)(?:\+[a-z0-9_]+)?:(.*)$/s.exec(connection) ?? [];
  if (scheme === 'sqlite') return sqliteOf(rest);
  if (scheme === 'postgresql' || scheme === 'postgres')
    return rest.startsWith('//')
      ? { dialect: 'postgresql', url: `postgresql:${rest}` }
      : { problem: 'a PostgreSQL connection is written postgresql://USER:PASSWORD@HOST/NAME' };
  return { problem: 'Ingot keeps its rows in sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME' };
}

/** SQLAlchemy: three slashes and a path; four for an absolute one; none for memory. */
function sqliteOf(rest: string): Database | { problem: string } {
  const path = rest.split('?', 1)[0]!;
  if (path === '//' || path === '' || path === '///:memory:') return { dialect: 'sqlite', file: ':memory:' };
  if (!path.startsWith('///')) return { problem: 'an SQLite connection is written sqlite:///FILE' };
  return { dialect: 'sqlite', file: path.slice(3) };
}
