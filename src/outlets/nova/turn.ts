import type { Clock } from '#base/clock.ts';
import type { Db } from '#db/database.ts';
import { leaveDuty, takeDuty } from '#db/duties.ts';

const duty = 'nova';
const lastsMs = 60_000;
const renewMs = 15_000;

/** Whether it is this host that tells nova: of hosts that share a database one does, as two might overtake each other. */
export class Turn {
  readonly #parts: { db: Db; clock: Clock };
  readonly #host: string;
  #has = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: { db: Db; clock: Clock }, host: string) {
    this.#parts = parts;
    this.#host = host;
  }

  /** `new` when it has just become this host's. */
  async ask(): Promise<'mine' | 'new' | 'theirs'> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    if (this.#has && now - this.#askedAt < renewMs) return 'mine';
    const had = this.#has && now - this.#askedAt < lastsMs;
    this.#has = await db.write((tx) => takeDuty(tx, duty, this.#host, lastsMs));
    this.#askedAt = now;
    if (!this.#has) return 'theirs';
    return had ? 'mine' : 'new';
  }

  async leave(): Promise<void> {
    if (this.#has) await this.#parts.db.write((tx) => leaveDuty(tx, duty, this.#host));
    this.#has = false;
  }
}
