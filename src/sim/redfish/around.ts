// What the resources of the service work with.
import type { Clock } from '#base/clock.ts';
import type { Board } from './board.ts';
import type { Paths } from './paths.ts';
import type { Answer, Asked } from './reply.ts';
import type { RedfishUsers } from './sessions.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Tasks } from './tasks.ts';

export interface Around {
  readonly clock: Clock;
  readonly boards: ReadonlyMap<string, Board>;
  readonly users: RedfishUsers;
  readonly tasks: Tasks;
  readonly subscriptions: Subscriptions;
  /** Durations of real machines are divided by it. */
  readonly speed: number;
  /** Fetches what media and updates name; resolves with the file that it was written to. */
  fetch(url: string, machine: string): Promise<string>;
  discard(file: string): Promise<void>;
}

/** The board that a request means, and where its resources lie. */
export interface Meant {
  readonly board: Board;
  readonly paths: Paths;
}

export type Handler = (asked: Asked, around: Around) => Answer | Promise<Answer>;
export type BoardHandler = (asked: Asked, meant: Meant, around: Around) => Answer | Promise<Answer>;

/** One resource: where it lies, and what may be done with it. */
export type Route = readonly [pattern: string, methods: Readonly<Record<string, Handler>>];
export type BoardRoute = readonly [pattern: string, methods: Readonly<Record<string, BoardHandler>>];
