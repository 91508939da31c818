// A machine's way from power-on to the agent, per node, only the last of it.
import { nowOf } from './dialect.ts';
import type { BootEventRow, JsonObject, Queries } from './schema.ts';

/** How many events of one node are kept. */
export const bootEventsKept = 200;

/** Note what a machine did; the oldest of its events beyond 200 are forgotten. */
export async function addBootEvent(tx: Queries, node: string, kind: string, detail: JsonObject): Promise<void> {
  await tx
    .insertInto('boot_events')
    .values({ node_uuid: node, kind, detail, at: nowOf(tx) })
    .execute();
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
