// The text of nodes, kept as long as their rows do not change: most of what lists cost is making it.
import { shownAt } from '#contract/fields.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import { listNodes, type NodeFilter } from '#db/node-list.ts';
import { traitsOfNodes } from '#db/node-traits.ts';
import type { NodeRow } from '#db/schema.ts';
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

/** Shown of a node, and not part of its row: never kept. */
const elsewhere = new Set(['traits', 'conductor']);

/** The nodes of a page as JSON texts, and the UUID of the last. */
export async function nodePage(
  ask: Ask,
  filter: NodeFilter,
  page: TablePage<keyof NodeRow>,
  view: View,
): Promise<{ texts: string[]; last: string | undefined }> {
  const stamps: Stamp[] = await listNodes(ask.db.read, filter, page, stampColumns);
  const known = await textsOf(ask, stamps, view);
  const names = fieldsOf(view, ask.minor);
  const traits = names.has('traits')
    ? await traitsOfNodes(
        ask.db.read,
        stamps.map(({ uuid }) => uuid),
      )
    : undefined;
  const withConductor = names.has('conductor');
  const texts = stamps.map((stamp, at) => {
    const own = traits ? `,"traits":${JSON.stringify(traits.get(stamp.uuid) ?? [])}` : '';
    const conductor = withConductor ? `,"conductor":${JSON.stringify(ask.orders.conductorOf(stamp))}` : '';
    return `${known[at]}${own}${conductor}}`;
  });
  return { texts, last: stamps.at(-1)?.uuid };
}

async function textsOf(ask: Ask, stamps: readonly Stamp[], view: View): Promise<string[]> {
  const prefix = `${ask.base} ${ask.minor} ${typeof view === 'object' ? view.join() : (view ?? '-')} `;
  const marks = marksOf(ask);
  const texts = stamps.map(({ uuid, revision, ...node }) => ask.texts.of(prefix + marks(node) + uuid, revision));
  const lacking = stamps.filter((_, at) => texts[at] === undefined).map(({ uuid }) => uuid);
  if (lacking.length === 0) return texts as string[];
  const made = new Map<string, string>();
  const render = rendererOf(view, ask);
  for (const row of await listNodes(ask.db.read, { uuids: lacking, include_children: true })) {
    const text = render(row);
    made.set(row.uuid, text);
    ask.texts.keep(prefix + marks(row) + row.uuid, row.revision, text);
  }
  // A node that was deleted between the two questions is shown as it was last known, or by its UUID alone.
  return texts.map((text, at) => text ?? made.get(stamps[at]!.uuid) ?? `{"uuid":${JSON.stringify(stamps[at]!.uuid)}`);
}

/** What the caller sees of nodes, worked out once per owner and lessee. */
function marksOf(ask: Ask): (node: Pick<NodeRow, 'owner' | 'lessee'>) => string {
  const known = new Map<string, string>();
  return ({ owner, lessee }) => {
    const key = JSON.stringify([owner, lessee]);
    let mark = known.get(key);
    if (mark === undefined) {
      mark = sightMark(ask, { owner, lessee });
      known.set(key, mark);
    }
    return mark;
  };
}

const fieldsOf = (view: View, minor: number): ReadonlySet<string> =>
  new Set(view === 'all' ? shownAt(nodeResource, minor) : (view ?? []));

/** Makes the kept part of a node's text. It always begins with a field, since links are never chosen away. */
function rendererOf(view: View, ask: Ask): (row: NodeRow) => string {
  const all = view === 'all' ? shownAt(nodeResource, ask.minor) : view;
  const kept = all?.filter((name) => !elsewhere.has(name) && name !== 'links');
  return (row) => {
    const shown = nodeRenderer.one({ ...row, traits: [], conductor: null }, kept, ask);
    return JSON.stringify(shown).slice(0, -1);
  };
}
