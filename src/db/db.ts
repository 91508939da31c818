import type { Db, DbOptions } from './database.ts';
import { DatabaseUnusable } from './errors.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

/** Three slashes and four both begin an absolute path; one relative to the folder of the process begins `sqlite:///./`. */
const sqlitePath = (rest: string) => (rest.startsWith('./') ? rest : `/${rest.replace(/^\/+/, '')}`);

/** Open the database that `url` names and bring its schema up; throws a declared error that says what to do. */
export async function openDb(options: DbOptions): Promise<Db> {
  const { url } = options;
  if (/^sqlite:(\/\/)?(\/)?(:memory:)?$/.test(url)) return openSqlite(':memory:', options);
  const file = /^sqlite:\/\/\/(.+)$/.exec(url);
  if (file) return openSqlite(sqlitePath(file[1]!), options);
  if (/^postgres(ql)?(\+\w+)?:\/\//.test(url))
    return openPostgres(url.replace(/^postgres(ql)?(\+\w+)?:/, 'postgresql:'), options);
  throw new DatabaseUnusable({
    where: url.replace(/:[^:@/]*@/, ':***@'),
    why: 'its address is of no known kind',
    advice: 'write sqlite:///path/to/file or postgresql://user:password@host/name',
  });
}
