import { listed } from './dialect.ts';
import type { Queries } from './schema.ts';

/** The traits of each of these nodes, sorted; a node without any is not in the map. */
export async function traitsOf(db: Queries, nodes: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('node_traits')
    .selectAll()
    .where('node_uuid', 'in', listed(db, nodes))
    .orderBy('trait')
    .execute();
  const traits = new Map<string, string[]>();
  for (const { node_uuid, trait } of rows) {
    const known = traits.get(node_uuid);
    if (known) known.push(trait);
    else traits.set(node_uuid, [trait]);
  }
  return traits;
}

/** Replace all traits of a node. */
export async function setTraits(tx: Queries, node: string, traits: readonly string[]): Promise<void> {
  await tx.deleteFrom('node_traits').where('node_uuid', '=', node).execute();
  const rows = [...new Set(traits)].map((trait) => ({ node_uuid: node, trait }));
  if (rows.length) await tx.insertInto('node_traits').values(rows).execute();
}

/** Add a trait; one that is there stays. */
export async function addTrait(tx: Queries, node: string, trait: string): Promise<void> {
  await tx
    .insertInto('node_traits')
    .values({ node_uuid: node, trait })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Remove a trait; false when the node did not have it. */
export async function removeTrait(tx: Queries, node: string, trait: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('node_traits')
    .where('node_uuid', '=', node)
    .where('trait', '=', trait)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
