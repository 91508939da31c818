import type { Tick } from '#conductor/ticker.ts';
import { deadlines } from '#conductor/ticks/deadlines.ts';
import {
  history,
  keepalive,
  openAllocations,
  outbox,
  staleConductors,
  takeOvers,
  unattended,
} from '#conductor/ticks/house.ts';

/** Everything periodic of a run. */
export function ticksOf(house: { images: { sweep(): Promise<unknown> } }, power: readonly Tick[]): readonly Tick[] {
  const imageCache: Tick = {
    name: 'image cache',
    every: ({ config }) => config.conductor.cache_clean_up_interval,
    run: async () => void (await house.images.sweep()),
  };
  return [
    keepalive,
    deadlines,
    takeOvers,
    unattended,
    openAllocations,
    history,
    outbox,
    staleConductors,
    imageCache,
    ...power,
  ];
}
