/** The session sequence numbers seen lately: tells duplicates and strays from packets to be read (IPMI 2.0 §6.12.13). */
export class SequenceWindow {
  #highest = 0;
  /** Bit n: number `highest - n` was seen. */
  #seen = 0;

  /** Whether `sequence` is new: at most 15 ahead or behind of the highest, not 0, not seen before. The first is always new. */
  take(sequence: number): boolean {
    if (sequence === 0) return false;
    if (this.#highest === 0) {
      this.#highest = sequence;
      this.#seen = 1;
      return true;
    }
    const ahead = (sequence - this.#highest) | 0;
    if (ahead > 15 || ahead < -15) return false;
    if (ahead > 0) {
      this.#seen = (this.#seen << ahead) | 1;
      this.#highest = sequence;
      return true;
    }
    const bit = 1 << -ahead;
    if (this.#seen & bit) return false;
    this.#seen |= bit;
    return true;
  }
}
