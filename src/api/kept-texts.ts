// Texts of rows, kept as long as the rows do not change.

interface Kept {
  readonly revision: number;
  readonly text: string;
}

/** The texts of one kind of view, by UUID. A text is good for one revision of its row only. */
export interface Shelf {
  of(uuid: string, revision: number): string | undefined;
  keep(uuid: string, revision: number, text: string): void;
}

const usualBytes = 64 * 1024 * 1024;
const sizeOf = (text: string): number => text.length + 150;

/** JSON texts on shelves, one shelf for each view; those of the view that was not asked for longest go first. */
export class KeptTexts {
  readonly #shelves = new Map<string, Map<string, Kept>>();
  readonly #most: number;
  #bytes = 0;

  constructor(mostBytes = usualBytes) {
    this.#most = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  shelf(view: string): Shelf {
    const texts = this.#shelves.get(view) ?? new Map<string, Kept>();
    this.#shelves.delete(view);
    this.#shelves.set(view, texts);
    return {
      of(uuid, revision) {
        const kept = texts.get(uuid);
        return kept?.revision === revision ? kept.text : undefined;
      },
      keep: (uuid, revision, text) => {
        const before = texts.get(uuid);
        if (before) this.#bytes -= sizeOf(before.text);
        texts.set(uuid, { revision, text });
        this.#bytes += sizeOf(text);
        if (this.#bytes > this.#most) this.#makeRoom();
      },
    };
  }

  #makeRoom(): void {
    for (const [view, texts] of this.#shelves) {
      for (const [uuid, { text }] of texts) {
        texts.delete(uuid);
        this.#bytes -= sizeOf(text);
        if (this.#bytes <= this.#most * 0.9) return;
      }
      this.#shelves.delete(view);
    }
  }
}
