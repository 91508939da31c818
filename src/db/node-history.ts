import { newUuid } from '#base/ids.ts';
import { NodeHistoryNotFound } from '#contract/errors.ts';
import { equalTo } from './conditions.ts';
import { nowOf } from './dialect.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { NodeHistoryRow, Queries } from './schema.ts';

const history = resource('node_history', { named: false });

/** One line to write; what is left out is null. */
export type HistoryLine = Pick<NodeHistoryRow, 'node_uuid' | 'severity'> &
  Partial<Omit<NodeHistoryRow, 'id' | 'uuid' | 'created_at' | 'updated_at' | 'node_uuid' | 'severity'>>;

const longest = 65_535;

/** Write one line of a node's history; the text is cut at 65,535 characters. */
export async function addHistory(tx: Queries, line: HistoryLine): Promise<void> {
  const event = line.event?.slice(0, longest) ?? null;
  await tx
    .insertInto('node_history')
    .values({ ...line, event, uuid: newUuid(), created_at: nowOf(tx) })
    .execute();
}

/** The history of one node, oldest first unless sorted otherwise; throws NodeHistoryNotFound for an unknown marker. */
export const listHistory = (
  db: Queries,
  node: string,
  page: Page<keyof NodeHistoryRow> = {},
): Promise<NodeHistoryRow[]> => history.list(db, equalTo({ node_uuid: node }), page);

/** One line of a node's history; throws NodeHistoryNotFound. */
export async function historyBy(db: Queries, node: string, uuid: string): Promise<NodeHistoryRow> {
  const line = await history.find(db, uuid);
  if (line?.node_uuid !== node) throw new NodeHistoryNotFound({ ident: uuid });
  return line;
}

/**
 * Delete up to `limit` lines, the oldest first, of nodes that have more than `keep`; none written since `before`.
 * Tells how many were deleted.
 */
export async function pruneHistory(tx: Queries, keep: number, before: number, limit: number): Promise<number> {
  const ranked = tx.selectFrom('node_history').select((eb) => [
    'id',
    'created_at',
    eb.fn
      .agg<number>('row_number')
      .over((over) => over.partitionBy('node_uuid').orderBy('id', 'desc'))
      .as('place'),
  ]);
  const old = tx
    .selectFrom(ranked.as('ranked'))
    .select('id')
    .where('place', '>', keep)
    .where('created_at', '<', before)
    .orderBy('id')
    .limit(limit);
  return Number((await tx.deleteFrom('node_history').where('id', 'in', old).executeTakeFirstOrThrow()).numDeletedRows);
}
