// Bodies that create a resource, and patched documents, held against the field table.
import { InvalidParameterValue, NotAcceptable } from './errors.ts';
import { emptyValue, type Field, fieldOf, isTooNew, patchable, type Resource } from './fields.ts';
import type { PatchOperation } from './json-patch.ts';
import { readFlag, readMac, readUuid, typeName } from './values.ts';

type Values = Record<string, unknown>;

/**
 * Check the body of a POST against the table: JSON types and unknown fields first (400), then versions (406), then the
 * forms of single values (400). Returns the values that were given, in the form they are kept in.
 */
export function readCreation(resource: Resource, minor: number, body: unknown): Values {
  const given = objectOf(resource, body);
  const known = (name: string): Field | undefined => {
    const field = fieldOf(resource, name);
    return field?.create && !(field.unknownBefore && field.since > minor) ? field : undefined;
  };
  refuseUnknown(resource, given, known);
  for (const name of resource.required)
    if (!Object.hasOwn(given, name))
      throw new InvalidParameterValue({ why: `A ${resource.name} needs "${name}", which the body does not give.` });
  for (const [name, value] of Object.entries(given)) checkType(resource, name, known(name)!, value);
  for (const [name, value] of Object.entries(given)) {
    const field = known(name)!;
    if (isTooNew(field, minor, 'create') && isGated(resource, value))
      throw new NotAcceptable({ what: `The field "${name}" of a ${resource.name}`, since: field.since });
  }
  for (const [name, value] of Object.entries(given)) checkNotTooShort(resource, name, known(name)!, value);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, kept(name, known(name)!, value)]));
}

function objectOf(resource: Resource, body: unknown): Values {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Values;
  throw new InvalidParameterValue({ why: `The body of a ${resource.name} is a JSON object, not ${typeName(body)}.` });
}

function refuseUnknown(resource: Resource, given: Values, known: (name: string) => Field | undefined): void {
  const unknown = Object.keys(given).filter((name) => !known(name));
  if (!unknown.length) return;
  const accepted = Object.keys(resource.fields).filter(known);
  throw new InvalidParameterValue({
    why: `A ${resource.name} cannot be given ${unknown.map((name) => `"${name}"`).join(', ')}; accepted are ${accepted.join(', ')}.`,
  });
}

/** Throws 400 for less than the field needs; whether its version is known is asked before. */
function checkNotTooShort(resource: Resource, name: string, { min }: Field, value: unknown): void {
  if (min === undefined || (typeof value !== 'string' && !Array.isArray(value)) || value.length >= min) return;
  throw new InvalidParameterValue({ why: `"${name}" of a ${resource.name}: at least ${min} is needed.` });
}

const isGated = ({ gatesEmpty }: Resource, value: unknown): boolean =>
  value === null ? gatesEmpty === 'all' : value !== '' || gatesEmpty !== undefined;

const jsonTypes: Record<Field['type'], (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  uuid: (value) => typeof value === 'string',
  mac: (value) => typeof value === 'string',
  time: (value) => typeof value === 'string',
  integer: (value) => typeof value === 'number' && Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  flag: (value) => typeof value === 'boolean' || typeof value === 'string',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  list: (value) => Array.isArray(value),
  links: () => false,
};

const typeWords: Record<Field['type'], string> = {
  string: 'text',
  uuid: 'a UUID as text',
  mac: 'a MAC address as text',
  time: 'a time as text',
  integer: 'a whole number',
  boolean: 'true or false',
  flag: 'true or false',
  object: 'an object',
  list: 'a list',
  links: 'nothing',
};

const defaultMax = 255;

const numberOf = (field: Field, value: unknown): unknown =>
  field.digits && typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;

/** Throws 400 unless `value` is of the type and size that the table tells for the field. */
function checkType(resource: Resource, name: string, field: Field, given: unknown): void {
  const value = numberOf(field, given);
  const wrong = (why: string) => new InvalidParameterValue({ why: `"${name}" of a ${resource.name}: ${why}.` });
  if (value === null && field.null) return;
  if (!jsonTypes[field.type](value))
    throw wrong(`${typeWords[field.type]}${field.null ? ' or null' : ''} is accepted, not ${typeName(value)}`);
  if (typeof value === 'string' && value.includes('\0')) throw wrong('it holds a NUL character');
  const size = typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  const max = field.max ?? (field.type === 'string' && !field.long ? defaultMax : undefined);
  if (size !== undefined && max !== undefined && size > max)
    throw wrong(`${size} characters are too many; ${max} are accepted`);
  if (typeof value === 'number' && field.type === 'integer' && field.min !== undefined && value < field.min)
    throw wrong(`${value} is less than ${field.min}`);
  if (typeof value === 'string' && field.pattern && !field.pattern.test(value))
    throw wrong(`"${value}" does not have the form ${field.pattern.source}`);
}

function kept(name: string, field: Field, value: unknown): unknown {
  if (value === null) return null;
  if (field.type === 'flag') return readFlag(name, value);
  if (field.type === 'uuid' && !field.anyText) return readUuid(name, value);
  if (field.type === 'mac') return readMac(value);
  return numberOf(field, value);
}

/**
 * Check which fields a patch touches: 400 for what may not be changed, 406 for what is newer than `minor` (removing such a
 * field is not refused, compat).
 */
export function checkPatched(resource: Resource, minor: number, patch: readonly PatchOperation[]): void {
  const allowed = patchable(resource).filter((name) => {
    const { unknownBefore, since } = resource.fields[name]!;
    return !(unknownBefore && since > minor);
  });
  for (const { keys, path } of patch)
    if (!allowed.includes(keys[0]!))
      throw new InvalidParameterValue({
        why: `${path} of a ${resource.name} cannot be changed; these can: ${allowed.join(', ')}.`,
      });
  for (const { keys, op } of patch) {
    const field = fieldOf(resource, keys[0]!)!;
    if ((op !== 'remove' || resource.gatesRemoval) && isTooNew(field, minor, 'patch'))
      throw new NotAcceptable({ what: `The field "${keys[0]}" of a ${resource.name}`, since: field.since });
  }
}

/** The touched fields of a patched document, checked and in the form they are kept in; a removed one becomes empty. */
export function readPatched(resource: Resource, patch: readonly PatchOperation[], patched: Values): Values {
  const changes: Values = {};
  for (const name of new Set(patch.map((operation) => operation.keys[0]!))) {
    const field = fieldOf(resource, name)!;
    if (!Object.hasOwn(patched, name)) {
      if (field.patch === 'keep')
        throw new InvalidParameterValue({ why: `"${name}" of a ${resource.name} cannot be removed, only replaced.` });
      changes[name] = emptyValue(field);
      continue;
    }
    checkType(resource, name, field, patched[name]);
    checkNotTooShort(resource, name, field, patched[name]);
    changes[name] = kept(name, field, patched[name]) ?? emptyValue(field);
  }
  return changes;
}
