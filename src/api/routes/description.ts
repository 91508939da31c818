import { latest, minorAsked } from '#contract/versions.ts';
import { describeApi } from '../openapi.ts';
import { type Route, route } from '../route.ts';

/** The description of the routes given, at the version that `?version=1.N` names or at the latest. */
export const descriptionRoute = (routes: readonly Route[]): Route =>
  route({
    method: 'GET',
    path: '/openapi.json',
    since: 1,
    query: { version: { type: 'string' } },
    body: 'none',
    handle({ args }) {
      const version = args.version as string | undefined;
      return { body: describeApi(routes, version === undefined ? latest : minorAsked(version)) };
    },
  });
