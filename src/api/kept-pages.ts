// Whole pages of a list, kept as long as nothing was written: while nothing changes, many ask for the same.
import type { Orders } from './orders.ts';
import type { Viewer } from './render.ts';

/** Who asks, as far as a page depends on that. */
export type Asking = Viewer & { readonly orders: Pick<Orders, 'conductorOf'> };

/** An answer in the parts in which it is written. */
export interface Page {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  /** Whether it is what this request would be shown, if nothing was written since. */
  holdsFor(ask: Asking): boolean;
}

export type Mark = number | string;

interface Kept {
  readonly mark: Mark;
  readonly page: Page;
}

const usualBytes = 16 * 1024 * 1024;
const sizeOf = (key: string, { bytes }: Page): number => bytes + key.length + 200;

/** Pages by what was asked; the one that was not asked for longest goes first. */
export class KeptPages {
  readonly #pages = new Map<string, Kept>();
  readonly #most: number;
  bytes = 0;

  constructor(mostBytes = usualBytes) {
    this.#most = mostBytes;
  }

  of(key: string, mark: Mark): Page | undefined {
    const kept = this.#pages.get(key);
    if (!kept) return undefined;
    this.#pages.delete(key);
    if (kept.mark === mark) {
      this.#pages.set(key, kept);
      return kept.page;
    }
    this.bytes -= sizeOf(key, kept.page);
    return undefined;
  }

  keep(key: string, mark: Mark, page: Page): void {
    const before = this.#pages.get(key);
    if (before) this.bytes -= sizeOf(key, before.page);
    this.#pages.delete(key);
    this.#pages.set(key, { mark, page });
    this.bytes += sizeOf(key, page);
    for (const [oldest, kept] of this.#pages) {
      if (this.bytes <= this.#most) return;
      this.#pages.delete(oldest);
      this.bytes -= sizeOf(oldest, kept.page);
    }
  }
}
