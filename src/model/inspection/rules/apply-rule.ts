// One rule on one machine: whether it holds, and what it makes of the records. Pure: what it wants done outside is returned.
import { type Budget, BudgetSpent, spend } from '../pattern/match.ts';
import { type Action, type ActionName, actions, type Draft, type Effect, Refused } from './actions.ts';
import { actionArguments, conditionArguments, type Entry, namedArguments, operatorOf } from './arguments.ts';
import { type ConditionName, conditions } from './conditions.ts';
import { RuleError } from './paths.ts';
import { fillAll, type Scope } from './placeholders.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Rule {
  readonly uuid: string;
  readonly description: string | null;
  readonly priority: number;
  /** Its conditions, its actions and what they say are shown to nobody. */
  readonly sensitive: boolean;
  /** Only for nodes with this `properties.inspection_scope`; null for all. */
  readonly scope: string | null;
  readonly conditions: readonly Entry[];
  readonly actions: readonly Entry[];
}

/** The machine that is inspected. */
export interface Subject extends Draft {
  readonly inventory: Json;
}

export type MaskSecrets = 'always' | 'never' | 'sensitive';

export type Verdict =
  | { readonly is: 'skipped'; readonly because: string }
  | { readonly is: 'applied'; readonly draft: Draft; readonly effects: readonly Effect[] }
  /** `refused`: the rule said so itself (fail); `at` names the condition or the action. */
  | { readonly is: 'failed'; readonly at: string; readonly why: string; readonly refused: boolean };

/** Work that a rule may cost: entered states of patterns, letters filled in, items of loops. */
export const stepsOfRule = 1_000_000;

const mostItems = 10_000;

/** Whether a rule is for this node at all. */
export function inScope(rule: Pick<Rule, 'scope'>, node: Json): boolean {
  if (rule.scope === null || rule.scope === '') return true;
  return (node.properties as Json | null)?.inspection_scope === rule.scope;
}

/** Ask the rule's conditions, and do its actions where all of them hold. Never throws. */
export function applyRule(rule: Rule, subject: Subject, masking: MaskSecrets, steps = stepsOfRule): Verdict {
  const budget = { steps };
  const hides = masking === 'always' || (masking === 'sensitive' && !rule.sensitive);
  let at = 'scope';
  try {
    if (!inScope(rule, subject.node)) return { is: 'skipped', because: at };
    const { inventory } = subject;
    const scopeOf = ({ node, traits, plugin_data }: Draft): Scope => ({
      node: { ...node, traits },
      inventory,
      plugin_data,
      hides,
    });
    const scope = scopeOf(subject);
    for (const [index, entry] of rule.conditions.entries()) {
      at = `conditions[${index}] (${entry.op})`;
      if (!holds(entry, scope, budget)) return { is: 'skipped', because: at };
    }
    let draft: Draft = subject;
    const effects: Effect[] = [];
    for (const [index, entry] of rule.actions.entries()) {
      at = `actions[${index}] (${entry.op})`;
      const done = act(entry, draft, scopeOf, budget);
      draft = done.draft;
      effects.push(...done.effects);
    }
    return { is: 'applied', draft: changesOf(draft), effects };
  } catch (error) {
    return { is: 'failed', at, ...reasonOf(error) };
  }
}

const changesOf = ({ node, ports, traits, plugin_data }: Draft): Draft => ({ node, ports, traits, plugin_data });

function reasonOf(error: unknown): { why: string; refused: boolean } {
  if (error instanceof Refused) return { why: error.message, refused: true };
  if (error instanceof RuleError || error instanceof BudgetSpent) return { why: error.message, refused: false };
  return { why: `it cannot be carried out (${String((error as Error)?.message ?? error)})`, refused: false };
}

function itemsOf(loop: unknown, scope: Scope, budget: Budget): readonly unknown[] | undefined {
  if (loop === undefined || loop === null) return undefined;
  const items = Array.isArray(loop) ? loop : [loop];
  if (!items.length || (typeof loop === 'object' && !Object.keys(loop as object).length)) return undefined;
  if (items.length > mostItems) throw new RuleError(`a loop over ${items.length} items; ${mostItems} are accepted`);
  return items.map((item) => fillAll(item, scope, budget));
}

function holds(entry: Entry, scope: Scope, budget: Budget): boolean {
  const { name, inverted } = operatorOf(entry.op);
  if (!Object.hasOwn(conditions, name)) throw new RuleError(`there is no condition "${name}"`);
  const args = namedArguments(entry.args, conditionArguments[name]!);
  const ask = (within: Scope): boolean => {
    spend(budget, 1);
    return conditions[name as ConditionName]({ args, scope: within, budget }) !== inverted;
  };
  const items = itemsOf(entry.loop, scope, budget);
  if (!items) return ask(scope);
  const askOf = (item: unknown) => ask({ ...scope, item });
  switch (entry.multiple) {
    case 'all':
      return items.every(askOf);
    case 'first':
      return askOf(items[0]);
    case 'last':
      return askOf(items.at(-1));
    default:
      return items.some(askOf);
  }
}

function act(
  entry: Entry,
  before: Draft,
  scopeOf: (draft: Draft) => Scope,
  budget: Budget,
): { draft: Draft; effects: Effect[] } {
  if (!Object.hasOwn(actions, entry.op)) throw new RuleError(`there is no action "${entry.op}"`);
  const action: Action = actions[entry.op as ActionName];
  const given = namedArguments(entry.args, actionArguments[entry.op]!);
  const effects: Effect[] = [];
  let draft = before;
  const once = (scope: Scope): void => {
    const done = action(fillAll(given, scope, budget) as Json, draft, budget, given);
    draft = done.draft ?? draft;
    if (done.effect) effects.push(done.effect);
  };
  const items = itemsOf(entry.loop, scopeOf(draft), budget);
  if (!items) once(scopeOf(draft));
  else
    for (const item of items) {
      spend(budget, 1);
      once({ ...scopeOf(draft), item });
    }
  return { draft, effects };
}
