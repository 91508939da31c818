// The text of nodes, kept as long as their rows do not change: most of what lists cost is making it.
import { fieldOf, listedAt, shownAt } from '#contract/fields.ts';
import type { PolicyRule } from '#contract/policies.ts';
import { node as nodeResource } from '#contract/resources/node.ts';
import type { StoredRow } from '#db/dialect.ts';
import type { NodeColumn } from '#db/node-list.ts';
import { traitsOf, traitsOfNodes } from '#db/node-traits.ts';
import type { NodeStamp } from '#db/nodes.ts';
import { type StoredNodes, stampOf, storedNodes } from '#db/stored-nodes.ts';
import { asciiJson } from './ascii-json.ts';
import type { Shelf } from './kept-texts.ts';
import { type NodeShown, nodeMakers, sightMark } from './node-view.ts';
import { manyTexts, type PageWriter, roomFor } from './page-writer.ts';
import type { Maker, View, Viewer } from './render.ts';
import type { Ask } from './route.ts';
import { inQuotes, type Room, type TextPlan, textPlan } from './text-renderer.ts';

type Owned = Pick<NodeStamp, 'owner' | 'lessee'>;

/** Shown of a node, and not told by its row: the ring of conductors changes by itself. */
const elsewhere = new Set(['conductor']);

/** One node as JSON text in ASCII; undefined when it was deleted or changed hands since its stamp was read. */
export async function nodeText(ask: Ask, stamp: NodeStamp, view: View): Promise<string | undefined> {
  const shelf = shelvesOf(ask, view)(stamp);
  const kept = shelf.of(stamp);
  if (kept) return kept.toString('latin1') + endsOf(ask, view)(stamp);
  const read = await readNodes(ask, view, [stamp]);
  const row = read.row(stamp);
  if (!row) return undefined;
  const text = read.text(row, Buffer.allocUnsafeSlow);
  shelf.keep(row.stamp, text);
  return text.toString('latin1') + endsOf(ask, view)(row.stamp);
}

/** Whether what was found out about the rights to a node still holds. */
const sameOwner = (row: Owned, stamp: Owned): boolean => row.owner === stamp.owner && row.lessee === stamp.lessee;

/**
 * What adds the text of a node to a page: the one that is kept, or a new one (it returns true then) from the rows, which
 * are all read here.
 */
export async function textsOf(
  ask: Ask,
  stamps: readonly NodeStamp[],
  view: View,
): Promise<(stamp: NodeStamp, page: PageWriter) => boolean> {
  const shelfOf = shelvesOf(ask, view);
  const endOf = endsOf(ask, view);
  const lacking = stamps.filter((stamp) => shelfOf(stamp).of(stamp) === undefined);
  const read = lacking.length > 0 ? await readNodes(ask, view, lacking) : undefined;
  const mostNew = lacking.length >= manyTexts && lacking.length * 2 > stamps.length;
  const apart = roomFor(lacking.length);
  return (stamp, page) => {
    const shelf = shelfOf(stamp);
    const kept = shelf.of(stamp);
    if (kept) {
      page.add(kept);
      page.addText(endOf(stamp));
      return false;
    }
    const row = read?.row(stamp);
    if (!read || !row) {
      // A node that was deleted or changed hands between the two questions is shown by its UUID alone.
      page.addText(`{"uuid":"${inQuotes(stamp.uuid)}"${endOf(stamp)}`);
      return false;
    }
    // Most of a page may be held by its texts; a few would hold the whole of it.
    const text = read.text(row, mostNew ? page.room : apart);
    shelf.keep(row.stamp, text);
    if (!mostNew) page.add(text);
    page.addText(endOf(row.stamp));
    return true;
  };
}

/** Where the texts of a view are kept, by what the caller sees of a node: worked out once per owner and lessee. */
function shelvesOf(ask: Ask, view: View): (node: Owned) => Shelf {
  const prefix = `${ask.base} ${ask.minor} ${typeof view === 'object' ? view.join() : (view ?? '-')} `;
  return perOwner((node) => ask.texts.shelf(prefix + sightMark(ask, node)));
}

