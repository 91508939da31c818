// Buffers for large answers, used again: to get megabytes of fresh memory costs more than to fill them.

const kept = 4;
const largestKept = 8 * 1024 * 1024;
const step = 256 * 1024;

export class PageBuffers {
  readonly #free: Buffer[] = [];

  /** The pieces (ASCII text) one after the other, and what gives their memory back when nobody reads them any more. */
  fill(pieces: readonly string[]): { bytes: Buffer; release(): void } {
    let size = 0;
    for (const piece of pieces) size += piece.length;
    const whole = this.#take(size);
    let at = 0;
    for (const piece of pieces) at += whole.write(piece, at, 'latin1');
    return { bytes: whole.subarray(0, at), release: () => this.#give(whole) };
  }

  #take(size: number): Buffer {
    const at = this.#free.findIndex((buffer) => buffer.length >= size);
    if (at >= 0) return this.#free.splice(at, 1)[0]!;
    return Buffer.allocUnsafeSlow(Math.ceil((size + 1) / step) * step);
  }

  #give(buffer: Buffer): void {
    if (buffer.length > largestKept || this.#free.includes(buffer)) return;
    this.#free.push(buffer);
    this.#free.sort((a, b) => a.length - b.length);
    if (this.#free.length > kept) this.#free.shift();
  }
}
