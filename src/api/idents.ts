// Nodes as paths and bodies name them: by UUID, and from 1.5 on by name.

import { isUuid } from '#base/ids.ts';
import { BadUri, InvalidParameterValue, NodeNotFound } from '#contract/errors.ts';
import { isLogicalName } from '#contract/values.ts';
import { findNode } from '#db/nodes.ts';
import type { NodeRow, Queries } from '#db/schema.ts';
import type { Ask, Route } from './route.ts';
import { nodeTarget, seesNode } from './sight.ts';

const namesSince = 5;
const dashed = /^[0-9a-f]{8}-/i;

/** `may` is left out where nobody in particular asks: nodes are there for ramdisks whoever owns them. */
type Finder = { readonly db: { readonly read: Queries }; readonly minor: number; readonly may?: Ask['may'] };

/** Reads what there is of a node, at least whose it is: the row or its stamp. */
type Read<N> = (db: Queries, ident: string) => Promise<N | undefined>;
type Owned = Pick<NodeRow, 'owner' | 'lessee'>;

/** The node that `ident` names; undefined also where the caller must not know of it. */
export const nodeNamed = (ask: Finder, ident: string): Promise<NodeRow | undefined> => named(ask, ident, findNode);

async function named<N extends Owned>(ask: Finder, ident: string, read: Read<N>): Promise<N | undefined> {
  // compat: a UUID without dashes names nothing, although it is a UUID where one is asked for
  if (isUuid(ident) ? !dashed.test(ident) : ask.minor < namesSince) return undefined;
  const node = await read(ask.db.read, ident);
  return node && ask.may && !seesNode({ may: ask.may }, node) ? undefined : node;
}

/** The node that `ident` names; throws NodeNotFound (404). */
export async function requireNode(ask: Finder, ident: string): Promise<NodeRow> {
  const node = await nodeNamed(ask, ident);
  if (!node) throw new NodeNotFound({ ident });
  return node;
}

/** The node that a body names: one that there is not is the body's fault (400). */
export async function nodeOfBody(ask: Finder, field: string, ident: string): Promise<NodeRow> {
  const node = await nodeNamed(ask, ident);
  if (!node) throw new InvalidParameterValue({ why: `${field}: there is no node ${ident}.` });
  return node;
}

/** What the path of a request names; throws BadUri, or NodeNotFound (404). */
export async function inPath<N extends Owned>(
  ask: Finder & Pick<Ask, 'suffixed'>,
  ident: string,
  read: Read<N>,
): Promise<N> {
  if (!isUuid(ident) && !isLogicalName(ident, 10))
    throw new BadUri({ why: `"${ident}" is neither a UUID nor a name.` });
  const found = (await named(ask, ident, read)) ?? (ask.suffixed ? await named(ask, `${ident}.json`, read) : undefined);
  if (!found) throw new NodeNotFound({ ident });
  return found;
}

/** The node of a request's path, after the route's policy was asked; without one the policy alone. */
export async function nodeOfPath(ask: Omit<Ask, 'node'>, route: Route): Promise<NodeRow | undefined> {
  const ident = route.findNode === false ? undefined : ask.params.node;
  const judged = route.judges === 'thing' ? undefined : route.policy;
  const node = ident === undefined ? undefined : await inPath(ask, ident, findNode);
  if (judged) ask.demand(judged, node && nodeTarget(node));
  return node;
}
