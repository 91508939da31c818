import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { renewLeases } from '#db/nodes.ts';

/** How long a lock outlives its last renewal; a host that is silent longer has lost its nodes. */
export const leaseMs = 30_000;

/**
 * Keeps the locks of this host alive: one statement for all of them, three times per lease. Where the renewal itself
 * fails longer than a lease, the work is told to stop: somebody else may have taken the node by then.
 */
export class Leases {
  readonly #held = new Map<string, AbortController>();
  readonly #parts: { host: string; db: Db; clock: Clock; log: Log };
  readonly #over = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(parts: { host: string; db: Db; clock: Clock; log: Log }) {
    this.#parts = parts;
  }

  holds(uuid: string): boolean {
    return this.#held.has(uuid);
  }

  get count(): number {
    return this.#held.size;
  }

  /** The lock on `uuid` is ours from now on. The signal is aborted when it was lost. */
  hold(uuid: string): AbortSignal {
    const controller = new AbortController();
    this.#held.set(uuid, controller);
    this.#loop ??= this.#renew();
    return controller.signal;
  }

  let(uuid: string): void {
    this.#held.delete(uuid);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#loop;
  }

  async #renew(): Promise<void> {
    const { clock, db, host, log } = this.#parts;
    let renewed = clock.now();
    while (!this.#over.signal.aborted) {
      try {
        await clock.sleep(leaseMs / 3, this.#over.signal);
      } catch {
        return;
      }
      try {
        if (this.#held.size) await db.write((tx) => renewLeases(tx, host, leaseMs));
        renewed = clock.now();
      } catch (error) {
        log.error({ err: error }, 'the locks of this host could not be renewed');
        if (clock.now() - renewed < leaseMs) continue;
        for (const controller of this.#held.values())
          controller.abort(new Error('the lock was lost: the database could not be reached in time'));
      }
    }
  }
}
