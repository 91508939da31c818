// Work that several ask for at the same moment is done once.

interface Under<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/** Who comes while the same work is under way waits for it; it is stopped when nobody waits any more. */
export class Sharing<T> {
  readonly #under = new Map<string, Under<T>>();

  /** Rejects with the signal's reason when it is aborted first; the others go on waiting. */
  do(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const under = this.#under.get(key) ?? this.#begin(key, work);
    under.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        under.waiting--;
        if (under.waiting === 0) {
          this.#end(key, under);
          under.stop.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      const stay = () => signal.removeEventListener('abort', leave);
      under.result.finally(stay).then(resolve, reject);
    });
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Under<T> {
    const stop = new AbortController();
    const under: Under<T> = { stop, waiting: 0, result: work(stop.signal) };
    this.#under.set(key, under);
    const end = () => this.#end(key, under);
    under.result.then(end, end);
    return under;
  }

  #end(key: string, under: Under<T>): void {
    if (this.#under.get(key) === under) this.#under.delete(key);
  }
}
