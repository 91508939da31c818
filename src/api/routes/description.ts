import { latest, minorAsked } from '#contract/versions.ts';
import { docsPage, docsPolicy } from '../docs-page.ts';
import { describeApi } from '../openapi.ts';
import { type Ask, type Route, route } from '../route.ts';

const query = { version: { type: 'string' } } as const;

const minorOf = ({ args }: Ask): number =>
  args.version === undefined ? latest : minorAsked(args.version as string | undefined);

/** The description of the routes given, at the version that `?version=1.N` names or at the latest: as data, and as a page. */
export const descriptionRoutes = (routes: readonly Route[]): readonly Route[] => [
  route({
    method: 'GET',
    path: '/openapi.json',
    since: 1,
    query,
    body: 'none',
    handle: (ask) => ({ body: describeApi(routes, minorOf(ask)) }),
  }),
  route({
    method: 'GET',
    path: '/docs',
    since: 1,
    query,
    body: 'none',
    handle(ask) {
      const minor = minorOf(ask);
      return {
        json: docsPage(describeApi(routes, minor), minor),
        type: 'text/html; charset=utf-8',
        headers: { 'Content-Security-Policy': docsPolicy, 'X-Content-Type-Options': 'nosniff' },
      };
    },
  }),
];
