// Spellings of a path that mean the same: with or without /v1, a slash at the end, `.json` below 1.91.

import { MalformedRequestURI } from '#contract/errors.ts';

const roots = new Set([
  'nodes',
  'ports',
  'portgroups',
  'chassis',
  'drivers',
  'volume',
  'lookup',
  'heartbeat',
  'conductors',
  'allocations',
  'events',
  'deploy_templates',
  'shards',
  'runbooks',
  'inspection_rules',
  'continue_inspection',
]);

/** From this version on `.json` at the end of a path is part of a name. */
const jsonSuffixUntil = 91;

/** The path as the routes are declared, and whether a `.json` was cut off its end. */
export function usualPath(path: string, minor: number): { path: string; suffixed: boolean } {
  if (path.includes('//') || path === '/v1.json') return oddPath(path, minor);
  if (path.startsWith('/v1/') && minor >= jsonSuffixUntil) return { path, suffixed: false };
  const first = path.split('/', 2)[1] ?? '';
  const full = roots.has(first.replace(/\.json$/, '')) ? `/v1${path}` : path;
  const suffixed = minor < jsonSuffixUntil && full.startsWith('/v1/') && /[^/]\.json\/?$/.test(full);
  return { path: suffixed ? full.replace(/\.json\/?$/, '') : full, suffixed };
}

/** compat: how slashes that say nothing are taken. */
function oddPath(path: string, minor: number): { path: string; suffixed: boolean } {
  if (path === '/v1.json') return { path: minor < jsonSuffixUntil ? '/v1' : path, suffixed: false };
  if (path === '//') return { path: '/', suffixed: false };
  if (path === '/v1//') return { path: '/v1', suffixed: false };
  if (path.startsWith('//') || path.endsWith('//')) throw new MalformedRequestURI({ path });
  return { path, suffixed: false };
}

/** Whether a path (as the routes are declared) lies below something that is served. */
export const isServedBelow = (path: string): boolean => roots.has(path.split('/', 3)[2] ?? '');