/** Works something out once per owner and lessee, however many nodes they have. */
export function perOwner<T>(work: (node: Owned) => T): (node: Owned) => T {
  const known = new Map<string, { readonly value: T }>();
  let last: { owner: string | null; lessee: string | null; value: T } | undefined;
  return ({ owner, lessee }) => {
    if (last && last.owner === owner && last.lessee === lessee) return last.value;
    const key = JSON.stringify([owner, lessee]);
    const { value } = known.get(key) ?? { value: work({ owner, lessee }) };
    known.set(key, { value });
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

/** How the texts of one view at one version are made. */
interface Plan {
  readonly withTraits: boolean;
  readonly stored: StoredNodes;
  readonly text: TextPlan;
}

interface TraitsViewer extends Viewer {
  readonly traits: ReadonlyMap<string, readonly string[]> | undefined;
}

const makers: Readonly<Record<string, Maker<NodeShown>>> = {
  ...nodeMakers,
  traits: ({ uuid }, at) => (at as TraitsViewer).traits?.get(uuid) ?? [],
};

function makePlan(view: View, minor: number): Plan {
  const names = view === 'all' ? shownAt(nodeResource, minor) : (view ?? listedAt(nodeResource, minor));
  // Links are never chosen away, so that each text has a field to which the conductor is added.
  const kept = [...names.filter((name) => !elsewhere.has(name) && name !== 'links'), 'links'];
  const columns = kept.filter((name) => name !== 'traits' && fieldOf(nodeResource, name)?.type !== 'links');
  const stored = storedNodes(columns as NodeColumn[]);
  return { withTraits: kept.includes('traits'), stored, text: textPlan(nodeResource, kept, makers, stored.columns) };
}

/** Plans of the views that were asked for: those that clients think of are endless, the usual ones few. */
function keptPlans(most: number): (view: View, minor: number) => Plan {
  const plans = new Map<string, Plan>();
  return (view, minor) => {
    const id = `${minor}/${typeof view === 'object' ? view.join() : (view ?? '-')}`;
    const plan = plans.get(id) ?? makePlan(view, minor);
    if (plans.size < most) plans.set(id, plan);
    return plan;
  };
}

const planOf = keptPlans(200);

/** A node as it was read. */
interface ReadNode {
  readonly stamp: NodeStamp;
  readonly values: StoredRow;
}

interface Read {
  row(stamp: NodeStamp): ReadNode | undefined;
  /** What it looks like, in ASCII, without conductor and closing brace. */
  text(row: ReadNode, room: Room): Buffer;
}

/** Reads these nodes; `row` finds none that was deleted or changed hands since. */
async function readNodes(ask: Ask, view: View, stamps: readonly NodeStamp[]): Promise<Read> {
  const plan = planOf(view, ask.minor);
  const ids = stamps.map(({ id }) => id);
  const rows = await plan.stored.read(ask.db.read, ids);
  const byId = new Map<number, ReadNode>();
  for (const values of rows) {
    const stamp = stampOf(values);
    byId.set(stamp.id, { stamp, values });
  }
  // After the rows: a text may be newer than its revision says, never older.
  const traits = plan.withTraits ? await traitsFor(ask, [...byId.values()]) : undefined;
  const at: TraitsViewer = { base: ask.base, minor: ask.minor, may: remembered(ask.may), traits };
  const texts = plan.text(at, inQuotes(ask.base));
  return {
    row(stamp) {
      const row = byId.get(stamp.id);
      return row && sameOwner(row.stamp, stamp) ? row : undefined;
    },
    text: ({ values, stamp }, room) => texts.write(values, stamp, room),
  };
}

async function traitsFor(ask: Ask, rows: readonly ReadNode[]): Promise<Map<string, string[]>> {
  const uuids = rows.map(({ stamp }) => stamp.uuid);
  const [only] = uuids;
  if (uuids.length !== 1 || only === undefined) return traitsOfNodes(ask.db.read, uuids);
  return new Map([[only, await traitsOf(ask.db.read, only)]]);
}

/** Asks for each rule once per owner and lessee, however many nodes they have. */
function remembered(may: Ask['may']): Ask['may'] {
  const answersFor = perOwner(() => new Map<PolicyRule, boolean>());
  return (rule, target) => {
    const owner = (target?.['node.owner'] ?? null) as string | null;
    const lessee = (target?.['node.lessee'] ?? null) as string | null;
    const answers = answersFor({ owner, lessee });
    let answer = answers.get(rule);
    if (answer === undefined) {
      answer = may(rule, target);
      answers.set(rule, answer);
    }
    return answer;
  };
}
