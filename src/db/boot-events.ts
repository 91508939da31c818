// A machine's way from power-on to the agent, per node, only the last of it.
import { listed } from './dialect.ts';
import type { BootEventRow, JsonObject, Queries } from './schema.ts';

/** How many events of one node are kept. */
export const bootEventsKept = 200;

async function trim(tx: Queries, node: string): Promise<void> {
  const oldest = tx
    .selectFrom('boot_events')
    .select('id')
    .where('node_uuid', '=', node)
    .orderBy('id', 'desc')
    .offset(bootEventsKept)
    .limit(1);
  await tx.deleteFrom('boot_events').where('node_uuid', '=', node).where('id', '<=', oldest).execute();
}

/** The events of a node since `since`, oldest first. */
export const bootEventsOf = (db: Queries, node: string, since = 0): Promise<BootEventRow[]> =>
  db
    .selectFrom('boot_events')
    .selectAll()
    .where('node_uuid', '=', node)
    .where('at', '>=', since)
    .orderBy('id')
    .execute();

export interface NewBootEvent {
  readonly node: string;
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly detail: JsonObject;
}

/** Note what machines did, many at once; what is of no node that is known is dropped. Of each node the newest 200 are kept. */
export async function addBootEvents(tx: Queries, events: readonly NewBootEvent[]): Promise<void> {
  const named = [...new Set(events.map((event) => event.node))];
  const found = await tx.selectFrom('nodes').select('uuid').where('uuid', 'in', listed(tx, named)).execute();
  const known = new Set(found.map((row) => row.uuid));
  const rows = events
    .filter((event) => known.has(event.node))
    .map(({ node, kind, at, detail }) => ({ node_uuid: node, kind, at, detail }));
  if (rows.length) await tx.insertInto('boot_events').values(rows).execute();
  for (const node of known) await trim(tx, node);
}
