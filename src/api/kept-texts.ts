// Texts of rows as the bytes that they are sent as, kept as long as the rows do not change.

/** A row as far as its text is concerned: the id is never given to another row, not even to one with the same UUID. */
export interface Revised {
  readonly id: number;
  readonly revision: number;
}

interface Kept {
  readonly revision: number;
  readonly text: Buffer;
}

const usualBytes = 64 * 1024 * 1024;
const sizeOf = (view: string): number => view.length + 300;
const beside = 300; // what is kept with a text

/** JSON texts on shelves, one shelf for each view; those of the view that was not asked for longest go first. */
export class KeptTexts {
  readonly #shelves = new Map<string, Shelf>();
  readonly #most: number;
  /** How many texts that are kept lie in the same memory: it is free when the last of them is dropped. */
  readonly #lyingIn = new Map<ArrayBufferLike, number>();
  #newest: string | undefined;
  bytes = 0;

  constructor(mostBytes = usualBytes) {
    this.#most = mostBytes;
  }

  shelf(view: string): Shelf {
    const known = this.#shelves.get(view);
    if (known && this.#newest === view) return known;
    const shelf = known ?? new Shelf(this);
    this.#shelves.delete(view);
    this.#shelves.set(view, shelf);
    this.#newest = view;
    if (!known) this.bytes += sizeOf(view);
    this.makeRoom();
    return shelf;
  }

  hold({ buffer }: Buffer): void {
    const others = this.#lyingIn.get(buffer) ?? 0;
    this.#lyingIn.set(buffer, others + 1);
    this.bytes += beside + (others === 0 ? buffer.byteLength : 0);
  }

  drop({ buffer }: Buffer): void {
    const others = this.#lyingIn.get(buffer)! - 1;
    if (others > 0) this.#lyingIn.set(buffer, others);
    else this.#lyingIn.delete(buffer);
    this.bytes -= beside + (others === 0 ? buffer.byteLength : 0);
  }

  makeRoom(): void {
    if (this.bytes <= this.#most) return;
    for (const [view, shelf] of this.#shelves) {
      if (shelf.clearUntil(() => this.bytes <= this.#most * 0.9)) return;
      shelf.gone = true;
      this.#shelves.delete(view);
      this.bytes -= sizeOf(view);
    }
  }
}

/** The texts of one kind of view. A text is good for one revision of its row only. */
export class Shelf {
  readonly #texts = new Map<number, Kept>();
  readonly #all: KeptTexts;
  /** Made room for others: whoever has it still keeps nothing in it. */
  gone = false;

  constructor(all: KeptTexts) {
    this.#all = all;
  }

  of({ id, revision }: Revised): Buffer | undefined {
    const kept = this.#texts.get(id);
    return kept?.revision === revision ? kept.text : undefined;
  }

  keep({ id, revision }: Revised, text: Buffer): void {
    if (this.gone) return;
    const before = this.#texts.get(id);
    if (before && before.revision > revision) return; // read earlier, made later
    if (before) this.#all.drop(before.text);
    this.#all.hold(text);
    this.#texts.set(id, { revision, text });
    this.#all.makeRoom();
  }

  /** Drops the oldest texts until `enough`; false when there was not enough to drop. */
  clearUntil(enough: () => boolean): boolean {
    for (const [id, { text }] of this.#texts) {
      if (enough()) return true;
      this.#texts.delete(id);
      this.#all.drop(text);
    }
    return enough();
  }
}
