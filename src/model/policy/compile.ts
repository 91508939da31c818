// Checks as functions: what can be known of a check before somebody asks is worked out once.
import type { Check, Template } from './check.ts';

export type Values = Readonly<Record<string, unknown>>;

/** Who asks, made ready for many questions. */
export interface Credentials {
  readonly values: Values;
  /** In small letters. */
  readonly roles: ReadonlySet<string>;
}

export interface Question {
  readonly credentials: Credentials;
  /** Where attributes are looked for, the first that has one of that name. */
  readonly target: readonly Values[];
  /** Answers of rules, where many ask for the same ones. */
  readonly known: Map<string, boolean> | undefined;
}

export type Judge = (question: Question) => boolean;

export function credentialsFrom(values: Values): Credentials {
  const roles = Array.isArray(values.roles) ? values.roles.map((role) => String(role).toLowerCase()) : [];
  return { values, roles: new Set(roles) };
}

/** The judge of a check; `byName` has that of a rule, and nobody passes a rule that is not there. */
export function compile(check: Check, byName: (rule: string) => Judge | undefined): Judge {
  switch (check.is) {
    case 'always':
      return always;
    case 'never':
      return never;
    case 'not': {
      const inner = compile(check.of, byName);
      return (question) => !inner(question);
    }
    case 'and':
      return allOf(check.of.map((part) => compile(part, byName)));
    case 'or':
      return anyOf(check.of.map((part) => compile(part, byName)));
    case 'rule':
      return byName(check.name) ?? never;
    case 'role':
      return hasRole(check.name);
    case 'constant':
      return (question) => fill(check.equals, question.target)?.text === check.value;
    case 'credential':
      return holds(check.path, check.equals);
  }
}

const always: Judge = () => true;
const never: Judge = () => false;

function allOf(parts: readonly Judge[]): Judge {
  const [a, b] = parts as [Judge, Judge];
  if (parts.length === 2) return (question) => a(question) && b(question);
  return (question) => {
    for (const part of parts) if (!part(question)) return false;
    return true;
  };
}

function anyOf(parts: readonly Judge[]): Judge {
  const [a, b] = parts as [Judge, Judge];
  if (parts.length === 2) return (question) => a(question) || b(question);
  return (question) => {
    for (const part of parts) if (part(question)) return true;
    return false;
  };
}

function hasRole(name: Template): Judge {
  const fixed = constantOf(name)?.toLowerCase();
  if (fixed !== undefined) return ({ credentials }) => credentials.roles.has(fixed);
  return ({ credentials, target }) => {
    const wanted = fill(name, target);
    return wanted !== undefined && credentials.roles.has(wanted.text.toLowerCase());
  };
}

function holds(path: readonly string[], equals: Template): Judge {
  const fixed = constantOf(equals);
  const [first] = path as [string];
  if (path.length > 1) return holdsDeeper(path, equals);
  if (fixed !== undefined) return ({ credentials }) => matches(credentials.values, first, fixed, false);
  const attribute = equals.length === 1 ? (equals[0] as { target: string }).target : undefined;
  if (attribute === undefined) return holdsDeeper(path, equals);
  return ({ credentials, target }) => {
    const wanted = attributeOf(attribute, target);
    return wanted !== undefined && matches(credentials.values, first, wanted, wanted === null);
  };
}

/** Whether the credential of this name shows as `wanted` does. */
function matches(values: Values, name: string, wanted: unknown, isNull: boolean): boolean {
  if (!Object.hasOwn(values, name)) return false;
  const value = values[name];
  if (typeof value === 'string') return value === (typeof wanted === 'string' ? wanted : shown(wanted));
  return fits(value, shown(wanted), isNull);
}

function fits(value: unknown, wanted: string, wantedIsNull: boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => fits(item, wanted, wantedIsNull));
  // Nobody's things belong to nobody: a caller without a project is not their owner. (oslo.policy says yes.)
  if (value === null && wantedIsNull) return false;
  return shown(value) === wanted;
}

function holdsDeeper(path: readonly string[], equals: Template): Judge {
  return ({ credentials, target }) => {
    const wanted = fill(equals, target);
    if (!wanted) return false;
    return valuesAt(credentials.values, path).some((value) => fits(value, wanted.text, wanted.fromNull));
  };
}

/** All values that the path leads to; lists on the way count with each of their items. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [first, ...rest] = path;
  if (first === undefined) return [value];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return [];
  return valuesAt(Reflect.get(value, first), rest);
}

function attributeOf(name: string, target: readonly Values[]): unknown {
  for (const place of target) if (Object.hasOwn(place, name)) return place[name];
  return undefined;
}

/** The text where it has no attribute of the target in it. */
function constantOf(template: Template): string | undefined {
  return template.every((part) => typeof part === 'string') ? template.join('') : undefined;
}

/** The text with the target's attributes in it; undefined where the target lacks one. */
function fill(template: Template, target: readonly Values[]): { text: string; fromNull: boolean } | undefined {
  let text = '';
  let fromNull = false;
  for (const part of template) {
    if (typeof part === 'string') text += part;
    else {
      const value = attributeOf(part.target, target);
      if (value === undefined) return undefined;
      fromNull ||= value === null;
      text += shown(value);
    }
  }
  return { text, fromNull };
}

/** Values are compared as the texts that Python shows: True, None, 42. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  return value === false ? 'False' : String(value);
}
