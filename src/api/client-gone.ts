import type { ServerResponse } from 'node:http';
import { defineError } from '#base/errors.ts';
import type { Route } from './route.ts';

/** Nobody is there to be answered; the status (nginx's) stands in the log only. */
export const ClientGone = defineError('ClientGone', 499, () => 'The client went away before it was answered.');

/** Whether somebody still waits for an answer, and to which route the request came. */
export interface Presence {
  /** Set at the door; undefined where there is none for the path. */
  route?: Route;
  /** Throws ClientGone when the client has gone. */
  check(): void;
  /** Aborted with ClientGone when the client goes; made when it is first asked for. */
  readonly signal: AbortSignal;
}

export function presenceOf(response: ServerResponse): Presence {
  let gone: AbortController | undefined;
  const left = () => response.closed && !response.writableFinished;
  return {
    check() {
      if (left()) throw new ClientGone({});
    },
    get signal() {
      if (gone) return gone.signal;
      const controller = new AbortController();
      gone = controller;
      const leave = () => {
        if (!response.writableFinished) controller.abort(new ClientGone({}));
      };
      if (left()) leave();
      else response.once('close', leave);
      return controller.signal;
    },
  };
}
