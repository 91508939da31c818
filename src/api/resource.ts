// The usual answers of a resource: a page of it, one of it, a new one, a change, its end. Routes say what is special.
import type { FaultKind } from '#base/errors.ts';
import { checkPatched, readCreation, readPatched } from '#contract/body.ts';
import { refuseChanged } from '#contract/changed-meanwhile.ts';
import { BadUri, InvalidParameterValue } from '#contract/errors.ts';
import type { Resource } from '#contract/fields.ts';
import { applyPatch, readPatch } from '#contract/json-patch.ts';
import { isIdent, readIdent } from '#contract/values.ts';
import type { Tx } from '#db/database.ts';
import type { Queries } from '#db/schema.ts';
import { listArguments, nextLink, type Page, readPage, readPicked } from './paging.ts';
import type { Renderer } from './render.ts';
import type { Ask, Reply } from './route.ts';
import { type Access, admits } from './sight.ts';

type Row = { readonly uuid: string };

/** What ties a field table, the queries of its table and the way it is shown together. */
export interface Kind<R> {
  readonly resource: Resource;
  readonly renderer: Renderer<R>;
  /** The row of this UUID (or name); throws its NotFound. */
  readonly by: (db: Queries, ident: string) => Promise<R>;
  /** Who may have which; without it the route's policy says everything. */
  readonly access?: Access<R>;
  /** compat: what can be no name is a fault of the address (BadUri), not of the request. */
  readonly oddIdent?: 'uri';
  /** Throws its NotFound. */
  readonly missing?: FaultKind<{ ident: string }>;
}

/** How a page is asked of the tables: their columns are the fields' names. */
export interface TablePage<Column extends string> {
  readonly limit: number;
  readonly marker: string | undefined;
  readonly sortKey: Column;
  readonly sortDir: 'asc' | 'desc';
}

/** A page of rows after a marker that the caller may know of (else its NotFound), and the link to the next (`path` is where that leads, below /v1/). */
export async function listReply<R extends object>(
  ask: Ask,
  kind: Kind<R>,
  rowsOf: (page: TablePage<keyof R & string>) => Promise<R[]>,
  o: { view?: 'all'; path?: string; extra?: string } = {},
): Promise<Reply> {
  const { resource } = kind;
  const page = readPage(ask, resource, o.view);
  if (page.marker !== undefined && kind.access && ask.gate)
    await admitted({ ...ask, rule: undefined }, kind, await kind.by(ask.db.read, page.marker), page.marker);
  const rows = await rowsOf(page as Page & TablePage<keyof R & string>);
  const last = rows.at(-1) as { uuid?: string; hostname?: string } | undefined;
  const next = nextLink(ask, page, {
    path: o.path ?? (o.view ? `${resource.path}/detail` : resource.path),
    resource,
    last: last?.uuid ?? last?.hostname,
    full: rows.length === page.limit,
    ...(o.extra && { extra: o.extra }),
  });
  const items = rows.map((row) => kind.renderer.one(row, page.fields, ask));
  return { body: { [resource.plural]: items, ...(next && { next }) } };
}

/**
 * The thing that the path names; a name that ends in .json is tried as second choice below 1.91. Throws its NotFound, also
 * where the caller must not know of it, and HTTPForbidden where the route's policy refuses.
 */
export async function namedInPath<R>(ask: Ask, kind: Kind<R>, ident: string): Promise<R> {
  if (kind.oddIdent === 'uri' && !isIdent(ident)) throw new BadUri({ why: `"${ident}" is neither a UUID nor a name.` });
  readIdent(kind.resource.name, ident);
  return admitted(ask, kind, await rowNamed(ask, kind, ident), ident);
}

/** The row, where there is one for the caller; throws its NotFound, or HTTPForbidden. */
export async function admitted<R>(ask: Ask, { access, missing }: Kind<R>, row: R, ident: string): Promise<R> {
  if (access && missing && !(await admits(ask, access, row))) throw new missing({ ident });
  return row;
}

async function rowNamed<R>(ask: Ask, kind: Kind<R>, ident: string): Promise<R> {
  try {
    return await kind.by(ask.db.read, ident);
  } catch (error) {
    if (!ask.suffixed) throw error;
    return kind.by(ask.db.read, `${ident}.json`);
  }
}

export function showReply<R>(ask: Ask, kind: Kind<R>, row: R): Reply {
  return { body: kind.renderer.one(row, readPicked(ask, kind.resource) ?? 'all', ask) };
}

/** The values of a new row as the body gives them, with a UUID; nulls are left to the table's defaults. */
export function newValues(ask: Ask, resource: Resource): Record<string, unknown> & { uuid: string } {
  const given = readCreation(resource, ask.minor, ask.body === undefined ? {} : ask.body);
  const values = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== null && !(name === 'owner' && value === '')),
  );
  return { ...values, uuid: typeof values.uuid === 'string' ? values.uuid.toLowerCase() : ask.newId() };
}

/** Write a new row and show it. */
export async function createReply<R extends Row>(
  ask: Ask,
  kind: Kind<R>,
  write: (tx: Tx) => Promise<R>,
): Promise<Reply> {
  const row = await ask.db.write(write);
  return {
    status: 201,
    body: kind.renderer.one(row, 'all', ask),
    location: `${ask.base}/v1/${kind.resource.path}/${row.uuid}`,
  };
}

/** What the patch in the body makes of `document`: the changed fields in the form they are kept in. */
export function patchedValues(ask: Ask, resource: Resource, document: object): Record<string, unknown> {
  const patch = readPatch(ask.body ?? {}, resource.loosePaths ? 'loose' : 'strict');
  checkPatched(resource, ask.minor, patch);
  const changes = readPatched(resource, patch, applyPatch(document, patch) as Record<string, unknown>);
  const { uuid } = document as { uuid?: string };
  if (changes.uuid !== undefined && changes.uuid !== uuid)
    throw new InvalidParameterValue({ why: `The ${resource.name} ${uuid} keeps its UUID: make a new one instead.` });
  delete changes.uuid;
  if (changes.node_uuid === null) delete changes.node_uuid; // compat: removing it is taken, and does nothing
  return changes;
}

/** The write, unless somebody changed one of the same fields since the row was read: throws ChangedMeanwhile. */
function writeOn<R extends Row>({ by, resource }: Kind<R>, row: R, changes: object, write: (tx: Tx) => Promise<R>) {
  return async (tx: Tx): Promise<R> => {
    const now = await by(tx, row.uuid);
    refuseChanged(`The ${resource.name} ${row.uuid}`, row, now, Object.keys(changes));
    return write(tx);
  };
}

/** Write the changes, where anything becomes another, and show the row. */
export async function patchReply<R extends Row>(
  ask: Ask,
  kind: Kind<R>,
  row: R,
  changes: object,
  write: (tx: Tx) => Promise<R>,
): Promise<Reply> {
  const changed = Object.entries(changes).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(row, name)),
  );
  const saved = changed ? await ask.db.write(writeOn(kind, row, changes, write)) : row;
  return { body: kind.renderer.one(saved, 'all', ask) };
}

/** Delete and say no more. */
export async function deleteReply(ask: Ask, write: (tx: Tx) => Promise<unknown>): Promise<Reply> {
  await ask.db.write(write);
  return { status: 204 };
}

/** The arguments of the list, of its /detail form, and of a single one. */
export const queriesOf = (resource: Resource) => ({
  list: listArguments(resource),
  detail: listArguments(resource, { detail: false, fields: false }),
  one: { fields: { type: 'list' } } as const,
});
