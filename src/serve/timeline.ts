// What machines asked for when they booted: kept per node, so that a boot that failed can be explained.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { BootEvent } from '#boot/timeline/boot-event.ts';
import { explainBoot } from '#boot/timeline/explain-boot.ts';
import { addBootEvents, bootEventsOf } from '#db/boot-events.ts';
import type { Db } from '#db/database.ts';
import { nodeByMacs } from '#db/nodes.ts';

export interface Timeline {
  readonly sink: (event: BootEvent) => void;
  explain(node: string, since: number): Promise<string>;
  close(): Promise<void>;
}

/** Events wait so long for others, to be written together. */
const gatherMs = 200;
const mostWaiting = 2000;

/** A timeline on the database. `boots` is false where no boot service runs: then there is nothing to tell from. */
export function makeTimeline(parts: { db: Db; clock: Clock; log: Log; boots: boolean }): Timeline {
  const { db, clock, log } = parts;
  let waiting: BootEvent[] = [];
  let writing: Promise<void> | undefined;
  const flush = async (): Promise<void> => {
    const events = waiting;
    waiting = [];
    try {
      const known = await withNodes(db, events);
      if (known.length) await db.write((tx) => addBootEvents(tx, known));
    } catch (error) {
      log.warn({ err: error, events: events.length }, 'boot events could not be kept');
    }
  };
  const soon = async (): Promise<void> => {
    while (waiting.length) {
      await clock.sleep(gatherMs).catch(() => {});
      await flush();
    }
    writing = undefined;
  };
  return {
    sink(event) {
      log.debug({ ...event }, event.detail);
      // A flood of events of strangers must not take the memory.
      if (waiting.length < mostWaiting) waiting.push(event);
      writing ??= soon();
    },
    async explain(node, since) {
      await flush();
      const rows = await bootEventsOf(db.read, node, since);
      if (!rows.length && !parts.boots)
        return 'No boot service runs here (no --boot-interface), so nothing is known of how far its boot came.';
      return explainBoot(rows.map((row) => row.detail as unknown as BootEvent));
    },
    async close() {
      await writing;
      await flush();
    },
  };
}

interface KeptEvent {
  readonly node: string;
  readonly kind: string;
  readonly at: number;
  readonly detail: Record<string, unknown>;
}

async function withNodes(db: Db, events: readonly BootEvent[]): Promise<KeptEvent[]> {
  const byMac = new Map<string, string | undefined>();
  const kept: KeptEvent[] = [];
  for (const event of events) {
    let node = event.node;
    if (!node && event.mac) {
      if (!byMac.has(event.mac)) byMac.set(event.mac, (await nodeByMacs(db.read, [event.mac]))?.uuid);
      node = byMac.get(event.mac);
    }
    if (node) kept.push({ node, kind: event.kind, at: event.at, detail: { ...event } });
  }
  return kept;
}
