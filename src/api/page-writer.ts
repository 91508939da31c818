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

/** The bytes of a text in ASCII, with no memory but their own. */
export function asciiBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(text.length);
  bytes.write(text, 'latin1');
  return bytes;
}
