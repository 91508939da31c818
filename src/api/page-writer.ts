// Puts a large answer together from bytes and short texts, in parts that are written one by one.

const partSize = 256 * 1024;

export class PageWriter {
  readonly #parts: Uint8Array[] = [];
  #part: Buffer = Buffer.allocUnsafeSlow(partSize);
  #at = 0;
  /** How many bytes there are so far. */
  bytes = 0;

  add(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#part.set(bytes, this.#at);
    this.#at += bytes.length;
    this.bytes += bytes.length;
  }

  /** Text in ASCII. */
  addText(text: string): void {
    this.#makeRoom(text.length);
    this.#at += this.#part.write(text, this.#at, 'latin1');
    this.bytes += text.length;
  }

  /** A place of this size as the next of the page: who asked for it writes it full. */
  readonly room = (size: number): Buffer => {
    this.#makeRoom(size);
    this.#at += size;
    this.bytes += size;
    return this.#part.subarray(this.#at - size, this.#at);
  };

  end(): readonly Uint8Array[] {
    this.#parts.push(this.#part.subarray(0, this.#at));
    return this.#parts;
  }

  #makeRoom(size: number): void {
    if (this.#at + size <= this.#part.length) return;
    this.#parts.push(this.#part.subarray(0, this.#at));
    this.#part = Buffer.allocUnsafeSlow(Math.max(partSize, size));
    this.#at = 0;
  }
}

const slabSize = 32 * 1024;

/** From how many texts on they share memory. */
export const manyTexts = 50;

/** Memory for texts that are made together: to ask for each alone costs more than to write it. Few get their own. */
export function roomFor(count: number): (size: number) => Buffer {
  let slab = Buffer.alloc(0);
  let at = 0;
  return (size) => {
    if (count < manyTexts) return Buffer.allocUnsafeSlow(size);
    if (at + size > slab.length) {
      slab = Buffer.allocUnsafeSlow(Math.max(slabSize, size));
      at = 0;
    }
    at += size;
    return slab.subarray(at - size, at);
  };
}
