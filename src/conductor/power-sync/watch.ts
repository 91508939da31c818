import type { Verdict } from '#model/power-sync.ts';

/** What power sync remembers between two looks, and how it stands. In memory: a look that changes nothing writes nothing. */
export interface PowerWatch {
  /** Looks in a row that failed or found the machine other than recorded, per node. */
  readonly misses: Map<string, number>;
  /** Nodes whose BMC was asked who made the machine. */
  readonly askedVendor: Set<string>;
  readonly counts: PowerSyncCounts;
}

export interface PowerSyncCounts {
  readonly verdicts: Record<Verdict, number>;
  /** Nodes that somebody held when they were to be corrected. */
  locked: number;
  recovered: number;
  /** Looks under way now. */
  underWay: number;
  rounds: number;
  /** Of the last round. */
  roundMs: number;
  roundNodes: number;
  /** How far the round that goes on is behind its plan, as of the last nodes that were begun. */
  lateMs: number;
  /** When the last round ended (ms since the epoch); 0 before the first. */
  endedAt: number;
}

export const newPowerWatch = (): PowerWatch => ({
  misses: new Map(),
  askedVendor: new Set(),
  counts: {
    verdicts: { agree: 0, wait: 0, learn: 0, record: 0, force: 0, 'give up': 0 },
    locked: 0,
    recovered: 0,
    underWay: 0,
    rounds: 0,
    roundMs: 0,
    roundNodes: 0,
    lateMs: 0,
    endedAt: 0,
  },
});
