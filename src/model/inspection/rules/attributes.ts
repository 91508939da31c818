// Which fields of a node and of its ports a rule may change: those that a client may change, without those that tie the
// row to others. Internal ones (states, locks, tokens) are out of reach.
import { readPatched } from '#contract/body.ts';
import { patchable, type Resource } from '#contract/fields.ts';
import type { PatchOperation } from '#contract/json-patch.ts';
import { node } from '#contract/resources/node.ts';
import { port } from '#contract/resources/port.ts';
import { isNodeName } from '#contract/values.ts';
import { type Budget, spend } from '../pattern/match.ts';
import { RuleError, valueAt, withoutValue, withValue } from './paths.ts';

type Json = Readonly<Record<string, unknown>>;

/** The newest rules of names hold. */
const newest = 115;

const tied: Readonly<Record<string, readonly string[]>> = {
  node: ['chassis_uuid', 'conductor_group', 'instance_uuid', 'network_data', 'parent_node', 'protected'],
  port: ['node_uuid', 'node_ident', 'portgroup_uuid'],
};

export const settable = {
  node: patchable(node).filter((name) => !tied.node!.includes(name)),
  port: patchable(port).filter((name) => !tied.port!.includes(name)),
};

export type Owner = keyof typeof settable;

const resources: Readonly<Record<Owner, Resource>> = { node, port };

function fieldName(owner: Owner, keys: readonly string[]): string {
  const [name = ''] = keys;
  if (settable[owner].includes(name)) return name;
  throw new RuleError(`"${name}" of a ${owner} cannot be changed by rules; these can: ${settable[owner].join(', ')}`);
}

/** The row with `value` at the path, checked as a client's change would be. Throws RuleError. */
export function withAttribute(owner: Owner, row: Json, keys: readonly string[], value: unknown, budget: Budget): Json {
  const name = fieldName(owner, keys);
  return checked(owner, row, name, withValue({ [name]: row[name] }, keys, value, budget));
}

/** The row without what is at the path; a whole field goes back to what it is when nobody said anything. */
export function withoutAttribute(owner: Owner, row: Json, keys: readonly string[]): Json {
  const name = fieldName(owner, keys);
  return checked(owner, row, name, withoutValue({ [name]: row[name] }, keys) as Json);
}

/** The row with `value` at the end of the list at the path. */
export function withAppended(owner: Owner, row: Json, keys: readonly string[], more: Appended, budget: Budget): Json {
  return withAttribute(owner, row, keys, appended(valueAt(row, keys), more, budget), budget);
}

export interface Appended {
  readonly value: unknown;
  /** Only where it is not in the list yet. */
  readonly unique: boolean;
}

/** A list with a value at its end. Throws RuleError for what is no list. */
export function appended(list: unknown, { value, unique }: Appended, budget: Budget): readonly unknown[] {
  const before = list ?? [];
  if (!Array.isArray(before)) throw new RuleError('what is there is no list');
  const text = JSON.stringify(value);
  spend(budget, before.length * (unique ? 10 : 1));
  return unique && before.some((item) => JSON.stringify(item) === text) ? before : [...before, value];
}

function checked(owner: Owner, row: Json, name: string, field: Json): Json {
  const touched = [{ keys: [name], path: `/${name}`, op: 'replace' }] as unknown as PatchOperation[];
  try {
    const changes = readPatched(resources[owner], touched, field);
    if (name === 'name' && owner === 'node' && changes.name !== null && !isNodeName(String(changes.name), newest))
      throw new RuleError(`"${String(changes.name)}" is no name for a node`);
    return { ...row, ...changes };
  } catch (error) {
    throw error instanceof RuleError ? error : new RuleError((error as Error).message);
  }
}
