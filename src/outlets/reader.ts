import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { cursors, moveCursor, newestHappening, readHappenings } from '#db/happenings.ts';
import { Bell } from './bell.ts';
import type { Heard, Outlet, OutletStatus } from './outlet.ts';

export interface RelayParts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
}

const batch = 500;
/** Nobody may have rung: the other hosts' wake-ups can be lost. */
const pollMs = 2000;
/** A cursor that only passed what its outlet does not hear is written after so long. */
const cursorMs = 30_000;
const longestPauseMs = 60_000;

/** Reads the outbox for one outlet from its own cursor. */
export class Reader {
  readonly bell: Bell;
  readonly #parts: RelayParts;
  readonly #outlet: Outlet;
  readonly #hears: ReadonlySet<string>;
  #position = 0;
  #saved = 0;
  #savedAt = 0;
  #failuresInRow = 0;
  #failures = 0;
  #lastError: string | null = null;
  #lastErrorAt: number | null = null;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(parts: RelayParts, outlet: Outlet) {
    this.#parts = parts;
    this.#outlet = outlet;
    this.#hears = new Set(outlet.hears);
    this.bell = new Bell(parts.clock);
  }

  /** Find the cursor, and read from now on. An outlet that never heard anything begins with what comes. */
  async start(): Promise<void> {
    const { db, clock } = this.#parts;
    const { name } = this.#outlet;
    const known = (await cursors(db.read)).find(({ outlet }) => outlet === name);
    this.#position = known?.happening_id ?? (await newestHappening(db.read));
    if (!known) await db.write((tx) => moveCursor(tx, name, this.#position));
    this.#saved = this.#position;
    this.#savedAt = clock.now();
    this.#running = this.#run();
  }

  /** Resolves when what is being taken is taken. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.bell.ring();
    await this.#running;
  }

  status(): OutletStatus {
    return {
      name: this.#outlet.name,
      cursor: this.#position,
      failures: this.#failures,
      lastError: this.#lastError,
      lastErrorAt: this.#lastErrorAt,
    };
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const more = await this.#round();
        this.#failuresInRow = 0;
        if (!more && !this.#stopped) await this.bell.wait(pollMs);
      } catch (error) {
        await this.#failed(error);
      }
    }
    await this.#keepCursor(0).catch(() => {}); // it only passed what its outlet does not hear
  }

  async #round(): Promise<boolean> {
    const { db } = this.#parts;
    const rows = await readHappenings(db.read, this.#position, batch);
    const last = rows.at(-1)?.id;
    if (last === undefined) {
      await this.#keepCursor(cursorMs);
      return false;
    }
    const heard = rows.filter((row) => this.#hears.has(row.kind));
    if (heard.length) {
      await db.write(async (tx) => {
        await this.#outlet.take(
          tx,
          heard.map(({ id, at, body }) => ({ ...body, id, at }) as unknown as Heard),
        );
        await moveCursor(tx, this.#outlet.name, last);
      });
      this.#saved = last;
      this.#savedAt = this.#parts.clock.now();
    }
    this.#position = last;
    if (heard.length) this.#outlet.taken?.();
    return rows.length === batch;
  }

  async #keepCursor(afterMs: number): Promise<void> {
    const { db, clock } = this.#parts;
    if (this.#position === this.#saved || clock.now() - this.#savedAt < afterMs) return;
    await db.write((tx) => moveCursor(tx, this.#outlet.name, this.#position));
    this.#saved = this.#position;
    this.#savedAt = clock.now();
  }

  async #failed(error: unknown): Promise<void> {
    const { clock, log } = this.#parts;
    this.#failures++;
    this.#lastError = explain(error);
    this.#lastErrorAt = clock.now();
    const pause = Math.min(longestPauseMs, 500 * 2 ** this.#failuresInRow++);
    log.error(
      { err: error, outlet: this.#outlet.name, cursor: this.#position },
      `the outlet "${this.#outlet.name}" could not take what happened; it is tried again in ${pause} ms`,
    );
    const until = clock.now() + pause;
    while (!this.#stopped && clock.now() < until) await this.bell.wait(until - clock.now());
  }
}
