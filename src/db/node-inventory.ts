import { NodeInventoryNotFound } from '#contract/errors.ts';
import { nowOf } from './dialect.ts';
import type { JsonObject, NodeInventoryRow, Queries } from './schema.ts';

/** What the last inspection of the node found; throws NodeInventoryNotFound. */
export async function inventoryOf(db: Queries, node: string): Promise<NodeInventoryRow> {
  const row = await db.selectFrom('node_inventory').selectAll().where('node_uuid', '=', node).executeTakeFirst();
  if (!row) throw new NodeInventoryNotFound({ node });
  return row;
}

/** Keep what an inspection found, in place of what the one before found. */
export async function saveInventory(
  tx: Queries,
  node: string,
  inventory_data: JsonObject,
  plugin_data: JsonObject,
): Promise<void> {
  const found = { inventory_data, plugin_data, created_at: nowOf(tx) };
  await tx
    .insertInto('node_inventory')
    .values({ node_uuid: node, ...found })
    .onConflict((conflict) => conflict.column('node_uuid').doUpdateSet(found))
    .execute();
}

/** Forget what was found. */
export async function deleteInventory(tx: Queries, node: string): Promise<void> {
  await tx.deleteFrom('node_inventory').where('node_uuid', '=', node).execute();
}
