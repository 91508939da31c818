// Finds the route for a path: segments in a tree, literal ones before parameters.
import {
  BadUri,
  InvalidUuidOrName,
  MalformedRequestURI,
  MethodNotAllowed,
  MissingParameterValue,
  RouteNotFound,
} from '#contract/errors.ts';
import { latest } from '#contract/versions.ts';
import type { Route } from './route.ts';
import { refuseBelowVersion } from './since.ts';

interface Branch {
  readonly literals: Map<string, Branch>;
  parameter?: { name: string; branch: Branch };
  readonly routes: Map<string, Route>;
}

const newBranch = (): Branch => ({ literals: new Map(), routes: new Map() });

interface Found {
  readonly route: Route;
  readonly params: Record<string, string>;
  /** compat: what stood behind a thing's own path is taken as its `fields`. */
  readonly fields?: string;
}

export interface Router {
  /** Throws RouteNotFound (404), MethodNotAllowed (405) or a 400 where the method wants a name after the collection. */
  find(method: string, path: string, minor?: number): Found;
}

export function makeRouter(routes: readonly Route[]): Router {
  const root = newBranch();
  for (const route of routes) plant(root, route);
  return { find: (method, path, minor = latest) => find(root, method, path, minor) };
}

const segmentsOf = (path: string): string[] => {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop(); // one slash at the end says nothing
  return segments;
};

function plant(root: Branch, route: Route): void {
  let here = root;
  for (const segment of segmentsOf(route.path)) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name) {
      here.parameter ??= { name, branch: newBranch() };
      if (here.parameter.name !== name) throw new Error(`two names for one place: {${name}} in ${route.path}`);
      here = here.parameter.branch;
    } else {
      const next = here.literals.get(segment) ?? newBranch();
      here.literals.set(segment, next);
      here = next;
    }
  }
  if (here.routes.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
  here.routes.set(route.method, route);
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  if (segment.includes('%00')) throw new InvalidUuidOrName({ field: 'what a path names', value: segment });
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new BadUri({ why: `"${segment}" in the path is not UTF-8 in percent encoding.` });
  }
}

function walk(
  root: Branch,
  segments: readonly string[],
): { branch: Branch; params: Record<string, string> } | undefined {
  const params: Record<string, string> = {};
  let here = root;
  for (const segment of segments) {
    const literal = here.literals.get(segment);
    if (literal) {
      here = literal;
      continue;
    }
    if (!here.parameter || segment === '') return undefined;
    params[here.parameter.name] = decode(segment);
    here = here.parameter.branch;
  }
  return { branch: here, params };
}

function find(root: Branch, method: string, path: string, minor: number): Found {
  const segments = segmentsOf(path);
  const hit = walk(root, segments);
  if (!hit) return findWithFields(root, method, path, segments);
  const route = hit.branch.routes.get(method);
  if (route) return { route, params: hit.params };
  refuseYoung(hit.branch, method, minor);
  const thing = asThing(root, segments);
  const named = thing?.branch.routes.get(method);
  if (named) return { route: named, params: thing!.params };
  if (changing.has(method) && listsOnly.test(path)) throw new MalformedRequestURI({ path });
  if (method === 'POST' && segments.length === (segments[1] === 'volume' ? 4 : 3) && thing?.branch.routes.has('PATCH'))
    throw new MalformedRequestURI({ path });
  const below = hit.branch.parameter;
  if (below?.branch.routes.has(method))
    throw new MissingParameterValue({ why: `${method} ${path} needs a ${below.name} after the path.` });
  throw new MethodNotAllowed({ method, path });
}

/** What nothing of which is known to a version is refused as that, whatever the method; a resource refuses its own ones only. */
function refuseYoung(branch: Branch, method: string, minor: number): void {
  const below = branch.parameter?.branch.routes.get(method);
  if (below) {
    refuseBelowVersion(below, minor);
    return;
  }
  const routes = [...branch.routes.values()].sort((a, b) => Number(a.method === 'GET') - Number(b.method === 'GET'));
  const [first] = routes;
  if (first && framed.has(first.before) && routes.every(({ since }) => since > minor)) refuseBelowVersion(first, minor);
}

const framed = new Set<Route['before']>([undefined, 'no path', 'no method']);

/** compat: below these of a node there is nothing, which is said as that no method is allowed. */
const leaves = /^\/v1\/nodes\/[^/]+\/(management|firmware|children|allocation|vifs)\//;
/** compat: volumes of a node are listed there, and changed elsewhere. */
const listsOnly = /^\/v1\/nodes\/[^/]+\/(volume\/(connectors|targets)|ports$)/;

function findWithFields(root: Branch, method: string, path: string, segments: readonly string[]): Found {
  if (leaves.test(path)) throw new MethodNotAllowed({ method, path });
  if (listsOnly.test(path)) throw new MalformedRequestURI({ path });
  const extra = segments.at(-1);
  const hit = method === 'GET' && extra ? asThing(root, segments.slice(0, -1)) : undefined;
  const route = hit?.branch.routes.get('GET');
  if (!hit || !route?.query?.fields || !extra) {
    if (method !== 'GET' && segments.length > 2) refuseBelow(root, method, path, segments.slice(0, -1));
    throw new RouteNotFound({ path });
  }
  return { route, params: hit.params, fields: decode(extra) };
}

/** Below a thing there is nothing to change, and elsewhere nothing that any method is for. */
function refuseBelow(root: Branch, method: string, path: string, segments: readonly string[]): void {
  if (!walk(root, segments)) return;
  const isThing = walk(root, segments.slice(0, -1))?.branch.literals.has(segments.at(-1)!) === false;
  if (isThing && changing.has(method)) throw new MalformedRequestURI({ path });
  throw new MethodNotAllowed({ method, path });
}

const changing = new Set(['POST', 'PATCH', 'DELETE']);

/** A path as that of a single thing, even where its last segment is a word with a meaning of its own (`detail`). */
function asThing(root: Branch, segments: readonly string[]): ReturnType<typeof walk> {
  const parent = walk(root, segments.slice(0, -1));
  const last = segments.at(-1);
  if (!parent?.branch.parameter || !last) return undefined;
  const { name, branch } = parent.branch.parameter;
  return { branch, params: { ...parent.params, [name]: decode(last) } };
}
