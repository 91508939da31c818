// Stamps of nodes by the UUID that a path names, kept as long as nothing was written: to ask whether anything was costs a
// fifth of asking for the row.
import type { NodeStamp } from '#db/nodes.ts';

const most = 20_000;

export class KeptStamps {
  #mark: number | undefined;
  readonly #stamps = new Map<string, NodeStamp>();

  /** The stamp that was kept under this very mark. */
  of(uuid: string, mark: number): NodeStamp | undefined {
    return this.#mark === mark ? this.#stamps.get(uuid) : undefined;
  }

  /** `mark` was taken before the stamp was read. */
  keep(uuid: string, mark: number, stamp: NodeStamp): void {
    if (this.#mark !== mark || this.#stamps.size >= most) this.#stamps.clear();
    this.#mark = mark;
    this.#stamps.set(uuid, stamp);
  }
}
