// The usual answers of a resource: a page of it, one of it, a new one, a change, its end. Routes say what is special.
import { isUuid, newUuid } from '#base/ids.ts';
import { checkPatched, readCreation, readPatched } from '#contract/body.ts';
import type { Resource } from '#contract/fields.ts';
import { applyPatch, readPatch } from '#contract/json-patch.ts';
import {
  deleteRow,
  insertRow,
  listRows,
  type RowFilter,
  type RowOf,
  type RowTable,
  rowBy,
  updateRow,
} from '#db/rows.ts';
import { listArguments, nextLink, readPage, readPicked } from './paging.ts';
import type { Renderer } from './render.ts';
import type { Ask, Reply } from './route.ts';

/** What ties a field table, a database table and the way it is shown together. */
export interface Kind<T extends RowTable> {
  readonly resource: Resource;
  readonly table: T;
  readonly renderer: Renderer<RowOf<T>>;
  /** The error for one that there is not. */
  readonly missing: (ident: string) => Error;
  /** Names identify it as well as UUIDs. */
  readonly named?: true;
}

/** A page of rows. `path` is where the next link leads, below /v1/. */
export async function listReply<T extends RowTable>(
  ask: Ask,
  kind: Kind<T>,
  o: { filter?: RowFilter; view?: 'all' | undefined; path?: string; extra?: string } = {},
): Promise<Reply> {
  const { resource } = kind;
  const page = readPage(ask, resource, o.view);
  const rows = await listRows(ask.db.read, kind.table, o.filter ?? {}, page);
  const path = o.path ?? (o.view ? `${resource.path}/detail` : resource.path);
  const next = nextLink(ask, page, {
    path,
    resource,
    last: markerOf(rows.at(-1)),
    full: rows.length === page.limit,
    ...(o.extra && { extra: o.extra }),
  });
  const items = rows.map((row) => kind.renderer.one(row, page.fields, ask));
  return { body: { [resource.plural]: items, ...(next && { next }) } };
}

const markerOf = (row: object | undefined): string | undefined =>
  row && ('uuid' in row ? String(row.uuid) : 'hostname' in row ? String(row.hostname) : undefined);

/** The row that `ident` names: its UUID, or its name where things of the kind have one. Throws what the kind says. */
export async function requireRow<T extends RowTable>(ask: Ask, kind: Kind<T>, ident: string): Promise<RowOf<T>> {
  const column = kind.named && !isUuid(ident) ? 'name' : 'uuid';
  const value = column === 'uuid' ? ident.toLowerCase() : ident;
  const find = (text: string) => rowBy(ask.db.read, kind.table, column as keyof RowOf<T> & string, text);
  const row = (await find(value)) ?? (ask.suffixed ? await find(`${value}.json`) : undefined);
  if (!row) throw kind.missing(ident);
  return row;
}

export async function showReply<T extends RowTable>(ask: Ask, kind: Kind<T>, row: RowOf<T>): Promise<Reply> {
  return { body: kind.renderer.one(row, readPicked(ask, kind.resource) ?? 'all', ask) };
}

/** The values of a new row as the body gives them, with a UUID; nulls are left to the database's defaults. */
export function newValues(ask: Ask, resource: Resource): Record<string, unknown> & { uuid: string } {
  const given = readCreation(resource, ask.minor, ask.body ?? {});
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  return { ...values, uuid: typeof values.uuid === 'string' ? values.uuid.toLowerCase() : newUuid() };
}

export async function createReply<T extends RowTable>(
  ask: Ask,
  kind: Kind<T>,
  values: Record<string, unknown>,
): Promise<Reply> {
  const row = await ask.db.write((tx) => insertRow(tx, kind.table, values as never));
  return createdReply(ask, kind, row);
}

export function createdReply<T extends RowTable>(ask: Ask, kind: Kind<T>, row: RowOf<T>): Reply {
  const { uuid } = row as unknown as { uuid: string };
  return {
    status: 201,
    body: kind.renderer.one(row, 'all', ask),
    location: `${ask.base}/v1/${kind.resource.path}/${uuid}`,
  };
}

/** What the patch in the body makes of `document`: the changed fields in the form they are kept in. */
export function patchedValues(ask: Ask, resource: Resource, document: object): Record<string, unknown> {
  const patch = readPatch(ask.body ?? {}, resource.loosePaths ? 'loose' : 'strict');
  checkPatched(resource, ask.minor, patch);
  const patched = applyPatch(document, patch) as Record<string, unknown>;
  return readPatched(resource, patch, patched);
}

export async function patchReply<T extends RowTable>(
  ask: Ask,
  kind: Kind<T>,
  row: RowOf<T>,
  changes: Record<string, unknown>,
): Promise<Reply> {
  const { uuid } = row as unknown as { uuid: string };
  if (Object.keys(changes).length === 0) return { body: kind.renderer.one(row, 'all', ask) };
  const saved = await ask.db.write((tx) => updateRow(tx, kind.table, uuid, changes as Partial<RowOf<T>>));
  if (!saved) throw kind.missing(uuid);
  return { body: kind.renderer.one(saved, 'all', ask) };
}

export async function deleteReply<T extends RowTable>(ask: Ask, kind: Kind<T>, row: RowOf<T>): Promise<Reply> {
  const { uuid } = row as unknown as { uuid: string };
  if (!(await ask.db.write((tx) => deleteRow(tx, kind.table, uuid)))) throw kind.missing(uuid);
  return { status: 204 };
}

/** The arguments of the list, of its /detail form, and of a single one. */
export const queriesOf = (resource: Resource) => ({
  list: listArguments(resource),
  detail: listArguments(resource, { detail: false, fields: false }),
  one: { fields: { type: 'list' } } as const,
});
