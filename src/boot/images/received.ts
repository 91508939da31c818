// An image while it streams by once: counted, hashed, looked into.

import { createHash, type Hash } from 'node:crypto';
import type { Algorithm, Checksum } from './checksum.ts';
import { ChecksumDiffers } from './faults.ts';
import { ImageInspector, type Inspection } from './inspect.ts';

/** What is known of an image whose last byte was seen. */
export interface ReceivedImage {
  readonly checksum: Checksum;
  readonly inspection: Inspection;
}

/** Takes the bytes of one image in order; `restart` forgets them. */
export class Receiver {
  readonly #algorithm: Algorithm;
  #hash: Hash;
  #inspector = new ImageInspector();
  #bytes = 0;

  constructor(algorithm: Algorithm) {
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#inspector.feed(chunk);
    this.#bytes += chunk.length;
  }

  restart(): void {
    this.#hash = createHash(this.#algorithm);
    this.#inspector = new ImageInspector();
    this.#bytes = 0;
  }

  finish(): ReceivedImage {
    const checksum = { algorithm: this.#algorithm, value: this.#hash.digest('hex') };
    return { checksum, inspection: this.#inspector.finish() };
  }
}

/** Throws ImageChecksumError with both sums when an image is not the expected one. */
export function judgeChecksum(image: string, expected: Checksum | undefined, received: ReceivedImage): void {
  if (!expected || expected.value === received.checksum.value) return;
  throw new ChecksumDiffers({
    image,
    algorithm: expected.algorithm,
    expected: expected.value,
    actual: received.checksum.value,
    bytes: received.inspection.size,
  });
}
