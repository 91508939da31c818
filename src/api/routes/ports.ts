import { isUuid } from '#base/ids.ts';
import { InvalidUUID, PortNotFound } from '#contract/errors.ts';
import { port as resource } from '#contract/resources/port.ts';
import { isMac } from '#contract/values.ts';
import { nodeBy } from '#db/nodes.ts';
import { createPort, deletePort, listPorts, portBy, portByMac, savePort } from '#db/ports.ts';
import type { PortRow } from '#db/schema.ts';
import { readPortFilter } from '../port-filter.ts';
import { checkDeletable, checkNewPort, checkPortPatch } from '../port-values.ts';
import { portKind } from '../port-view.ts';
import { portgroupOfPath } from '../portgroup-view.ts';
import {
  admitted,
  createReply,
  deleteReply,
  listReply,
  namedInPath,
  newValues,
  patchedValues,
  patchReply,
  queriesOf,
  showReply,
} from '../resource.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { sightOfList } from '../sight.ts';

const queries = queriesOf(resource);

interface Within {
  readonly node_uuid?: string;
  readonly portgroup_uuid?: string;
}

async function list(ask: Ask, view: 'all' | undefined, within: Within = {}): Promise<Reply> {
  const sight = sightOfList(ask, 'port');
  const filter = { ...(await readPortFilter(ask)), ...within, sight };
  return listReply(ask, portKind, (page) => listPorts(ask.db.read, filter, page), view ? { view } : {});
}

/** A port is named by its UUID, its MAC address or its name. */
async function portOfPath(ask: Ask): Promise<PortRow> {
  const ident = ask.params.port!;
  if (!isMac(ident)) return namedInPath(ask, portKind, ident);
  const found = await portByMac(ask.db.read, ident);
  if (!found) throw new PortNotFound({ ident });
  return admitted(ask, portKind, found, ident);
}

const lists = [
  ['/v1/ports', async () => ({})],
  ['/v1/nodes/{node}/ports', async ({ node }) => ({ node_uuid: node.uuid })],
] as const satisfies readonly (readonly [string, (ask: Ask) => Promise<Within>])[];

const groupOfPath = async (ask: Ask): Promise<Within> => ({
  portgroup_uuid: (await portgroupOfPath(ask)).uuid,
});

export const portRoutes = [
  ...[...lists, ['/v1/portgroups/{portgroup}/ports', groupOfPath] as const].flatMap(([path, within]) => {
    const since = path.startsWith('/v1/portgroups') ? 24 : 1;
    return [
      route({
        method: 'GET',
        path,
        since,
        query: queries.list,
        handle: async (ask) => list(ask, undefined, await within(ask)),
      }),
      route({
        method: 'GET',
        path: `${path}/detail`,
        since,
        query: queries.detail,
        handle: async (ask) => list(ask, 'all', await within(ask)),
      }),
    ];
  }),
  route({
    method: 'GET',
    path: '/v1/ports/{port}',
    since: 1,
    policy: 'baremetal:port:get',
    judges: 'thing',
    query: queries.one,
    handle: async (ask) => showReply(ask, portKind, await portOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/ports',
    since: 1,
    policy: 'baremetal:port:create',
    judges: 'thing',
    body: 'json',
    async handle(ask) {
      const values = await checkNewPort(ask, newValues(ask, resource));
      return createReply(ask, portKind, (tx) => createPort(tx, values));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/ports/{port}',
    since: 1,
    policy: 'baremetal:port:update',
    judges: 'thing',
    body: 'json',
    patch: true,
    async handle(ask) {
      const row = await portOfPath(ask);
      const changes = await checkPortPatch(ask, row, patchedValues(ask, resource, row));
      const held = { node: row.node_uuid, purpose: 'changing its port', by: ask.by };
      return ask.orders.whileHeld(held, () =>
        patchReply(ask, portKind, row, changes, (tx) => savePort(tx, row.uuid, changes)),
      );
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/ports/{port}',
    since: 1,
    policy: 'baremetal:port:delete',
    judges: 'thing',
    async handle(ask) {
      const ident = ask.params.port!;
      if (!isUuid(ident)) throw new InvalidUUID({ field: 'the port', value: ident }); // compat: by its UUID only
      const row = await admitted(ask, portKind, await portBy(ask.db.read, ident), ident);
      checkDeletable(row, await nodeBy(ask.db.read, row.node_uuid));
      const held = { node: row.node_uuid, purpose: 'deleting its port', by: ask.by };
      return ask.orders.whileHeld(held, () => deleteReply(ask, (tx) => deletePort(tx, row.uuid)));
    },
  }),
];
