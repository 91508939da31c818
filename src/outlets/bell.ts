import type { Clock } from '#base/clock.ts';

/** What a loop waits at: it goes on when somebody rings, or when its time is up. A ring while nobody waits is kept. */
export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves after `ms` milliseconds, or as soon as somebody has rung since the last wait. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      const rung = new AbortController();
      this.#wake = () => rung.abort();
      await this.#clock.sleep(ms, rung.signal).catch(() => {});
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
