import { recordHappenings } from '#db/happenings.ts';
import { addHistory } from '#db/node-history.ts';
import type { Queries } from '#db/schema.ts';
import type { Happening } from '#events/catalog.ts';
import { historyOf } from './history.ts';

/** Write what happened into the outbox, and into the node's history what belongs there, in the transaction of the change. */
export async function record(tx: Queries, host: string, happenings: readonly Happening[]): Promise<void> {
  if (happenings.length) await recordHappenings(tx, happenings);
  for (const happening of happenings) {
    const entry = historyOf(happening);
    if (entry) await addHistory(tx, { ...entry, node_uuid: happening.node, conductor: host });
  }
}
