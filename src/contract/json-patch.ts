// JSON patches (RFC 6902) as this API takes them: add, replace, remove, on the paths that a resource's table allows.
import { InvalidParameterValue, PatchError } from './errors.ts';

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
  /** The path taken apart, unquoted. */
  readonly keys: readonly string[];
}

const strictPath = /^(\/[\p{L}\p{N}_-]+)+$/u;
const loosePath = /^\/[^/]+(\/[^/]*)?$/;
const operations = new Set(['add', 'replace', 'remove']);
const members = new Set(['op', 'path', 'value']);

const unquote = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

/** Read a patch from a body; 400 says which entry is wrong and why. */
export function readPatch(body: unknown, paths: 'strict' | 'loose' = 'strict'): PatchOperation[] {
  if (!Array.isArray(body))
    throw new InvalidParameterValue({ why: 'A patch is a list of operations: [{"op", "path", "value"}].' });
  return body.map((entry, at) => readOperation(entry, at, paths));
}

function readOperation(entry: unknown, at: number, paths: 'strict' | 'loose'): PatchOperation {
  const wrong = (why: string) => new InvalidParameterValue({ why: `Operation ${at} of the patch: ${why}.` });
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw wrong('an object with op and path is expected');
  const extra = Object.keys(entry).filter((key) => !members.has(key));
  if (extra.length) throw wrong(`"${extra.join('", "')}" is not part of it; accepted are op, path and value`);
  const { op, path, value } = entry as { op?: unknown; path?: unknown; value?: unknown };
  if (typeof op !== 'string' || !operations.has(op))
    throw wrong(`op "${String(op)}" is not one of add, replace, remove`);
  const shape = paths === 'strict' ? strictPath : loosePath;
  if (typeof path !== 'string' || !shape.test(path))
    throw wrong(`path "${String(path)}" is not of the form /field or /field/key`);
  const keys = path.slice(1).split('/').map(unquote);
  return Object.hasOwn(entry, 'value')
    ? { op: op as PatchOperation['op'], path, value, keys }
    : { op: op as PatchOperation['op'], path, keys };
}

type Json = Record<string, unknown>;

const put = (into: Json, key: string, value: unknown): void => {
  // Not by assignment: a key named __proto__ is a key like any other.
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
};

/** The operations applied one after the other to a copy of `document`; what cannot be applied is a PatchError (400). */
export function applyPatch<T extends object>(document: T, patch: readonly PatchOperation[]): T {
  const copy = structuredClone(document) as Json;
  for (const operation of patch) applyOne(copy, operation);
  return copy as T;
}

function applyOne(document: Json, operation: PatchOperation): void {
  const refuse = (why: string) => new PatchError({ op: operation.op, path: operation.path, why });
  if (operation.op !== 'remove' && !Object.hasOwn(operation, 'value')) throw refuse('it has no "value"');
  const parent = parentOf(document, operation, refuse);
  const last = operation.keys.at(-1)!;
  if (Array.isArray(parent)) changeList(parent, last, operation, refuse);
  else changeObject(parent, last, operation, refuse);
}

function parentOf(document: Json, { keys }: PatchOperation, refuse: (why: string) => Error): Json | unknown[] {
  let here: unknown = document;
  for (const key of keys.slice(0, -1)) {
    if (Array.isArray(here)) here = /^\d+$/.test(key) ? here[Number(key)] : undefined;
    else here = Object.hasOwn(here as Json, key) ? (here as Json)[key] : undefined;
    if (typeof here !== 'object' || here === null) throw refuse(`there is nothing to go into at "${key}"`);
  }
  return here as Json | unknown[];
}

function changeObject(parent: Json, key: string, { op, value }: PatchOperation, refuse: (why: string) => Error): void {
  if (op !== 'add' && !Object.hasOwn(parent, key)) throw refuse(`there is no "${key}"`);
  if (op === 'remove') delete parent[key];
  else put(parent, key, structuredClone(value));
}

function changeList(
  parent: unknown[],
  key: string,
  { op, value }: PatchOperation,
  refuse: (why: string) => Error,
): void {
  const at = key === '-' && op === 'add' ? parent.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  const end = op === 'add' ? parent.length : parent.length - 1;
  if (at < 0 || at > end) throw refuse(`"${key}" is no place in a list of ${parent.length}`);
  if (op === 'remove') parent.splice(at, 1);
  else parent.splice(at, op === 'add' ? 0 : 1, structuredClone(value));
}
