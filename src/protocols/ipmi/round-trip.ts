// How long to wait for a BMC before sending again (the estimator of RFC 6298, with a floor fit for slow BMCs).
const firstWait = 1_000;
const shortest = 300;
const longest = 8_000;

/** Round-trip times of one BMC; asked before each packet how long to wait for its answer. */
export class RoundTrip {
  #smooth: number | undefined;
  #spread = 0;

  /** Take in the time from the first of `sends` packets to the answer. */
  measured(ms: number, sends: number): void {
    // Nobody knows which of several packets was answered (Karn's rule); of a slow BMC there is no better measure at first.
    if (sends > 1 && this.#smooth !== undefined) return;
    if (this.#smooth === undefined) {
      this.#smooth = ms;
      this.#spread = ms / 2;
      return;
    }
    this.#spread = 0.75 * this.#spread + 0.25 * Math.abs(this.#smooth - ms);
    this.#smooth = 0.875 * this.#smooth + 0.125 * ms;
  }

  /** Milliseconds to wait after the `sends`-th packet: doubled each time, with up to a quarter more at random (0 to 1). */
  waitAfter(sends: number, random: number): number {
    const base = this.#smooth === undefined ? firstWait : this.#smooth + 4 * this.#spread;
    const doubled = Math.max(shortest, base) * 2 ** (sends - 1);
    return Math.min(longest, doubled) * (1 + random / 4);
  }
}
