// What a resource's field table may say, and the questions asked of it: what is shown, sorted, created at which version.
import { InvalidParameterValue, NotAcceptable, UnknownAttribute } from './errors.ts';

/** `flag` takes true/false and their usual spellings as text, `boolean` the JSON values only; `links` are made, never stored. */
type FieldType = 'string' | 'uuid' | 'mac' | 'integer' | 'boolean' | 'flag' | 'object' | 'list' | 'time' | 'links';

export interface Field {
  /** The minor version from which on it is known. */
  readonly since: number;
  readonly type: FieldType;
  /** false: no column of its own (made from elsewhere), so no sorting by it. */
  readonly stored?: false;
  /** May be given on creation. */
  readonly create?: true;
  /** `free`: may be changed and removed by a patch; `keep`: changed, never removed; absent: never touched. */
  readonly patch?: 'free' | 'keep';
  /** null is accepted in a request. */
  readonly null?: true;
  /** What a removed field goes back to, where that is not null (or {} for an object, [] for a list). */
  readonly default?: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** false: taken in requests, never shown. */
  readonly shown?: false;
  /** false: `fields=` may not name it although it is shown. */
  readonly pick?: false;
  /** Text of any length. */
  readonly long?: true;
  /** compat: a UUID whose form nobody checks on creation. */
  readonly anyText?: true;
  /** compat: a whole number that may also be given as text. */
  readonly digits?: true;
  /** Below `since` a request that names it is told that there is no such field (400), not that it is too new (406). */
  readonly unknownBefore?: true;
  /** compat: the same, of `fields=` alone. */
  readonly notPickedBefore?: true;
  /** compat: where nobody asks whether the version of the request knows it. It is not shown below its version all the same. */
  readonly ungated?: readonly Gate[];
}

/** Where a field that is newer than the request is refused (406). */
type Gate = 'create' | 'patch' | 'fields' | 'sort';

/** Whether a request of version `minor` may not name the field there. */
export const isTooNew = (field: Field, minor: number, gate: Gate): boolean =>
  field.since > minor && !field.ungated?.includes(gate);

type Fields = Readonly<Record<string, Field>>;

type FilterType = 'string' | 'uuid' | 'ident' | 'flag' | 'list' | 'mac';

interface Filter {
  /** 0: taken at any version (compat: never gated). */
  readonly since: number;
  readonly type: FilterType;
}

export interface Resource {
  readonly name: string;
  /** The key of the list in an answer. */
  readonly plural: string;
  /** Below /v1/. */
  readonly path: string;
  readonly since: number;
  /** The fields of a plain list. */
  readonly listed: readonly string[] | 'all';
  readonly required: readonly string[];
  readonly fieldsSince?: number;
  readonly detailSince?: number;
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly fields: Fields;
  /** compat: patch paths go one step into a field at most, by a key of any text, `~0` and `~1` included. */
  readonly loosePaths?: true;
  /** compat: what a marker may be where not a UUID only: a name, or anything, to be not there (404) rather than refused (400). */
  readonly marker?: 'ident' | 'any';
  /** Below its version a field may not even be given as "" on creation, or (all) as null (406). */
  readonly gatesEmpty?: 'text' | 'all';
  /** Below its version a field may not even be removed by a patch (406). */
  readonly gatesRemoval?: true;
}

/** The fields shown at `minor`, in the order of the table. */
export function shownAt(resource: Resource, minor: number): string[] {
  return Object.entries(resource.fields)
    .filter(([, field]) => field.shown !== false && field.since <= minor)
    .map(([name]) => name);
}

/** The fields of a plain list at `minor`; links go with them. */
export function listedAt(resource: Resource, minor: number): string[] {
  const shown = shownAt(resource, minor);
  if (resource.listed === 'all') return shown;
  const listed = new Set([...resource.listed, 'links']);
  return shown.filter((name) => listed.has(name));
}

/** The field `name`, never what an object inherits. */
export const fieldOf = (resource: Resource, name: string): Field | undefined =>
  Object.hasOwn(resource.fields, name) ? resource.fields[name] : undefined;

/** Check what `fields=` names: 400 for what there is not, 406 for what is too new. Returns the names without repetition. */
export function pickedAt(resource: Resource, minor: number, names: readonly string[]): string[] {
  if (minor < (resource.fieldsSince ?? 1))
    throw new NotAcceptable({ what: 'The argument "fields"', since: resource.fieldsSince ?? 1 });
  const picked = [...new Set(names)];
  for (const name of picked) {
    const field = fieldOf(resource, name);
    if (
      !field ||
      ((field.unknownBefore ?? field.notPickedBefore) && field.since > minor) ||
      field.shown === false ||
      field.pick === false
    )
      throw new UnknownAttribute({ name, known: pickable(resource, minor) });
  }
  for (const name of picked) {
    const field = resource.fields[name]!;
    if (isTooNew(field, minor, 'fields')) throw new NotAcceptable({ what: `The field "${name}"`, since: field.since });
  }
  return picked.filter((name) => resource.fields[name]!.since <= minor);
}

const pickable = (resource: Resource, minor: number): string[] =>
  shownAt(resource, minor).filter((name) => resource.fields[name]!.pick !== false);

const unsortable = new Set<FieldType>(['object', 'list', 'links']);

/** Check what `sort_key=` names; nothing means `id`, the order of creation. */
export function sortKeyAt(resource: Resource, minor: number, key: string | undefined): string {
  if (!key || key === 'id') return 'id';
  const field = fieldOf(resource, key);
  if (field && field.type !== 'links' && !field.unknownBefore && isTooNew(field, minor, 'sort'))
    throw new NotAcceptable({ what: `Sorting by "${key}"`, since: field.since });
  if (!field || field.stored === false || field.shown === false || unsortable.has(field.type))
    throw new InvalidParameterValue({
      why: `sort_key="${key}": lists cannot be sorted by that; try one of ${sortable(resource, minor).join(', ')}.`,
    });
  return key;
}

const sortable = (resource: Resource, minor: number): string[] =>
  shownAt(resource, minor).filter((name) => {
    const field = resource.fields[name]!;
    return field.stored !== false && !unsortable.has(field.type);
  });

/** The names that a patch may begin its paths with. */
export const patchable = (resource: Resource): string[] =>
  Object.keys(resource.fields)
    .filter((name) => resource.fields[name]!.patch !== undefined)
    .sort();

/** What a field holds when nobody said anything, or when it was removed. */
export function emptyValue(field: Field): unknown {
  if (field.default !== undefined) return field.default;
  if (field.type === 'list') return [];
  return field.type === 'object' ? {} : null;
}
