// A few facts about the database itself: its schema number, the instance's id, settings that outlive a restart.
import { newUuid } from '#base/ids.ts';
import type { Queries } from './schema.ts';

/** The value kept under this key, or undefined. */
export async function metaOf(db: Queries, key: string): Promise<string | undefined> {
  return (await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst())?.value;
}

/** Keep a value under this key; `schema` belongs to the migrations. */
export async function setMeta(tx: Queries, key: string, value: string): Promise<void> {
  await tx
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** The id of this installation: made once, the same for all hosts that share the database. */
export async function instanceId(tx: Queries): Promise<string> {
  const fresh = { key: 'instance', value: newUuid() };
  await tx
    .insertInto('meta')
    .values(fresh)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await metaOf(tx, 'instance')) ?? fresh.value;
}
