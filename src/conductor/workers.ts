import { NoFreeConductorWorker } from '#contract/errors.ts';

/** How much work is done at once. A slot is taken before anything is promised to a client, so that no promise is broken. */
export class Workers {
  readonly #size: number;
  readonly #running = new Set<Promise<void>>();
  #taken = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get busy(): number {
    return this.#taken;
  }

  /** Take a slot, or throw NoFreeConductorWorker. Give it to `run` or `giveBack`. */
  take(): void {
    if (this.#taken >= this.#size) throw new NoFreeConductorWorker({});
    this.#taken++;
  }

  giveBack(): void {
    this.#taken--;
  }

  /** Run `work` in a slot that was taken; the slot is given back when it ends. `work` must not throw. */
  run(work: () => Promise<void>): void {
    const running = work().finally(() => {
      this.#taken--;
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size) await Promise.allSettled(this.#running);
  }
}
