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

/** The node that `ident` names; undefined also where the caller must not know of it. */
export async function nodeNamed(ask: Finder, ident: string): Promise<NodeRow | undefined> {
  const node = await nodeByIdent(ask, ident);
  return node && ask.may && !seesNode({ may: ask.may }, node) ? undefined : node;
}

async function nodeByIdent(ask: Finder, ident: string): Promise<NodeRow | undefined> {
  // compat: a UUID without dashes names nothing, although it is a UUID where one is asked for
  if (isUuid(ident)) return dashed.test(ident) ? findNode(ask.db.read, ident) : undefined;
  return ask.minor >= namesSince ? findNode(ask.db.read, ident) : undefined;
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

/** The request with the node of its path, after the route's policy was asked; without one the policy alone. */
export async function nodeOfPath(ask: Omit<Ask, 'node'>, route: Route): Promise<Ask> {
  const ident = route.findNode === false ? undefined : ask.params.node;
  if (ident === undefined) {
    if (route.policy && route.judges !== 'thing') ask.demand(route.policy);
    return ask as Ask;
  }
  if (!isUuid(ident) && !isLogicalName(ident, 10))
    throw new BadUri({ why: `"${ident}" is neither a UUID nor a name.` });
  const found = (await nodeNamed(ask, ident)) ?? (ask.suffixed ? await nodeNamed(ask, `${ident}.json`) : undefined);
  if (!found) throw new NodeNotFound({ ident });
  if (route.policy && route.judges !== 'thing') ask.demand(route.policy, nodeTarget(found));
  return { ...ask, node: found };
}
