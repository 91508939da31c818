// A page of nodes as bytes: made once for all who ask for the same while nothing changes, and piece by piece, so that
// others are answered meanwhile and nothing more is made for a client that went away.
import { listNodes, type NodeFilter } from '#db/node-list.ts';
import { type NodeStamp, stampColumns } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import type { Asking, Mark, Page } from './kept-pages.ts';
import { perOwner, showsConductor, textsOf } from './node-fragments.ts';
import { sightMark } from './node-view.ts';
import { PageWriter } from './page-writer.ts';
import type { View } from './render.ts';
import type { TablePage } from './resource.ts';
import type { Ask } from './route.ts';

export interface PageAsked {
  readonly filter: NodeFilter;
  readonly page: TablePage<keyof NodeRow>;
  readonly view: View;
  /** What follows the nodes, as JSON text in ASCII. */
  end(count: number, last: string | undefined): string;
}

/** How many nodes are made before others have their turn: some milliseconds. */
const atOnce = 50;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Makes the page; throws the signal's reason as soon as it is aborted. */
export async function makeNodePage(ask: Ask, asked: PageAsked, signal: AbortSignal): Promise<Page> {
  const { filter, page, view } = asked;
  const stamps: NodeStamp[] = await listNodes(ask.db.read, filter, page, stampColumns);
  signal.throwIfAborted(); // nobody waits for the rest any more
  const addText = await textsOf(ask, stamps, view);
  const out = new PageWriter();
  out.addText('{"nodes":[');
  let made = 0;
  for (const [at, stamp] of stamps.entries()) {
    if (at > 0) out.addText(',');
    if (!addText(stamp, out) || ++made % atOnce !== 0) continue;
    await turn();
    signal.throwIfAborted();
  }
  out.addText(asked.end(stamps.length, stamps.at(-1)?.uuid));
  return { parts: out.end(), bytes: out.bytes, holdsFor: sameSight(ask, stamps, view) };
}

/** What a page depends on beside the tables: what its caller may see of each node, and who serves it. */
function sameSight(ask: Ask, stamps: readonly NodeStamp[], view: View): (other: Asking) => boolean {
  const sights = new Map<string, { node: NodeStamp; mark: string }>();
  const mark = perOwner((node) => sightMark(ask, node));
  let last: NodeStamp | undefined;
  for (const node of stamps) {
    if (last && last.owner === node.owner && last.lessee === node.lessee) continue;
    last = node;
    const key = JSON.stringify([node.owner, node.lessee]);
    if (!sights.has(key)) sights.set(key, { node, mark: mark(node) });
  }
  const seen = [...sights.values()];
  const served = showsConductor(view, ask.minor) ? stamps : [];
  const hosts = served.map((node) => ask.orders.conductorOf(node));
  return (other) =>
    seen.every((one) => sightMark(other, one.node) === one.mark) &&
    served.every((node, at) => other.orders.conductorOf(node) === hosts[at]);
}

/**
 * The page as it is now: one that is kept, one that is being made, or a new one. `mark` was taken before anything was read
 * for `asked`; `key` names everything that the page depends on beside the tables and its caller's rights.
 */
export async function nodePage(ask: Ask, mark: Mark, key: string, asked: PageAsked): Promise<Page> {
  const { kept, sharing } = ask.pages;
  const known = kept.of(key, mark);
  if (known?.holdsFor(ask)) return known;
  const make = (signal: AbortSignal) => makeNodePage(ask, asked, signal);
  const shared = await sharing.do(`${mark} ${key}`, ask.presence.signal, make);
  // Somebody else may have begun it, who sees other things.
  const page = shared.holdsFor(ask) ? shared : await make(ask.presence.signal);
  kept.keep(key, mark, page);
  return page;
}
