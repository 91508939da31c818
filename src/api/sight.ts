// The one place that says who may see what: whose rows a list holds, and which single things are there for somebody.
// A list holds exactly what its caller may read one by one.
import { HTTPForbidden } from '#contract/errors.ts';
import type { PolicyRule, PolicyTarget } from '#contract/policies.ts';
import type { Sight, Whose } from '#db/conditions.ts';
import { findNode } from '#db/nodes.ts';
import type { NodeRow, Queries } from '#db/schema.ts';
import type { Ask } from './route.ts';

/** What hangs on a node is its owner's and its lessee's; the others have an owner of their own. */
const owners = {
  node: 'node',
  port: 'node',
  portgroup: 'node',
  volume: 'node',
  allocation: 'allocation',
  runbook: 'runbook',
} as const;

export type Seen = keyof typeof owners;
type Judge = Pick<Ask, 'may' | 'demand' | 'caller' | 'authority'>;

const ruleOf = (kind: Seen, act: 'get' | 'list' | 'list_all') => `baremetal:${kind}:${act}` as PolicyRule;
const somebodyElse = '\u0000';

/**
 * Whose rows of this kind the caller may list; undefined: everybody's. `asked` is the project that the caller narrows
 * the list to. Throws HTTPForbidden.
 */
export function sightOfList(ask: Judge, kind: Seen, asked?: string): Sight | undefined {
  if (ask.may(ruleOf(kind, 'list_all'))) return undefined;
  const { project } = ask.caller;
  if (!project || (asked !== undefined && asked !== project))
    throw new HTTPForbidden({ rule: ruleOf(kind, 'list_all') });
  ask.demand(ruleOf(kind, 'list'));
  return ownSight(ask, kind, project);
}

/** Whose rows of this kind there are for the caller, where no list of them was asked for. */
export function sightOf(ask: Judge, kind: Seen): Sight | undefined {
  if (ask.may(ruleOf(kind, 'list_all'))) return undefined;
  return ownSight(ask, kind, ask.caller.project);
}

/**
 * The rule that judges single things, asked for each owner and lessee that makes a difference to it: the caller's project,
 * nobody, what the rule names, and anybody else.
 */
function ownSight(ask: Judge, kind: Seen, project: string | undefined): Sight | undefined {
  const what = owners[kind];
  const rule = ruleOf(kind, 'get');
  const compared = ask.authority.compared?.(rule, ask.caller) ?? [];
  const named = [...new Set([...(project === undefined ? [] : [project]), ...compared])];
  const all: Whose[] = [...named, null, { others: named }];
  const seen = (owner: Whose, lessee: Whose) =>
    ask.may(rule, { [`${what}.owner`]: oneOf(owner), ...(what === 'node' && { 'node.lessee': oneOf(lessee) }) });
  const pairs = all.flatMap((owner) =>
    (what === 'node' ? all : [null]).map((lessee) => ({ owner, lessee, seen: seen(owner, lessee) })),
  );
  if (pairs.every((pair) => pair.seen)) return undefined;
  const others = { others: named };
  const plain = {
    project: project ?? '',
    owner: project !== undefined && seen(project, others),
    lessee: project !== undefined && what === 'node' && seen(others, project),
  };
  const isPlain = (owner: Whose, lessee: Whose) =>
    (plain.owner && owner === project) || (plain.lessee && lessee === project);
  if (pairs.every((pair) => pair.seen === isPlain(pair.owner, pair.lessee))) return plain;
  const shown = pairs.filter((pair) => pair.seen);
  return { ...plain, pairs: shown.map(({ owner, lessee }) => ({ owner, ...(what === 'node' && { lessee }) })) };
}

const oneOf = (whose: Whose): string | null => (whose === null || typeof whose === 'string' ? whose : somebodyElse);

/** What policy rules look at in a node. */
export const nodeTarget = (node: Pick<NodeRow, 'owner' | 'lessee'>): PolicyTarget => ({
  'node.owner': node.owner,
  'node.lessee': node.lessee,
});

const nobodys: PolicyTarget = { 'node.owner': null, 'node.lessee': null };

/** The target of something that hangs on the node with this UUID; a node that is not there is nobody's. */
export async function targetOnNode(db: Queries, node: string | null | undefined): Promise<PolicyTarget> {
  const row = node ? await findNode(db, node) : undefined;
  return row ? nodeTarget(row) : nobodys;
}

/** Whether there is this node for the caller. */
export const seesNode = (ask: Pick<Ask, 'may'>, node: Pick<NodeRow, 'owner' | 'lessee'>): boolean =>
  ask.may('baremetal:node:get', nodeTarget(node));

/** What a caller may have of one kind of thing: how it is read, and whose it is. */
export interface Access<R> {
  readonly get: PolicyRule;
  target(db: Queries, row: R): Promise<PolicyTarget> | PolicyTarget;
  /** Whether everybody may read it. */
  readonly isPublic?: (row: R) => boolean;
}

/** Whether there is this thing for the caller; where there is, the route's own rule is asked, which throws HTTPForbidden. */
export async function admits<R>(ask: Ask, access: Access<R>, row: R): Promise<boolean> {
  const target = await access.target(ask.db.read, row);
  const shared = access.isPublic?.(row) ?? false;
  if (!shared && !ask.may(access.get, target)) return false;
  if (ask.rule && !(shared && ask.rule === access.get)) ask.demand(ask.rule, target);
  return true;
}
