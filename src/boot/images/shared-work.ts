import type { OnProgress } from './download.ts';

/** What one piece of work gets: a signal that is aborted when nobody waits any more, and whom to tell of progress. */
export interface WorkTools {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

interface Work<T> {
  readonly promise: Promise<T>;
  readonly abort: AbortController;
  readonly listeners: Set<OnProgress>;
  waiting: number;
}

/** Work that is done once for all who ask for the same key at the same time. */
export class SharedWork<T> {
  readonly #running = new Map<string, Work<T>>();

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  #start(key: string, run: (tools: WorkTools) => Promise<T>): Work<T> {
    const abort = new AbortController();
    const listeners = new Set<OnProgress>();
    const onProgress: OnProgress = (done, total) => {
      for (const listener of listeners) listener(done, total);
    };
    const promise = run({ signal: abort.signal, onProgress }).finally(() => this.#running.delete(key));
    promise.catch(() => {});
    const work = { promise, abort, listeners, waiting: 0 };
    this.#running.set(key, work);
    return work;
  }

  /** Join the work for `key`, or begin it. Who leaves by its signal leaves the others undisturbed. */
  async do(
    key: string,
    run: (tools: WorkTools) => Promise<T>,
    options: { signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined } = {},
  ): Promise<T> {
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    let work = this.#running.get(key);
    if (work?.abort.signal.aborted) {
      // Everybody left just now; wait until it is gone, then begin anew.
      await work.promise.catch(() => {});
      work = this.#running.get(key);
    }
    work ??= this.#start(key, run);
    work.waiting += 1;
    if (onProgress) work.listeners.add(onProgress);
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([work.promise, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (onProgress) work.listeners.delete(onProgress);
      work.waiting -= 1;
      if (work.waiting === 0) work.abort.abort(signal?.reason ?? new Error('Nobody waits for this image any more.'));
    }
  }
}
