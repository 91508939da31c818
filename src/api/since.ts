import { MethodNotAllowed, MethodNotInVersion, NotInVersion, RouteNotFound } from '#contract/errors.ts';
import type { Route } from './route.ts';

/** What a client meets below the version of a route: see `Before`. */
export function refuseBelowVersion(route: Route, minor: number): void {
  if (minor >= route.since) return;
  const { method, path, since } = route;
  switch (route.before ?? 'no path') {
    case 'no path':
      throw new RouteNotFound({ path });
    case 'not served':
      throw new NotInVersion({ path, since });
    case 'no method':
      throw new MethodNotAllowed({ method, path });
    case 'method not served':
      throw new MethodNotInVersion({ method, path, since });
    case 'handler':
  }
}
