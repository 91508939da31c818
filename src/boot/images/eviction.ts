import type { Master } from './cache-entry.ts';

/** How much the cache may hold and how long. */
export interface CacheLimits {
  /** In bytes; `[pxe]image_cache_size` is in MiB. 0: no limit. */
  readonly maxBytes: number;
  /** In ms since the last use; `[pxe]image_cache_ttl` is in minutes. 0: no limit. */
  readonly maxAge: number;
}

/**
 * Which masters to remove: those too old, then the least recently used until the rest fits and `free` more bytes are
 * gained. What is in use stays, whatever the limits say.
 */
export function evictions(
  masters: readonly Master[],
  limits: CacheLimits,
  now: number,
  isBusy: (name: string) => boolean,
  free = 0,
): Master[] {
  const idle = masters.filter((m) => m.links < 2 && !isBusy(m.name)).sort((a, b) => a.usedAt - b.usedAt);
  let held = masters.reduce((sum, m) => sum + m.size, 0);
  let toFree = free;
  const out: Master[] = [];
  for (const master of idle) {
    const tooOld = limits.maxAge > 0 && now - master.usedAt > limits.maxAge;
    const tooMuch = limits.maxBytes > 0 && held > limits.maxBytes;
    if (!tooOld && !tooMuch && toFree <= 0) continue;
    out.push(master);
    held -= master.size;
    toFree -= master.size;
  }
  return out;
}
