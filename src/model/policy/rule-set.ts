// The rules in force: the built-in ones, what an operator's files replace, what held before and still does.
import { type Check, rulesAskedBy } from './check.ts';
import { PolicyRuleCycle, PolicyRuleUnknown } from './errors.ts';
import { parseRule } from './parse.ts';

/** What held before a rule had its present default, under the name that it had. */
export interface Former {
  readonly name: string;
  readonly check: string;
}

export interface RuleSources {
  readonly defaults: Readonly<Record<string, string>>;
  readonly former: Readonly<Record<string, Former>>;
  /** Rules of policy files, which replace defaults and add new ones. */
  readonly overrides: Readonly<Record<string, string>>;
  /** [oslo_policy]policy_default_rule: asked where a rule is missing. */
  readonly defaultRule: string;
  /** [oslo_policy]enforce_new_defaults: false lets pass also whom the former defaults let pass. */
  readonly newDefaultsOnly: boolean;
}

export interface RuleSet {
  /** The check of this name, or that of the default rule; undefined: nobody. */
  check(name: string): Check | undefined;
  readonly names: readonly string[];
  /** The check string in force. */
  text(name: string): string | undefined;
}

/** Throws PolicyRuleInvalid, PolicyRuleUnknown or PolicyRuleCycle. */
export function makeRuleSet(sources: RuleSources): RuleSet {
  const texts = new Map(Object.entries(sources.defaults).map(([name, text]) => [name, inForce(name, text, sources)]));
  for (const [name, text] of Object.entries(sources.overrides)) texts.set(name, text);
  const checks = new Map([...texts].map(([name, text]) => [name, parseRule(name, text)]));
  const fallback = checks.get(sources.defaultRule);
  const check = (name: string) => checks.get(name) ?? fallback;
  for (const [name, tree] of checks)
    for (const asked of rulesAskedBy(tree)) if (!check(asked)) throw new PolicyRuleUnknown({ rule: name, asks: asked });
  refuseCycles(checks);
  return { check, names: [...texts.keys()], text: (name) => texts.get(name) };
}

function inForce(name: string, text: string, { overrides, former, newDefaultsOnly }: RuleSources): string {
  const before = former[name];
  if (!before || Object.hasOwn(overrides, name)) return text;
  // A file that was written before a rule had its present name still means it.
  if (before.name !== name && Object.hasOwn(overrides, before.name)) return overrides[before.name]!;
  return newDefaultsOnly ? text : `(${text || '@'}) or (${before.check})`;
}

function refuseCycles(checks: ReadonlyMap<string, Check>): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new PolicyRuleCycle({ path: [...path.slice(path.indexOf(name)), name] });
    const check = checks.get(name);
    if (!check || done.has(name)) return;
    for (const asked of rulesAskedBy(check)) visit(asked, [...path, name]);
    done.add(name);
  };
  for (const name of checks.keys()) visit(name, []);
}
