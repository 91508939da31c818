import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { DatabaseUnusable } from './errors.ts';
import type { Kind } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import type { Queries } from './schema.ts';
import { openSqlite } from './sqlite.ts';

/** The transaction of one unit of work. Good only until that unit ends. */
export type Tx = Queries;

/** An open database. Reads see committed rows only; every change goes through `write`. */
export interface Db {
  readonly kind: Kind;
  /** The file or server, without password: for messages. */
  readonly where: string;
  readonly read: Queries;
  /**
   * Run one unit of work in a transaction; resolves when it is durable, and with its failure alone when it throws. It
   * should do nothing but queries: on SQLite others wait for it, on PostgreSQL it may run again after a deadlock.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls `listener` soon after happenings were committed; a wake-up only, so poll as well. Returns what stops it. */
  onHappening(listener: () => void): () => void;
  /** Write a consistent copy of the whole database to `file` while it is in use; PostgreSQL says to use pg_dump. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

export interface DbOptions {
  /** `sqlite:///path`, `sqlite::memory:`, `postgresql://…` (or SQLAlchemy's spelling, `postgresql+psycopg2://…`). */
  url: string;
  readOnly?: boolean;
  log: Log;
  clock: Clock;
}

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
