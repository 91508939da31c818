// The rules in force: the built-in ones, what an operator's files replace, what held before and still does.
import { type Check, rulesAskedBy } from './check.ts';
import { textsCompared } from './compared.ts';
import { compile, type Judge, type Values } from './compile.ts';
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
  /** Judges the rule of this name, or the default rule; undefined: nobody passes. */
  judge(name: string): Judge | undefined;
  /** Whether one question asks for so many rules that their answers are worth keeping while it is judged. */
  readonly keepsAnswers: boolean;
  /** The texts that attributes of a target are held against when the rule is asked with these credentials. */
  compared(name: string, values: Values): string[];
  /** Whether the defaults of before secure RBAC count as well. */
  readonly formerDefaults: boolean;
  readonly names: readonly string[];
  /** The check string in force. */
  text(name: string): string | undefined;
}

/** Throws PolicyRuleInvalid, PolicyRuleUnknown or PolicyRuleCycle. */
export function makeRuleSet(sources: RuleSources): RuleSet {
  const texts = new Map(Object.entries(sources.defaults).map(([name, text]) => [name, inForce(name, text, sources)]));
  for (const [name, text] of Object.entries(sources.overrides)) texts.set(name, text);
  const checks = new Map([...texts].map(([name, text]) => [name, parseRule(name, text)]));
  const named = (name: string) => (checks.has(name) ? name : sources.defaultRule);
  for (const [name, tree] of checks)
    for (const asked of rulesAskedBy(tree))
      if (!checks.has(named(asked))) throw new PolicyRuleUnknown({ rule: name, asks: asked });
  refuseCycles(checks, named);
  const keepsAnswers = mostAsked(checks, named) > manyRules;
  const judges = new Map<string, Judge>();
  const judgeOf = (name: string): Judge | undefined => {
    const check = checks.get(named(name));
    const before = judges.get(named(name));
    if (before || !check) return before;
    const judge = keepsAnswers ? keeping(named(name), compile(check, judgeOf)) : compile(check, judgeOf);
    judges.set(named(name), judge);
    return judge;
  };
  for (const name of checks.keys()) judgeOf(name);
  const compared = (name: string, values: Values): string[] => {
    const check = checks.get(named(name));
    return check ? textsCompared(check, (rule) => checks.get(named(rule)), values) : [];
  };
  return {
    judge: judgeOf,
    compared,
    keepsAnswers,
    formerDefaults: !sources.newDefaultsOnly,
    names: [...texts.keys()],
    text: (name) => texts.get(name),
  };
}

const manyRules = 1_000;

/** How many rules the widest rule asks for, each as often as it is asked for. Rules ask in no circle. */
function mostAsked(checks: ReadonlyMap<string, Check>, named: (name: string) => string): number {
  const sizes = new Map<string, number>();
  const sizeOf = (name: string): number => {
    const before = sizes.get(name);
    if (before !== undefined) return before;
    const asked = rulesAskedBy(checks.get(name)!);
    const size = asked.reduce((sum, one) => sum + sizeOf(named(one)), 1);
    sizes.set(name, size);
    return size;
  };
  return Math.max(0, ...[...checks.keys()].map(sizeOf));
}

function keeping(name: string, judge: Judge): Judge {
  return (question) => {
    const before = question.known?.get(name);
    if (before !== undefined) return before;
    const answer = judge(question);
    question.known?.set(name, answer);
    return answer;
  };
}

function inForce(name: string, text: string, { overrides, former, newDefaultsOnly }: RuleSources): string {
  const before = former[name];
  if (!before || Object.hasOwn(overrides, name)) return text;
  // A file that was written before a rule had its present name still means it.
  if (before.name !== name && Object.hasOwn(overrides, before.name)) return overrides[before.name]!;
  return newDefaultsOnly ? text : `(${text || '@'}) or (${before.check})`;
}

function refuseCycles(checks: ReadonlyMap<string, Check>, named: (name: string) => string): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new PolicyRuleCycle({ path: [...path.slice(path.indexOf(name)), name] });
    const check = checks.get(name);
    if (!check || done.has(name)) return;
    for (const asked of rulesAskedBy(check)) visit(named(asked), [...path, name]);
    done.add(name);
  };
  for (const name of checks.keys()) visit(name, []);
}
