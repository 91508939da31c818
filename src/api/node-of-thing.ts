// The node that something new hangs on, or that something is moved to: named in a body, and asked for the right to do so.
import { InvalidParameterValue } from '#contract/errors.ts';
import type { NodeRow } from '#db/schema.ts';
import { nodeNamed } from './idents.ts';
import type { Ask } from './route.ts';
import { nodeTarget } from './sight.ts';

const nobodys = { 'node.owner': null, 'node.lessee': null };

/**
 * The node that the body of a creation names, after the route's policy was asked for it: 403 before 400, so that who may
 * not learns nothing of what there is.
 */
export async function nodeForNew(ask: Ask, field: string, ident: string): Promise<NodeRow> {
  const node = await nodeNamed(ask, ident);
  if (ask.rule) ask.demand(ask.rule, node ? nodeTarget(node) : nobodys);
  if (!node) throw new InvalidParameterValue({ why: `${field}: there is no node ${ident}.` });
  return node;
}

/** The node that a change moves something to: who changes it needs the same right there. */
export async function nodeForMove(ask: Ask, field: string, ident: string): Promise<NodeRow> {
  const node = await nodeNamed(ask, ident);
  if (!node) throw new InvalidParameterValue({ why: `${field}: there is no node ${ident}.` });
  if (ask.rule) ask.demand(ask.rule, nodeTarget(node));
  return node;
}
