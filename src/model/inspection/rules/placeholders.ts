// `{inventory[cpu][count]}` in the arguments of rules: looked up, never run. What was looked up is never looked into again,
// so what a machine tells of itself cannot name anything. (format strings of Python: docs.python.org, "Format String Syntax")
import { maskSecrets } from '#contract/masking.ts';
import { type Budget, spend } from '../pattern/match.ts';
import { formatted } from './format-spec.ts';
import { pythonText } from './python-text.ts';

type Json = Readonly<Record<string, unknown>>;

/** What placeholders may name. */
export interface Scope {
  readonly node: Json;
  readonly inventory: Json;
  readonly plugin_data: Json;
  /** The item of a loop; absent outside of one. */
  readonly item?: unknown;
  /** Secrets are shown as asterisks. */
  readonly hides: boolean;
}

/** A value whose placeholders were filled in. */
export interface Filled {
  readonly value: unknown;
  /** The text was one placeholder and nothing else: this is what it named. */
  readonly named?: unknown;
  /** Something was named that there is not: the text stands as it was written. */
  readonly missing?: true;
}

interface Field {
  readonly root: string;
  readonly keys: readonly Key[];
  readonly conversion: string;
  readonly spec: string;
}

type Part = string | Field;

/** `.name` or `[name]`; what is in brackets may be a number. */
interface Key {
  readonly dot: boolean;
  readonly name: string;
}

/** Stands where a secret is. */
export const hidden = '***';
const secretKeys: ReadonlySet<string> = new Set(['password', 'auth_token', 'bmc_password']);

/** A copy in which the secrets of an inventory or of plugin data are asterisks. */
export function hideSecrets<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(hideSecrets) as T;
  const shown = Object.entries(value).map(([key, inner]) => [key, secretKeys.has(key) ? hidden : hideSecrets(inner)]);
  return Object.fromEntries(shown) as T;
}

const field = /^([^.[\]{}!:]*)((?:\.[^.[\]{}!:]+|\[[^\]]+\])*)(?:!([rsa]))?(?::([^{}]*))?$/;

/** The parts of a text; undefined where its braces make no sense. */
function partsOf(text: string): Part[] | undefined {
  const parts: Part[] = [];
  const braces = /[{}]/g;
  let plain = '';
  for (let at = 0; at < text.length; ) {
    braces.lastIndex = at;
    const brace = braces.exec(text)?.index ?? text.length;
    plain += text.slice(at, brace);
    at = brace;
    if (at === text.length) break;
    if (text[at] === text[at + 1]) {
      plain += text[at];
      at += 2;
      continue;
    }
    const end = text[at] === '{' ? text.indexOf('}', at) : -1;
    const found = end > 0 ? field.exec(text.slice(at + 1, end)) : null;
    if (!found) return undefined;
    if (plain) parts.push(plain);
    plain = '';
    parts.push({ root: found[1]!, keys: keysOf(found[2]!), conversion: found[3] ?? '', spec: found[4] ?? '' });
    at = end + 1;
  }
  if (plain) parts.push(plain);
  return parts;
}

const keysOf = (text: string): Key[] =>
  [...text.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)].map(([, dotted, bracketed]) =>
    dotted === undefined ? { dot: false, name: bracketed! } : { dot: true, name: dotted },
  );

const missing = Symbol('missing');
const roots: ReadonlySet<string> = new Set(['node', 'inventory', 'plugin_data', 'item']);

function named({ root, keys }: Field, scope: Scope): unknown {
  if (!roots.has(root) || !Object.hasOwn(scope, root)) return missing;
  if (root === 'item') return walk(scope.item, keys);
  if (root !== 'node') {
    const value = walk(scope[root as 'inventory'], keys, scope.hides ? hideSecrets : undefined);
    return scope.hides && value !== missing ? hideSecrets(value) : value;
  }
  // A node is an object with attributes; what these hold are dictionaries. The token of its ramdisk is shown never.
  const [first, ...rest] = keys;
  if (!first?.dot || !Object.hasOwn(scope.node, first.name)) return missing;
  const hides = scope.hides || first.name === 'driver_internal_info';
  const value = walk(scope.node[first.name], rest, hides ? maskSecrets : undefined);
  return hides && value !== missing ? maskSecrets(value) : value;
}

function walk(from: unknown, keys: readonly Key[], hide?: <T>(value: T) => T): unknown {
  let value = from;
  for (const { dot, name } of keys) {
    if (dot || typeof value !== 'object' || value === null) return missing;
    if (Array.isArray(value)) {
      if (!/^\d{1,9}$/.test(name) || Number(name) >= value.length) return missing;
      value = value[Number(name)];
    } else if (Object.hasOwn(value, name)) {
      const inner: unknown = (value as Json)[name];
      const leaf = typeof inner !== 'object' || inner === null || secretKeys.has(name);
      value = leaf && hide ? hide({ [name]: inner })[name] : inner;
    } else return missing;
  }
  return value;
}

function shown(value: unknown, part: Field): string | undefined {
  const converted =
    part.conversion === 's' ? pythonText(value) : part.conversion === '' ? value : pythonText([value]).slice(1, -1);
  return formatted(converted, part.spec);
}

/** Fill in one text. A text in which anything cannot be filled in stays as it is. */
export function fillText(text: string, scope: Scope, budget: Budget): Filled {
  if (!/[{}]/.test(text)) return { value: text };
  spend(budget, text.length);
  const parts = partsOf(text);
  if (!parts) return { value: text };
  const texts: string[] = [];
  let only: unknown = missing;
  for (const part of parts) {
    if (typeof part === 'string') {
      texts.push(part);
      continue;
    }
    const value = named(part, scope);
    if (value === missing) return { value: text, missing: true };
    const written = shown(value, part);
    if (written === undefined) return { value: text };
    spend(budget, written.length);
    texts.push(written);
    if (parts.length === 1 && part.conversion === '' && part.spec === '') only = value;
  }
  return { value: texts.join(''), ...(only !== missing && { named: only }) };
}

/** Fill in every text of a value, the names of its keys too. */
export function fillAll(value: unknown, scope: Scope, budget: Budget): unknown {
  spend(budget, 1);
  if (typeof value === 'string') return fillText(value, scope, budget).value;
  if (Array.isArray(value)) return value.map((item) => fillAll(item, scope, budget));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      fillText(key, scope, budget).value as string,
      fillAll(inner, scope, budget),
    ]),
  );
}
