import { backoff } from './backoff.ts';

/** While nova does not answer one request in so many milliseconds asks whether it does again. */
const longestMs = 30_000;
const longestAskedForMs = 300_000;

/** Shut while nova as a whole is not well, so that it meets one request now and then instead of all that wait. */
export class Gate {
  readonly #random: () => number;
  #failures = 0;
  #shutAt = 0;
  #retryAt = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  get shut(): boolean {
    return this.#failures > 0;
  }

  /** When the next try may go out (ms since the epoch). */
  get retryAt(): number {
    return this.shut ? this.#retryAt : 0;
  }

  /** A request that began at `startedAt` failed; true when the gate was open. Several of one moment count once. */
  failed(now: number, startedAt: number, retryAfterSeconds?: number): boolean {
    const wasOpen = !this.shut;
    if (!wasOpen && startedAt < this.#shutAt) return false;
    this.#failures++;
    this.#shutAt = now;
    const pause = backoff(this.#failures, this.#random(), longestMs);
    this.#retryAt = now + Math.max(pause, Math.min(Math.ceil(retryAfterSeconds ?? 0) * 1000, longestAskedForMs));
    return wasOpen;
  }

  /** Nova answered; true when the gate was shut. */
  passed(): boolean {
    const wasShut = this.shut;
    this.#failures = 0;
    return wasShut;
  }
}
