// The text of nodes, kept as long as their rows do not change: most of what lists cost is making it.
import { shownAt } from '#contract/fields.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { listNodes, type NodeFilter } from '#db/node-list.ts';
import { traitsOf, traitsOfNodes } from '#db/node-traits.ts';
import type { NodeRow } from '#db/schema.ts';
import { asciiJson } from './ascii-json.ts';
import type { Shelf } from './kept-texts.ts';
import { nodeRenderer, sightMark } from './node-view.ts';
import type { View } from './render.ts';
import type { TablePage } from './resource.ts';
import type { Ask } from './route.ts';

/** What says whether a kept text still holds, and what is added to it for every answer anew. */
type Stamp = Pick<NodeRow, 'uuid' | 'revision' | 'driver' | 'conductor_group' | 'owner' | 'lessee'>;
const stampColumns = [
  'uuid',
  'revision',
  'driver',
  'conductor_group',
  'owner',
  'lessee',
] as const satisfies readonly (keyof Stamp)[];

/** Shown of a node, and not told by its row: the ring of conductors changes by itself. */
const elsewhere = new Set(['conductor']);

/** The nodes of a page as JSON text in pieces, how many they are, and the UUID of the last. */
export async function nodePage(
  ask: Ask,
  filter: NodeFilter,
  page: TablePage<keyof NodeRow>,
  view: View,
): Promise<{ pieces: string[]; count: number; last: string | undefined }> {
  const stamps: Stamp[] = await listNodes(ask.db.read, filter, page, stampColumns);
  ask.signal.throwIfAborted(); // nobody waits for the rest any more
  const texts = await textsOf(ask, stamps, view);
  const endOf = endsOf(ask, view);
  const pieces: string[] = [];
  for (let at = 0; at < stamps.length; at++) {
    if (at > 0) pieces.push(',');
    pieces.push(texts[at]!, endOf(stamps[at]!));
  }
  return { pieces, count: stamps.length, last: stamps.at(-1)?.uuid };
}

/** One node as JSON text. */
export async function nodeText(ask: Ask, row: NodeRow, view: View): Promise<string> {
  const shelf = shelvesOf(ask, view)(row);
  const kept = shelf.of(row.uuid, row.revision);
  const text = kept ?? (await render(ask, view, [row])).get(row.uuid)!;
  if (kept === undefined) shelf.keep(row.uuid, row.revision, text);
  return text + endsOf(ask, view)(row);
}

/** The texts of nodes without their conductor and their closing brace. */
async function textsOf(ask: Ask, stamps: readonly Stamp[], view: View): Promise<string[]> {
  const shelfOf = shelvesOf(ask, view);
  const texts = stamps.map((stamp) => shelfOf(stamp).of(stamp.uuid, stamp.revision));
  const lacking = stamps.filter((_, at) => texts[at] === undefined).map(({ uuid }) => uuid);
  if (lacking.length === 0) return texts as string[];
  const rows = await listNodes(ask.db.read, { uuids: lacking, include_children: true });
  const made = await render(ask, view, rows);
  for (const row of rows) shelfOf(row).keep(row.uuid, row.revision, made.get(row.uuid)!);
  // A node that was deleted between the two questions is shown by its UUID alone.
  return texts.map((text, at) => text ?? made.get(stamps[at]!.uuid) ?? `{"uuid":${JSON.stringify(stamps[at]!.uuid)}`);
}

/** Where the texts of a view are kept, by what the caller sees of a node: worked out once per owner and lessee. */
function shelvesOf(ask: Ask, view: View): (node: Pick<NodeRow, 'owner' | 'lessee'>) => Shelf {
  const prefix = `${ask.base} ${ask.minor} ${typeof view === 'object' ? view.join() : (view ?? '-')} `;
  const known = new Map<string, Shelf>();
  let last: { owner: string | null; lessee: string | null; shelf: Shelf } | undefined;
  return ({ owner, lessee }) => {
    if (last && last.owner === owner && last.lessee === lessee) return last.shelf;
    const key = JSON.stringify([owner, lessee]);
    const shelf = known.get(key) ?? ask.texts.shelf(prefix + sightMark(ask, { owner, lessee }));
    known.set(key, shelf);
    last = { owner, lessee, shelf };
    return shelf;
  };
}

const showsConductor = (view: View, minor: number): boolean =>
  view === 'all' ? minor >= nodeResource.fields.conductor.since : (view?.includes('conductor') ?? false);

/** How a node's text ends: with its conductor, where that is shown. */
function endsOf(ask: Ask, view: View): (node: Stamp) => string {
  if (!showsConductor(view, ask.minor)) return () => '}';
  const known = new Map<string | null, string>();
  return (node) => {
    const host = ask.orders.conductorOf(node);
    let text = known.get(host);
    if (text === undefined) {
      text = `,"conductor":${asciiJson(host)}}`;
      known.set(host, text);
    }
    return text;
  };
}

/** Makes texts, in ASCII. Each begins with a field, since links are never chosen away. */
async function render(ask: Ask, view: View, rows: readonly NodeRow[]): Promise<Map<string, string>> {
  const names = view === 'all' ? shownAt(nodeResource, ask.minor) : view;
  const kept = names?.filter((name) => !elsewhere.has(name) && name !== 'links');
  const uuids = rows.map(({ uuid }) => uuid);
  const traits = kept?.includes('traits') ? await traitsFor(ask, uuids) : undefined;
  const viewer = { base: ask.base, minor: ask.minor, may: remembered(ask.may) };
  return new Map(
    rows.map((row) => {
      const whole = { ...row, traits: traits?.get(row.uuid) ?? [], conductor: null };
      return [row.uuid, asciiJson(nodeRenderer.one(whole, kept, viewer)).slice(0, -1)];
    }),
  );
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
