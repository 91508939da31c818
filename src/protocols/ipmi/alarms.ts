// Many alarms, one timer: a heap of times on the clock that was given.
import type { Clock } from '#base/clock.ts';

export interface Alarm {
  cancel(): void;
}

interface Entry extends Alarm {
  when: number;
  ring: (() => void) | undefined;
}

/** Alarms ring on this grid (milliseconds), so that thousands of them cost a hundred wake-ups a second at most. */
const grain = 10;

/** libuv takes 32 datagrams from a socket in one turn of the loop. */
const lateTurns = 16;
/** What else goes on in the process is not to wait for hundreds of sessions that end at one moment. */
const rungInOneTurn = 16;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Alarms {
  readonly #clock: Clock;
  #heap: Entry[] = [];
  #running = false;
  #closed = false;
  #sleepsUntil = 0;
  #wake = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `ring` `ms` milliseconds from now, or a little later. */
  after(ms: number, ring: () => void): Alarm {
    const when = Math.ceil((this.#clock.now() + ms) / grain) * grain;
    const entry: Entry = {
      when,
      ring,
      cancel: () => {
        entry.ring = undefined;
      },
    };
    this.#push(entry);
    if (!this.#running) void this.#run();
    else if (when < this.#sleepsUntil) this.#wake.abort();
    return entry;
  }

  /** No alarm rings any more. */
  close(): void {
    this.#closed = true;
    this.#heap = [];
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (!this.#closed && this.#heap.length > 0) {
      const first = this.#heap[0]!;
      if (!first.ring) this.#pop();
      else if (first.when <= this.#clock.now()) await this.#ringDue();
      else await this.#sleepUntil(first.when);
    }
    this.#running = false;
  }

  /**
   * Rings what is due now. First the loop turns once, oftener when it is late: what has come in meanwhile and waits in the
   * socket must not be taken for silence.
   */
  async #ringDue(): Promise<void> {
    const now = this.#clock.now();
    const turns = now - this.#heap[0]!.when > 2 * grain ? lateTurns : 1;
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    for (let rung = 1; this.#heap.length > 0 && this.#heap[0]!.when <= now; rung++) {
      const entry = this.#pop();
      const { ring } = entry;
      entry.ring = undefined;
      ring?.();
      if (rung % rungInOneTurn === 0) await nextTurn();
    }
  }

  async #sleepUntil(when: number): Promise<void> {
    this.#sleepsUntil = when;
    this.#wake = new AbortController();
    await this.#clock.sleep(Math.max(0, when - this.#clock.now()), this.#wake.signal).catch(() => {});
    this.#sleepsUntil = 0;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.when <= entry.when) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.when < heap[child]!.when) child++;
      if (heap[child]!.when >= last.when) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
