// Places inside of JSON values, as rules write them: `/driver_info/ipmi_address` or `driver_info.ipmi_address`.
import { type Budget, spend } from '../pattern/match.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is wrong with an action or a condition, in words. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

const deepest = 25;

/** The keys of a path into a node or a port. Throws RuleError. */
export function keysOf(path: unknown): string[] {
  if (typeof path !== 'string') throw new RuleError('path: text is accepted');
  return checked(path.includes('/') ? path.replace(/^\/+|\/+$/g, '').split('/') : path.split('.'), path);
}

/** The keys of a path into plugin data: dots between them, slashes after a slash, or a list. Throws RuleError. */
export function dataKeysOf(path: unknown): string[] {
  if (Array.isArray(path) && path.every((key) => typeof key === 'string')) return checked(path, path.join('.'));
  if (typeof path !== 'string') throw new RuleError('path: text or a list of texts is accepted');
  return path.startsWith('/') ? keysOf(path) : checked(path.split('.'), path);
}

function checked(keys: string[], path: string): string[] {
  if (keys.length > deepest) throw new RuleError(`path "${path}": deeper than ${deepest}`);
  if (!keys.length || keys.includes('')) throw new RuleError(`path "${path}": a part of it is empty`);
  if (keys.includes('__proto__')) throw new RuleError(`path "${path}": "__proto__" is no key`);
  return keys;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is there, or undefined. */
export function valueAt(root: unknown, keys: readonly string[]): unknown {
  let value = root;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** A copy of `root` with `value` there; objects on the way are made. Throws RuleError where something else is on it. */
export function withValue(root: unknown, keys: readonly string[], value: unknown, budget: Budget): Json {
  const [key, ...rest] = keys;
  const base = root === null || root === undefined ? {} : root;
  if (!isObject(base)) throw new RuleError(`there is no object that "${key}" could be put into`);
  spend(budget, 10 * Object.keys(base).length); // a copy of them costs more than a step of a pattern
  const inner = Object.hasOwn(base, key!) ? base[key!] : undefined;
  return { ...base, [key!]: rest.length ? withValue(inner, rest, value, budget) : value };
}

/** A copy of `root` without what is there; `root` itself where nothing is. */
export function withoutValue(root: unknown, keys: readonly string[]): unknown {
  const [key, ...rest] = keys;
  if (!isObject(root) || !Object.hasOwn(root, key!)) return root;
  if (rest.length) {
    const inner = withoutValue(root[key!], rest);
    return inner === root[key!] ? root : { ...root, [key!]: inner };
  }
  const { [key!]: _gone, ...left } = root;
  return left;
}
