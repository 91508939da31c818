// Periodic work: each tick is a function without input, activated by time, one at a time per kind, with a visible status.
import type { Conductor } from './conductor.ts';

export interface Tick {
  readonly name: string;
  /** Seconds between two runs; 0 or less: never. Asked before each wait, so that a changed option counts. */
  every(conductor: Conductor): number | Promise<number>;
  run(conductor: Conductor): Promise<void>;
}

export interface TickStatus {
  readonly name: string;
  readonly runs: number;
  readonly failures: number;
  /** Milliseconds since the epoch of the last start; null before the first. */
  readonly lastAt: number | null;
  readonly lastMs: number | null;
  readonly lastError: string | null;
}

export interface Ticker {
  statuses(): readonly TickStatus[];
  /** Resolves when no tick runs any more; the conductor's stop ends them. */
  ended: Promise<void>;
}

/** An idle tick looks again after so long whether an option has switched it on. */
const idleSeconds = 60;

/** Start the ticks; they run until the conductor stops. */
export function startTicker(conductor: Conductor, ticks: readonly Tick[]): Ticker {
  const statuses = new Map<string, TickStatus>();
  const loops = ticks.map((tick) => {
    const fresh = { name: tick.name, runs: 0, failures: 0, lastAt: null, lastMs: null, lastError: null };
    statuses.set(tick.name, fresh);
    return loop(conductor, tick, (change) => statuses.set(tick.name, { ...statuses.get(tick.name)!, ...change }));
  });
  return { statuses: () => [...statuses.values()], ended: Promise.all(loops).then(() => {}) };
}

async function loop(conductor: Conductor, tick: Tick, told: (change: Partial<TickStatus>) => void): Promise<void> {
  const { clock, closing: stopping, log } = conductor;
  let runs = 0;
  let failures = 0;
  while (!stopping.aborted) {
    try {
      const seconds = await tick.every(conductor);
      await clock.sleep((seconds > 0 ? seconds : idleSeconds) * 1000, stopping);
      if (seconds <= 0) continue;
    } catch {
      if (stopping.aborted) return;
      await clock.sleep(1000, stopping).catch(() => {});
      continue;
    }
    const begun = clock.now();
    try {
      await tick.run(conductor);
      told({ runs: ++runs, lastAt: begun, lastMs: clock.now() - begun, lastError: null });
    } catch (error) {
      if (stopping.aborted) return;
      log.error({ err: error, tick: tick.name }, 'periodic work failed; it is tried again at its next time');
      told({
        runs: ++runs,
        failures: ++failures,
        lastAt: begun,
        lastMs: clock.now() - begun,
        lastError: String(error),
      });
    }
  }
}
