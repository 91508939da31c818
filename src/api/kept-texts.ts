// Texts of rows, kept as long as the rows do not change.
import { LRUCache } from 'lru-cache';

interface Kept {
  readonly revision: number;
  readonly text: string;
}

const mostBytes = 64 * 1024 * 1024;

/** A store of JSON texts by key; a text is good for one revision of its row only. */
export class KeptTexts {
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: mostBytes,
    sizeCalculation: ({ text }) => text.length + 200,
  });

  of(key: string, revision: number): string | undefined {
    const kept = this.#kept.get(key);
    return kept?.revision === revision ? kept.text : undefined;
  }

  keep(key: string, revision: number, text: string): void {
    this.#kept.set(key, { revision, text });
  }
}
