// What an open database is, on either engine.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Kind } from './migrate.ts';
import type { Queries } from './schema.ts';

/** The transaction of one unit of work. Good only until that unit ends. */
export type Tx = Queries;

/** An open database. Reads see committed rows only; every change goes through `write`. */
export interface Db {
  readonly kind: Kind;
  /** The file or server, without password: for messages. */
  readonly where: string;
  readonly read: Queries;
  /**
   * A mark of what is committed, whoever wrote it: where it is the same as before, nothing was written since. What is to be
   * kept under a mark is read after the mark was taken.
   */
  mark(): number | Promise<string>;
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
