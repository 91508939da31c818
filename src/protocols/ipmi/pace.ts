// How many BMCs are talked to at one moment, so that their answers fit into the socket's buffer. A place is for BMCs that
// answer: one that keeps silent for a few round trips loses it, so that dead BMCs do not hold up the living.
import type { Clock } from '#base/clock.ts';
import type { Alarms } from './alarms.ts';

export interface Place {
  /** When something was last sent or heard. */
  at: number;
}

const grace = 20;
const longestPatience = 2_000;

export class Pace {
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  readonly #places: number;
  readonly #held = new Set<Place>();
  #waiting: ((place: Place) => void)[] = [];
  #nextWaiting = 0;
  #watching = false;
  #roundTrip = 10;

  constructor(clock: Clock, alarms: Alarms, places: number) {
    this.#clock = clock;
    this.#alarms = alarms;
    this.#places = places;
  }

  /** The shortest time, in milliseconds, after which an answer may be missed: what is usual now, three times over. */
  get patience(): number {
    return Math.min(longestPatience, 3 * this.#roundTrip);
  }

  measured(ms: number): void {
    this.#roundTrip += (ms - this.#roundTrip) / 16;
  }

  /** A place at once, or the promise of one. */
  enter(): Place | Promise<Place> {
    if (this.#held.size < this.#places && this.#nextWaiting === this.#waiting.length) return this.#take();
    const place = new Promise<Place>((resolve) => this.#waiting.push(resolve));
    if (!this.#watching) this.#watch();
    return place;
  }

  leave(place: Place): void {
    if (this.#held.delete(place)) this.#admit();
  }

  #take(): Place {
    const place = { at: this.#clock.now() };
    this.#held.add(place);
    return place;
  }

  #admit(): void {
    while (this.#held.size < this.#places && this.#nextWaiting < this.#waiting.length)
      this.#waiting[this.#nextWaiting++]!(this.#take());
    if (this.#nextWaiting !== this.#waiting.length) return;
    this.#waiting = [];
    this.#nextWaiting = 0;
  }

  #watch(): void {
    this.#watching = this.#nextWaiting < this.#waiting.length;
    if (!this.#watching) return;
    const silentSince = this.#clock.now() - 2 * this.#roundTrip - grace;
    for (const place of this.#held) if (place.at < silentSince) this.#held.delete(place);
    this.#admit();
    this.#alarms.after(10, () => this.#watch());
  }
}
