// How long it takes from the commit of a power state to the event at nova, and from there to nova's database.
import Database from 'better-sqlite3';
import type { NovaSite } from '../../setup/openstack/nova-site.ts';

export interface Delay {
  readonly commitToEvent: number;
  readonly eventToRow: number;
}

/** Switch a node through Ingot's API, and follow that change until it stands in nova's database. Milliseconds. */
export async function followed(site: NovaSite, node: string, instance: string, to: 'on' | 'off'): Promise<Delay> {
  const { openstack } = site;
  const before = openstack.proxy.events.length;
  await site.power(node, `power ${to}`);
  const row = await until(async () => (await openstack.instance(instance)).power === to && Date.now());
  const event = await until(async () => openstack.proxy.events.slice(before).find((e) => e.instance === instance));
  return { commitToEvent: event.at - committedAt(site, instance, `power ${to}`), eventToRow: row - event.at };
}

/** When Ingot wrote down that state, as its own database says. */
function committedAt({ openstack }: NovaSite, instance: string, to: string): number {
  const db = new Database(openstack.daemons.path('lib', 'data', 'ingot.db'), { readonly: true });
  try {
    const newest = `SELECT at FROM happenings WHERE kind = 'power.changed' AND body ->> '$.instance' = ?
      AND body ->> '$.to' = ? ORDER BY id DESC LIMIT 1`;
    return (db.prepare(newest).get(instance, to) as { at: number }).at;
  } finally {
    db.close();
  }
}

async function until<T>(look: () => Promise<T | false | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
