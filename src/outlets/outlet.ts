import type { Tx } from '#db/database.ts';
import type { Happening, HappeningKind } from '#events/catalog.ts';

/** A happening as outlets read it: what was recorded, with its number and its time (ms since the epoch). */
export type Heard = Happening & { readonly id: number; readonly at: number };

/** Somebody who hears of happenings, each at least once, in their order. */
export interface Outlet {
  readonly name: string;
  readonly hears: readonly HappeningKind[];
  /** Runs in the transaction that moves the outlet's cursor: only queries, as it may run again. What throws is tried again. */
  take(tx: Tx, heard: readonly Heard[]): Promise<void>;
  /** Called when that transaction is durable. */
  taken?(): void;
}

/** How an outlet stands. */
export interface OutletStatus {
  readonly name: string;
  /** Number of the last happening that it has passed. */
  readonly cursor: number;
  readonly failures: number;
  readonly lastError: string | null;
  /** Milliseconds since the epoch. */
  readonly lastErrorAt: number | null;
}
