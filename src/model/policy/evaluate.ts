// Judging a check. Values are compared as the texts that Python shows: True, None, 42.
import type { Check, Template } from './check.ts';

export type Credentials = Readonly<Record<string, unknown>>;
/** An attribute of what is asked for; undefined where it has none of that name. */
export type Target = (attribute: string) => unknown;

export interface Question {
  /** The check of a rule, or undefined where there is none: nobody passes. */
  readonly rule: (name: string) => Check | undefined;
  readonly credentials: Credentials;
  readonly target: Target;
}

/** Whether the rule lets the credentials pass. Each rule is judged once, however often others ask for it. */
export function passes(name: string, question: Question): boolean {
  const known = new Map<string, boolean>();
  const byName = (rule: string): boolean => {
    const before = known.get(rule);
    if (before !== undefined) return before;
    known.set(rule, false); // a rule that asks for itself is answered with no
    const check = question.rule(rule);
    const answer = check !== undefined && judge(check);
    known.set(rule, answer);
    return answer;
  };
  const judge = (check: Check): boolean => {
    switch (check.is) {
      case 'always':
        return true;
      case 'never':
        return false;
      case 'not':
        return !judge(check.of);
      case 'and':
        return check.of.every(judge);
      case 'or':
        return check.of.some(judge);
      case 'rule':
        return byName(check.name);
      case 'role':
        return hasRole(check.name, question);
      case 'constant':
        return filled(check.equals, question.target)?.text === check.value;
      case 'credential':
        return holds(question.credentials, check.path, check.equals, question.target);
    }
  };
  return byName(name);
}

function hasRole(name: Template, { credentials, target }: Question): boolean {
  const wanted = filled(name, target)?.text.toLowerCase();
  const { roles } = credentials;
  return wanted !== undefined && Array.isArray(roles) && roles.some((role) => String(role).toLowerCase() === wanted);
}

function holds(credentials: Credentials, path: readonly string[], equals: Template, target: Target): boolean {
  const wanted = filled(equals, target);
  if (!wanted) return false;
  return valuesAt(credentials, path).some((value) => {
    // Nobody's things belong to nobody: a caller without a project is not their owner. (oslo.policy says yes.)
    if (value === null && wanted.fromNull) return false;
    return shown(value) === wanted.text;
  });
}

/** All values that the path leads to; lists on the way count with each of their items. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return [];
  return valuesAt(Reflect.get(value, first), rest);
}

/** The text with the target's attributes in it; undefined where the target lacks one. */
function filled(template: Template, target: Target): { text: string; fromNull: boolean } | undefined {
  let text = '';
  let fromNull = false;
  for (const part of template) {
    if (typeof part === 'string') text += part;
    else {
      const value = target(part.target);
      if (value === undefined) return undefined;
      fromNull ||= value === null;
      text += shown(value);
    }
  }
  return { text, fromNull };
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  return value === false ? 'False' : String(value);
}
