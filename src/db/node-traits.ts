// A change of a node's traits is a change of the node: its revision grows, so that nobody shows what was before.
import { sql } from 'kysely';
import { NodeTraitNotFound } from '#contract/errors.ts';
import { listed, placeholder, rowsOf } from './dialect.ts';
import type { Queries } from './schema.ts';

/** The node's traits, sorted. */
export async function traitsOf(db: Queries, node: string): Promise<string[]> {
  const text = `select trait from node_traits where node_uuid = ${placeholder(db, 1)} order by trait`;
  return (await rowsOf<{ trait: string }>(db, text, [node])).map((row) => row.trait);
}

/** The traits of many nodes, by node; nodes without any are missing. */
export async function traitsOfNodes(db: Queries, nodes: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const query = db.selectFrom('node_traits').selectAll().where('node_uuid', 'in', listed(db, nodes));
  for (const { node_uuid, trait } of await query.orderBy('trait').execute()) {
    const traits = found.get(node_uuid);
    if (traits) traits.push(trait);
    else found.set(node_uuid, [trait]);
  }
  return found;
}

const touch = (tx: Queries, node: string) =>
  tx.updateTable('nodes').set({ revision: sql<number>`revision + 1` }).where('uuid', '=', node).execute();

/** Give the node exactly these traits. */
export async function setTraits(tx: Queries, node: string, traits: readonly string[]): Promise<void> {
  await removeTraits(tx, node);
  const rows = [...new Set(traits)].map((trait) => ({ node_uuid: node, trait }));
  if (rows.length > 0) await tx.insertInto('node_traits').values(rows).execute();
}

/** Add one trait; nothing happens where it is there already. */
export async function addTrait(tx: Queries, node: string, trait: string): Promise<void> {
  await tx
    .insertInto('node_traits')
    .values({ node_uuid: node, trait })
    .onConflict((on) => on.doNothing())
    .execute();
  await touch(tx, node);
}

/** Take one trait away; throws NodeTraitNotFound. */
export async function removeTrait(tx: Queries, node: string, trait: string): Promise<void> {
  const query = tx.deleteFrom('node_traits').where('node_uuid', '=', node).where('trait', '=', trait);
  if (!(await query.returning('trait').executeTakeFirst())) throw new NodeTraitNotFound({ node, trait });
  await touch(tx, node);
}

/** Take all traits away. */
export async function removeTraits(tx: Queries, node: string): Promise<void> {
  await tx.deleteFrom('node_traits').where('node_uuid', '=', node).execute();
  await touch(tx, node);
}
