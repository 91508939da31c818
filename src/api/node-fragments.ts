// The text of nodes, kept as long as their rows do not change: most of what lists cost is making it.
import { shownAt } from '#contract/fields.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { listNodes } from '#db/node-list.ts';
import { traitsOf, traitsOfNodes } from '#db/node-traits.ts';
import { findNode, type NodeStamp } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import { asciiJson } from './ascii-json.ts';
import type { Shelf } from './kept-texts.ts';
import { nodeRenderer, sightMark } from './node-view.ts';
import type { View } from './render.ts';
import type { Ask } from './route.ts';

type Owned = Pick<NodeStamp, 'owner' | 'lessee'>;

/** Shown of a node, and not told by its row: the ring of conductors changes by itself. */
const elsewhere = new Set(['conductor']);

/** One node as JSON text in ASCII; undefined when it was deleted or changed hands since its stamp was read. */
export async function nodeText(ask: Ask, stamp: NodeStamp, view: View): Promise<string | undefined> {
  const shelf = shelvesOf(ask, view)(stamp);
  const kept = shelf.of(stamp);
  if (kept !== undefined) return kept + endsOf(ask, view)(stamp);
  const row = await findNode(ask.db.read, stamp.uuid);
  if (!row || !sameOwner(row, stamp)) return undefined;
  const render = await renderingOf(ask, view, [row.uuid]);
  const text = render(row);
  shelvesOf(ask, view)(row).keep(row, text);
  return text + endsOf(ask, view)(row);
}

/** Whether what was found out about the rights to a node still holds. */
const sameOwner = (row: Owned, stamp: Owned): boolean => row.owner === stamp.owner && row.lessee === stamp.lessee;

/** Makes the texts of a page: those that are kept, and the others from rows that are all read here. */
export async function textsOf(
  ask: Ask,
  stamps: readonly NodeStamp[],
  view: View,
): Promise<(stamp: NodeStamp) => { text: string; made: boolean }> {
  const shelfOf = shelvesOf(ask, view);
  const endOf = endsOf(ask, view);
  const lacking = stamps.filter((stamp) => shelfOf(stamp).of(stamp) === undefined).map(({ uuid }) => uuid);
  const rows = new Map<string, NodeRow>();
  if (lacking.length > 0)
    for (const row of await listNodes(ask.db.read, { uuids: lacking, include_children: true })) rows.set(row.uuid, row);
  const render = lacking.length > 0 ? await renderingOf(ask, view, lacking) : undefined;
  return (stamp) => {
    const kept = shelfOf(stamp).of(stamp);
    if (kept !== undefined) return { text: kept + endOf(stamp), made: false };
    const row = rows.get(stamp.uuid);
    // A node that was deleted or changed hands between the two questions is shown by its UUID alone.
    if (!row || !render || !sameOwner(row, stamp)) return { text: `{"uuid":${JSON.stringify(stamp.uuid)}${endOf(stamp)}`, made: false };
    const text = render(row);
    shelfOf(row).keep(row, text);
    return { text: text + endOf(row), made: true };
  };
}

/** Where the texts of a view are kept, by what the caller sees of a node: worked out once per owner and lessee. */
function shelvesOf(ask: Ask, view: View): (node: Owned) => Shelf {
  const prefix = `${ask.base} ${ask.minor} ${typeof view === 'object' ? view.join() : (view ?? '-')} `;
  return perOwner((node) => ask.texts.shelf(prefix + sightMark(ask, node)));
}

/** Works something out once per owner and lessee, however many nodes they have. */
export function perOwner<T>(work: (node: Owned) => T): (node: Owned) => T {
  let last: { owner: string | null; lessee: string | null; value: T } | undefined;
  let known: Map<string, T> | undefined;
  return ({ owner, lessee }) => {
    if (last && last.owner === owner && last.lessee === lessee) return last.value;
    const key = last && JSON.stringify([owner, lessee]);
    const before = key === undefined ? undefined : known?.get(key);
    const value = before ?? work({ owner, lessee });
    if (last && key !== undefined) {
      known ??= new Map([[JSON.stringify([last.owner, last.lessee]), last.value]]);
      known.set(key, value);
    }
    last = { owner, lessee, value };
    return value;
  };
}

export const showsConductor = (view: View, minor: number): boolean =>
  view === 'all' ? minor >= nodeResource.fields.conductor.since : (view?.includes('conductor') ?? false);

/** How a node's text ends: with its conductor, where that is shown. */
function endsOf(ask: Ask, view: View): (node: NodeStamp) => string {
  if (!showsConductor(view, ask.minor)) return () => '}';
  const ends = new Map<string | null, string>();
  return (node) => {
    const host = ask.orders.conductorOf(node);
    let text = ends.get(host);
    if (text === undefined) {
      text = `,"conductor":${asciiJson(host)}}`;
      ends.set(host, text);
    }
    return text;
  };
}

/** What makes the texts of these nodes, in ASCII, without conductor and closing brace. Each begins with a field, since links are never chosen away. */
async function renderingOf(ask: Ask, view: View, uuids: readonly string[]): Promise<(row: NodeRow) => string> {
  const names = view === 'all' ? shownAt(nodeResource, ask.minor) : view;
  const kept = names?.filter((name) => !elsewhere.has(name) && name !== 'links');
  const traits = kept?.includes('traits') ? await traitsFor(ask, uuids) : undefined;
  const viewer = { base: ask.base, minor: ask.minor, may: remembered(ask.may) };
  return (row) => {
    const whole = { ...row, traits: traits?.get(row.uuid) ?? [], conductor: null };
    return asciiJson(nodeRenderer.one(whole, kept, viewer)).slice(0, -1);
  };
}

async function traitsFor(ask: Ask, uuids: readonly string[]): Promise<Map<string, string[]>> {
  const [only] = uuids;
  if (uuids.length > 1 || only === undefined) return traitsOfNodes(ask.db.read, uuids);
  return new Map([[only, await traitsOf(ask.db.read, only)]]);
}

/** Asks for each rule once per owner and lessee, however many nodes they have. */
function remembered(may: Ask['may']): Ask['may'] {
  const known = new Map<string, boolean>();
  return (rule, target) => {
    const key = `${rule} ${target?.['node.owner']} ${target?.['node.lessee']}`;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = may(rule, target);
      known.set(key, answer);
    }
    return answer;
  };
}
