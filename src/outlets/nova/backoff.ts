/** Whole milliseconds until the next try after `failures` (1 or more): doubling from half a second, with jitter by `random`. */
export function backoff(failures: number, random: number, longestMs: number): number {
  const full = Math.min(longestMs, 500 * 2 ** Math.min(30, failures - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
