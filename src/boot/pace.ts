import type { Clock } from '#base/clock.ts';

export interface PaceLimits {
  /** How many may come at once. */
  readonly burst: number;
  readonly perSecond: number;
  /** How many keys are remembered; the one longest unheard of is forgotten first. */
  readonly keys: number;
}

/** A token bucket per key, in bounded memory. */
export interface Pace {
  takes(key: string): boolean;
}

export function newPace(limits: PaceLimits, clock: Clock): Pace {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    takes(key) {
      const now = clock.now();
      const old = buckets.get(key);
      const refill = old ? ((now - old.at) / 1000) * limits.perSecond : 0;
      const left = old ? Math.min(limits.burst, old.left + Math.max(0, refill)) : limits.burst;
      buckets.delete(key); // a Map keeps insertion order: set again, it is the newest
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now });
      if (buckets.size > limits.keys) buckets.delete(buckets.keys().next().value!);
      return left >= 1;
    },
  };
}
