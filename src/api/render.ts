// Rows as clients see them: the fields of a version, in the table's order, with times as text, links, and secrets masked.
import { listedAt, type Resource, shownAt } from '#contract/fields.ts';
import { linksOf } from '#contract/links.ts';
import type { PolicyRule, PolicyTarget } from '#contract/policies.ts';

/** Which fields go out: those named, all that the version shows, or those of a plain list. */
export type View = readonly string[] | 'all' | undefined;

type Row = Readonly<Record<string, unknown>>;
type Shown = Record<string, unknown>;

/** What a value depends on beside its row: the address and version of the request, and what its caller may see. */
export interface Viewer {
  readonly base: string;
  readonly minor: number;
  may?(rule: PolicyRule, target?: PolicyTarget): boolean;
}

/** What makes the value of a field that is not simply the column's. */
export type Maker<R> = (row: R, at: Viewer) => unknown;

export interface Renderer<R> {
  one(row: R, view: View, at: Viewer): Shown;
}

export const timeText = (value: unknown): string | null =>
  typeof value === 'number' ? `${new Date(value).toISOString().slice(0, -5)}+00:00` : null;

/**
 * A renderer for one resource. `makers` gives values that are not columns; `links` are made from the path and `key`.
 * What is known per version is worked out once.
 */
export function makeRenderer<R>(
  resource: Resource,
  options: { key?: string; path?: (row: R) => string; makers?: Readonly<Record<string, Maker<R>>> } = {},
): Renderer<R> {
  const key = options.key ?? 'uuid';
  const pathOf = options.path ?? ((row: R) => `${resource.path}/${String((row as Row)[key])}`);
  const plans = new Map<string, readonly Column<R>[]>();

  const planFor = (view: View, minor: number): readonly Column<R>[] => {
    const id = `${minor}/${typeof view === 'object' ? view.join(',') : (view ?? '-')}`;
    const known = plans.get(id);
    if (known) return known;
    const plan = namesOf(resource, view, minor).map((name) => columnOf(resource, name, options.makers?.[name], pathOf));
    if (plans.size < 512) plans.set(id, plan); // the views that clients think of are endless, the usual ones few
    return plan;
  };

  return {
    one(row, view, at) {
      const shown: Shown = {};
      for (const { name, read } of planFor(view, at.minor)) shown[name] = read(row, at);
      return shown;
    },
  };
}

interface Column<R> {
  readonly name: string;
  readonly read: Maker<R>;
}

function namesOf(resource: Resource, view: View, minor: number): readonly string[] {
  if (view === 'all') return shownAt(resource, minor);
  if (view === undefined) return listedAt(resource, minor);
  return resource.fields.links ? [...view, 'links'] : view;
}

function columnOf<R>(
  resource: Resource,
  name: string,
  maker: Maker<R> | undefined,
  pathOf: (row: R) => string,
): Column<R> {
  if (maker) return { name, read: maker };
  if (name === 'links') return { name, read: (row, at) => linksOf(at.base, pathOf(row)) };
  const type = resource.fields[name]?.type;
  if (type === 'time') return { name, read: (row) => timeText((row as Row)[name]) };
  if (type === 'links') return { name, read: (row, at) => linksOf(at.base, `${pathOf(row)}/${name}`) };
  return { name, read: (row) => (row as Row)[name] ?? null };
}
