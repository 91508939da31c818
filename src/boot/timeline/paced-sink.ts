// Keeps one noisy machine from filling the timeline.
import type { Clock } from '#base/clock.ts';
import { newPace, type PaceLimits } from '../pace.ts';
import type { BootEvent, BootEventSink } from './boot-event.ts';

const perMachine: PaceLimits = { burst: 200, perSecond: 10, keys: 4096 };
const together: PaceLimits = { burst: 2000, perSecond: 500, keys: 1 };

/** Passes events on, at most 10 a second of one machine (200 at once) and 500 of all; the rest is dropped. */
export function pacedSink(sink: BootEventSink, clock: Clock): BootEventSink {
  const own = newPace(perMachine, clock);
  const all = newPace(together, clock);
  return (event: BootEvent) => {
    if (own.takes(event.mac ?? event.address ?? '') && all.takes('')) sink(event);
  };
}
