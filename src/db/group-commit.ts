// Many small durable writes share one fsync: all units of work that wait when a batch begins run in one transaction, each
// in its own savepoint, and all are told of the commit together. A unit that fails takes only its own changes back.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#base/clock.ts';
import { DatabaseBusy, DatabaseClosed, WriteInsideWrite, WriteTooLong } from './errors.ts';

/** What the loop needs of the writing connection; all calls are synchronous. */
export interface Writer {
  where: string;
  exec(sql: string): void;
  inTransaction(): boolean;
  /** A database error as a declared one. */
  failure(error: unknown): unknown;
  isBusy(error: unknown): boolean;
  /** Called after each commit. */
  committed(): void;
}

interface Unit {
  run(): Promise<unknown>;
  /** From now on its queries are refused. */
  end(): void;
  done(value: unknown): void;
  failed(error: unknown): void;
}

const maxBatch = 1000;
const busyFor = 15_000;
const longestUnit = 30_000;

/** The one queue in front of the one writer. */
export class GroupCommit {
  readonly #writer: Writer;
  readonly #clock: Clock;
  readonly #longest: number;
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
  #queue: Unit[] = [];
  #draining: Promise<void> | undefined;
  #batch: Promise<void> | undefined;
  #closed = false;

  /** `longest`: after how many milliseconds a unit is given up, lest the others wait for it for ever. */
  constructor(writer: Writer, clock: Clock, longest = longestUnit) {
    this.#writer = writer;
    this.#clock = clock;
    this.#longest = longest;
  }

  /** Run `work` in the next batch; resolves once it is on the disk. */
  write<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new DatabaseClosed({ where: this.#writer.where }));
    if (this.insideUnit()) return Promise.reject(new WriteInsideWrite({}));
    return new Promise<T>((resolve, reject) => {
      const mark = { open: true };
      this.#queue.push({
        run: () => this.#inside.run(mark, work),
        end: () => {
          mark.open = false;
        },
        done: resolve as (value: unknown) => void,
        failed: reject,
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Whether the caller is itself a unit of work. */
  insideUnit(): boolean {
    return this.#inside.getStore()?.open === true;
  }

  /** The batch under way, for readers that share its connection. */
  batch(): Promise<void> | undefined {
    return this.insideUnit() ? undefined : this.#batch;
  }

  /** Finishes what is queued, takes nothing new. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    try {
      while (true) {
        // The callers told of the last commit queue their next unit in this turn: let them join.
        await new Promise(setImmediate);
        if (this.#queue.length === 0) break;
        const units = this.#queue.splice(0, maxBatch);
        this.#batch = this.#inside.exit(() => this.#runBatch(units));
        await this.#batch;
        this.#batch = undefined;
      }
    } finally {
      this.#draining = undefined;
    }
  }

  async #runBatch(units: readonly Unit[]): Promise<void> {
    const settle: (() => void)[] = [];
    try {
      await this.#begin();
      for (const unit of units) settle.push(await this.#runUnit(unit));
      this.#writer.exec('COMMIT');
    } catch (error) {
      if (this.#writer.inTransaction()) this.#writer.exec('ROLLBACK');
      const told = this.#writer.failure(error);
      for (const unit of units) unit.failed(told);
      return;
    }
    for (const tell of settle) tell();
    this.#writer.committed();
  }

  async #runUnit(unit: Unit): Promise<() => void> {
    this.#writer.exec('SAVEPOINT unit');
    try {
      const value = await this.#inTime(unit);
      this.#writer.exec('RELEASE unit');
      return () => unit.done(value);
    } catch (error) {
      // A full disk ends the whole transaction: then nobody's work is kept.
      if (!this.#writer.inTransaction()) throw error;
      this.#writer.exec('ROLLBACK TO unit');
      this.#writer.exec('RELEASE unit');
      return () => unit.failed(error);
    }
  }

  async #inTime(unit: Unit): Promise<unknown> {
    const seconds = this.#longest / 1000;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new WriteTooLong({ where: this.#writer.where, seconds })), this.#longest);
    });
    try {
      return await Promise.race([unit.run(), late]);
    } finally {
      clearTimeout(timer);
      unit.end();
    }
  }

  /** Another process may hold the write lock (the command line does, briefly): wait without blocking this one. */
  async #begin(): Promise<void> {
    const until = this.#clock.now() + busyFor;
    for (let pause = 2; ; pause = Math.min(pause * 2, 100)) {
      try {
        this.#writer.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!this.#writer.isBusy(error)) throw error;
        if (this.#clock.now() >= until) throw new DatabaseBusy({ where: this.#writer.where, seconds: busyFor / 1000 });
        await this.#clock.sleep(pause);
      }
    }
  }
}
