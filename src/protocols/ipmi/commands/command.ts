import type { Unreadable } from '../wire/unreadable.ts';

export const privileges = { callback: 1, user: 2, operator: 3, administrator: 4 } as const;

export type Privilege = keyof typeof privileges;

/** How the packets of a session are protected. */
export interface Sealed {
  readonly encrypted: boolean;
  readonly authenticated: boolean;
}

/** One IPMI command and how its answer reads. */
export interface Command<T = unknown> {
  readonly name: string;
  readonly netFn: number;
  readonly lun?: number;
  readonly cmd: number;
  readonly data: Uint8Array;
  /** Data that depends on how the session's packets are sealed; `data` where it doesn't. */
  dataIn?(sealed: Sealed): Uint8Array;
  /** For the BMC itself, also where commands go on to another controller. */
  readonly direct?: true;
  /** How long the session is kept after it at least, where that is longer than usual. */
  readonly lingerMs?: number;
  /** False: may follow the command before it at once, whatever rest the BMC is given between two. */
  readonly paced?: false;
  /** The privilege that the specification asks for. */
  readonly needs: number;
  /** Doing it twice is not doing it once: it is sent once and never again. */
  readonly once?: boolean;
  /** The data behind the completion code, as a value. */
  read(data: Buffer): T | Unreadable;
}

/** Whoever can run commands on a BMC. */
export interface Runner {
  run<T>(command: Command<T>, options?: CallOptions): Promise<T>;
}

/** Orders go first, then reads, then background reads such as a power sync. */
export type Rank = 'order' | 'read' | 'background';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch after which the caller does not want it any more, queueing included. */
  readonly deadline?: number;
  readonly rank?: Rank;
}

export const empty = new Uint8Array(0);
export const nothing = (): undefined => undefined;
