// Who does the work. One object that the files of this room are given; it holds no rules.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Config } from '#config/schema.ts';
import type { Db } from '#db/database.ts';
import type { House } from '#drivers/house.ts';
import type { Drivers } from '#drivers/registry.ts';
import { Leases } from './leases.ts';
import { Workers } from './workers.ts';

export interface ConductorParts {
  /** The name that locks carry: `[DEFAULT]host`. */
  readonly host: string;
  readonly config: Config;
  readonly db: Db;
  readonly drivers: Drivers;
  readonly house: House;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Conductor extends ConductorParts {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly workers: Workers;
  readonly leases: Leases;
  /** Aborted when the program begins to stop: nothing new is begun. */
  readonly closing: AbortSignal;
  /** Aborted when the program stops: work comes to a safe point and leaves the rest to the next start. */
  readonly stopping: AbortSignal;
  /** Nodes whose ramdisk was heard while they were being worked on: looked at again when the lock is free. */
  readonly heardWhileHeld: Set<string>;
  /** Called with each node whose lock has become free; set once, by whoever joins the conductor's parts. */
  freed: (node: string) => void;
  /** Begin nothing new, give what runs `drainMs` to end by itself, then stop it where it can be gone on with. */
  stop(drainMs?: number): Promise<void>;
}

/** Make a conductor. Nothing runs yet: see `recover` and `startTicker`. */
export function makeConductor(parts: ConductorParts): Conductor {
  const closing = new AbortController();
  const stopping = new AbortController();
  const leases = new Leases(parts);
  const workers = new Workers(parts.config.conductor.workers_pool_size);
  return {
    ...parts,
    startedAt: parts.clock.now(),
    workers,
    leases,
    closing: closing.signal,
    stopping: stopping.signal,
    heardWhileHeld: new Set(),
    freed: () => {},
    async stop(drainMs = 0) {
      const reason = new Error('Ingot is stopping');
      closing.abort(reason);
      if (workers.busy && drainMs > 0) {
        parts.log.info({ working: workers.busy, seconds: drainMs / 1000 }, 'waiting for running work to end');
        const ended = new AbortController();
        await Promise.race([workers.idle(), parts.clock.sleep(drainMs, ended.signal).catch(() => {})]);
        ended.abort();
      }
      stopping.abort(reason);
      await workers.idle();
      await leases.stop();
    },
  };
}
