import { conductor as resource } from '#contract/resources/conductor.ts';
import { conductorBy, listConductors } from '#db/conductors.ts';
import type { ConductorRow } from '#db/schema.ts';
import { makeRenderer } from '../render.ts';
import { type Kind, listReply, namedInPath, queriesOf, showReply } from '../resource.ts';
import { type Ask, route } from '../route.ts';

const queries = queriesOf(resource);

/** A conductor lives while it says so often enough. */
const kindAt = ({ clock, settings }: Ask): Kind<ConductorRow> => {
  const since = clock.now() - settings.conductorTimeout * 1000;
  return {
    resource,
    renderer: makeRenderer<ConductorRow>(resource, {
      key: 'hostname',
      makers: { alive: (row) => row.online && row.updated_at >= since },
    }),
    by: conductorBy,
  };
};

export const conductorRoutes = [
  route({
    method: 'GET',
    path: '/v1/conductors',
    since: resource.since,
    before: 'not served',
    policy: 'baremetal:conductor:get',
    query: queries.list,
    handle: (ask) => listReply(ask, kindAt(ask), (page) => listConductors(ask.db.read, page)),
  }),
  route({
    method: 'GET',
    path: '/v1/conductors/{hostname}',
    since: resource.since,
    before: 'not served',
    policy: 'baremetal:conductor:get',
    query: queries.one,
    async handle(ask) {
      const kind = kindAt(ask);
      return showReply(ask, kind, await namedInPath(ask, kind, ask.params.hostname!));
    },
  }),
];
