import type { ServerResponse } from 'node:http';
import { defineError } from '#base/errors.ts';
import type { Presence } from './route.ts';

/** Nobody is there to be answered; the status (nginx's) stands in the log only. */
export const ClientGone = defineError('ClientGone', 499, () => 'The client went away before it was answered.');

/** The client of a request, as long as it waits. */
export class Client implements Presence {
  route?: { readonly method: string; readonly path: string };
  readonly #response: ServerResponse;
  #gone: AbortController | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  check(): void {
    if (this.#left()) throw new ClientGone({});
  }

  get signal(): AbortSignal {
    if (this.#gone) return this.#gone.signal;
    const gone = new AbortController();
    this.#gone = gone;
    const leave = () => {
      if (this.#left()) gone.abort(new ClientGone({}));
    };
    leave();
    this.#response.once('close', leave);
    return gone.signal;
  }

  #left(): boolean {
    return this.#response.closed && !this.#response.writableFinished;
  }
}
