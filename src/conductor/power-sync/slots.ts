import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many works are begun before everybody else in the process has a turn: the API is not to wait for a whole round. */
const begunInOneTurn = 16;

/** So much at once, and no more: whoever feeds it waits for a free place. */
export class Slots {
  readonly #most: number;
  #taken = 0;
  #begun = 0;
  #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Begin `work` when there is a place for it; resolves when it has begun. `work` must not throw. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.#begun++ % begunInOneTurn === 0) await nextTurn();
    while (this.#taken >= this.#most) await this.#change();
    this.#taken++;
    void work().finally(() => {
      this.#taken--;
      this.#tell();
    });
  }

  /** Resolves when everything that was begun has ended. */
  async empty(): Promise<void> {
    while (this.#taken > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
