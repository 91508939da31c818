// Lists: what a client asked for in the query, one page of rows, and the link to the next.

import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue, InvalidUUID, NotAcceptable } from '#contract/errors.ts';
import { pickedAt, type Resource, sortKeyAt } from '#contract/fields.ts';
import { readIdent } from '#contract/values.ts';
import type { Argument, Arguments, Ask } from './route.ts';

export interface Page {
  readonly limit: number;
  readonly marker: string | undefined;
  readonly sortKey: string;
  readonly sortDir: 'asc' | 'desc';
  /** undefined: the fields of a plain list; 'all': every field. */
  readonly fields: readonly string[] | 'all' | undefined;
}

/** The arguments that any list takes, and the filters of the resource. */
export function listArguments(resource: Resource, options: { detail?: false; fields?: false } = {}): Arguments {
  const filters = Object.entries(resource.filters ?? {}).map(([name, filter]): [string, Argument] => [
    name,
    { type: filter.type, since: filter.since },
  ]);
  return {
    ...pageArguments,
    ...(resource.fieldsSince !== undefined && options.fields !== false && { fields: { type: 'list' } as const }),
    ...(resource.detailSince !== undefined && options.detail !== false && { detail: { type: 'flag' } as const }),
    ...Object.fromEntries(filters),
  };
}

const pageArguments: Arguments = {
  marker: { type: 'string' },
  limit: { type: 'count' },
  sort_key: { type: 'string' },
  sort_dir: { type: 'string' },
};

/** Read the arguments of a list. `all` is for the paths that end in /detail. */
export function readPage(ask: Ask, resource: Resource, view?: 'all'): Page {
  const { args, minor } = ask;
  const fields = args.fields as string[] | undefined;
  const detail = args.detail as boolean | undefined;
  if (detail !== undefined && minor < (resource.detailSince ?? 0))
    throw new InvalidParameterValue({ why: `"detail" is taken from API version 1.${resource.detailSince} on.` });
  if (detail && fields) throw new InvalidParameterValue({ why: '"detail" and "fields" cannot be given together.' });
  const picked = fields && pickedAt(resource, minor, fields);
  return {
    limit: readLimit(args.limit as number | undefined, ask.settings.maxLimit),
    marker: readMarker(resource, args.marker as string | undefined),
    sortKey: sortKeyAt(resource, minor, args.sort_key as string | undefined),
    sortDir: readDirection(args.sort_dir as string | undefined),
    fields: view ?? (detail ? 'all' : (picked ?? (resource.listed === 'all' ? 'all' : undefined))),
  };
}

function readLimit(asked: number | undefined, most: number): number {
  if (asked === undefined) return most;
  if (asked <= 0) throw new InvalidParameterValue({ why: `limit=${asked}: at least 1 is needed.` });
  return Math.min(asked, most);
}

function readMarker(resource: Resource, marker: string | undefined): string | undefined {
  if (marker === undefined || (marker === '' && resource.marker === 'any')) return undefined;
  if (resource.marker === 'ident') return readIdent('marker', marker);
  if (!resource.marker && !isUuid(marker)) throw new InvalidUUID({ field: 'marker', value: marker });
  return marker;
}

function readDirection(asked: string | undefined): 'asc' | 'desc' {
  if (asked === undefined || asked === 'asc') return 'asc';
  if (asked === 'desc') return 'desc';
  throw new InvalidParameterValue({ why: `sort_dir="${asked}": asc or desc is accepted.` });
}

/** The fields that `fields=` of a single thing picks, or undefined for all. */
export function readPicked(ask: Ask, resource: Resource): readonly string[] | undefined {
  const fields = ask.args.fields as string[] | undefined;
  if (fields === undefined) return undefined;
  if (ask.minor < (resource.fieldsSince ?? 0))
    throw new NotAcceptable({ what: 'The argument "fields"', since: resource.fieldsSince ?? 0 });
  return pickedAt(resource, ask.minor, fields);
}

/**
 * The address of the next page, or undefined when this one is not full. compat: filters are not repeated in it, the
 * fields of a plain list are.
 */
export function nextLink(
  ask: Ask,
  page: Page,
  o: {
    path: string;
    resource: Resource;
    last: string | undefined;
    full: boolean;
    extra?: string;
    /** Flags of the list that the next page keeps. */
    filters?: readonly string[];
  },
): string | undefined {
  if (!o.full || o.last === undefined) return undefined;
  const detail = ask.args.detail as boolean | undefined;
  const fields = page.fields === 'all' ? [] : (page.fields ?? (o.resource.listed === 'all' ? [] : o.resource.listed));
  const parts = [
    ...(o.extra ? [o.extra] : []),
    `sort_key=${page.sortKey}`,
    `sort_dir=${page.sortDir}`,
    ...(o.filters ?? []).map((name) => `${name}=True`),
    ...(detail === undefined ? [] : [`detail=${detail ? 'True' : 'False'}`]),
    ...(fields.length ? [`fields=${fields.join(',')}`] : []),
    `limit=${page.limit}`,
    `marker=${o.last}`,
  ];
  return `${ask.base}/v1/${o.path}?${parts.join('&')}`;
}
