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
  return { commitToEvent: event.at - newestChange(site, instance, `power ${to}`).at, eventToRow: row - event.at };
}

/** The newest power action on the node of an instance that ended in that state: when it was written down, and what was asked. */
export function newestChange({ openstack }: NovaSite, instance: string, to: string): { at: number; target: string } {
  const db = new Database(openstack.daemons.path('lib', 'data', 'ingot.db'), { readonly: true });
  try {
    const newest = `SELECT at, body ->> '$.target' AS target FROM happenings WHERE kind = 'power.changed'
      AND body ->> '$.instance' = ? AND body ->> '$.to' = ? ORDER BY id DESC LIMIT 1`;
    return db.prepare(newest).get(instance, to) as { at: number; target: string };
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
