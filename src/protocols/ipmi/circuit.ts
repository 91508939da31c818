// A BMC that stays silent is left alone for a while; then one command is let through to see.
export interface CircuitLimits {
  /** Unanswered commands in a row that open the circuit. */
  readonly failures: number;
  /** The first pause in milliseconds; it doubles with each probe that fails. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

export const usualCircuit: CircuitLimits = { failures: 3, pauseMs: 30_000, longestPauseMs: 300_000 };

export class Circuit {
  readonly #limits: CircuitLimits;
  #failures = 0;
  #since = 0;
  #retryAt = 0;
  #pause = 0;

  constructor(limits: CircuitLimits) {
    this.#limits = limits;
  }

  /** Undefined when a command may go out (perhaps as a probe); else why not. */
  blocked(now: number): { failures: number; since: number; retryAt: number } | undefined {
    if (this.#pause === 0 || now >= this.#retryAt) return undefined;
    return { failures: this.#failures, since: this.#since, retryAt: this.#retryAt };
  }

  answered(): void {
    this.#failures = 0;
    this.#pause = 0;
  }

  /** One more command went unanswered; `random` (0 to 1) spreads the probes of many BMCs that went away together. */
  silent(now: number, random: number): void {
    if (this.#failures++ === 0) this.#since = now;
    if (this.#failures < this.#limits.failures) return;
    this.#pause = Math.min(this.#limits.longestPauseMs, this.#pause === 0 ? this.#limits.pauseMs : this.#pause * 2);
    this.#retryAt = now + this.#pause * (0.9 + random / 5);
  }
}
