import { Conflict, InvalidName } from '#contract/errors.ts';
import { portgroup as resource } from '#contract/resources/portgroup.ts';
import { isLogicalName } from '#contract/values.ts';
import { findNode } from '#db/nodes.ts';
import { createPortgroup, deletePortgroup, listPortgroups, savePortgroup } from '#db/portgroups.ts';
import { listPorts } from '#db/ports.ts';
import type { New, PortgroupRow } from '#db/schema.ts';
import { nodeForMove, nodeForNew } from '../node-of-thing.ts';
import { readPortgroupFilter } from '../port-filter.ts';
import { portgroupKind, portgroupOfPath } from '../portgroup-view.ts';
import {
  createReply,
  deleteReply,
  listReply,
  newValues,
  patchedValues,
  patchReply,
  queriesOf,
  showReply,
} from '../resource.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { sightOfList } from '../sight.ts';

const kind = portgroupKind;
const queries = queriesOf(resource);
const before = 'not served';

async function list(ask: Ask, view: 'all' | undefined, within: { node_uuid?: string } = {}): Promise<Reply> {
  const sight = sightOfList(ask, 'portgroup');
  const filter = { ...(await readPortgroupFilter(ask)), ...within, sight };
  return listReply(ask, kind, (page) => listPortgroups(ask.db.read, filter, page), view ? { view } : {});
}

// compat: an empty name and one that looks like a UUID pass
const checkName = (name: unknown, minor: number): void => {
  if (name && !isLogicalName(String(name), minor)) throw new InvalidName({ what: 'port group', name: String(name) });
};

async function create(ask: Ask): Promise<Reply> {
  const given = newValues(ask, resource);
  checkName(given.name, ask.minor);
  const node = await nodeForNew(ask, 'node_uuid', String(given.node_uuid));
  const mode = given.mode || ask.settings.defaultPortgroupMode;
  const values = { ...given, mode, node_uuid: node.uuid } as Omit<New<'portgroups'>, 'id' | 'created_at'>;
  return createReply(ask, kind, (tx) => createPortgroup(tx, values));
}

const changeable = new Set(['enroll', 'inspecting', 'inspect wait', 'manageable']);

async function patch(ask: Ask): Promise<Reply> {
  const row = await portgroupOfPath(ask);
  const changes = patchedValues(ask, resource, row) as Partial<PortgroupRow>;
  checkName(changes.name, ask.minor);
  if (changes.mode === null) changes.mode = ask.settings.defaultPortgroupMode;
  const node = changes.node_uuid ? await nodeForMove(ask, 'node_uuid', changes.node_uuid) : undefined;
  const ports = await listPorts(ask.db.read, { portgroup_uuid: row.uuid });
  if (node && node.uuid !== row.node_uuid && ports.length)
    throw new Conflict({ why: `Port group ${row.uuid} has ports, so it cannot move to another node.` });
  const owner = await findNode(ask.db.read, row.node_uuid);
  const fixed = owner && !owner.maintenance && !changeable.has(owner.provision_state);
  if (changes.standalone_ports_supported === false && ports.some(({ pxe_enabled }) => pxe_enabled))
    throw new Conflict({
      why: `Port group ${row.uuid} has ports with pxe_enabled, which then could not boot by themselves.`,
    });
  if (fixed && ('standalone_ports_supported' in changes || 'address' in changes))
    throw new Conflict({ why: `Port group ${row.uuid} is fixed while its node is "${owner.provision_state}".` });
  const held = { node: row.node_uuid, purpose: 'changing its port group', by: ask.by };
  return ask.orders.whileHeld(held, () =>
    patchReply(ask, kind, row, changes, (tx) => savePortgroup(tx, row.uuid, changes)),
  );
}

export const portgroupRoutes = [
  ...(['/v1/portgroups', '/v1/nodes/{node}/portgroups'] as const).flatMap((path) => {
    const ofNode = path.startsWith('/v1/nodes');
    const since = ofNode ? 24 : resource.since;
    const within = (ask: Ask) => (ofNode ? { node_uuid: ask.node.uuid } : {});
    const older = ofNode ? {} : ({ before } as const);
    return [
      route({
        method: 'GET',
        path,
        since,
        ...older,
        query: queries.list,
        handle: (ask) => list(ask, undefined, within(ask)),
      }),
      route({
        method: 'GET',
        path: `${path}/detail`,
        since,
        ...older,
        query: queries.detail,
        handle: (ask) => list(ask, 'all', within(ask)),
      }),
    ];
  }),
  route({
    method: 'GET',
    path: '/v1/portgroups/{portgroup}',
    since: resource.since,
    before,
    policy: 'baremetal:portgroup:get',
    judges: 'thing',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await portgroupOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/portgroups',
    since: resource.since,
    before,
    policy: 'baremetal:portgroup:create',
    judges: 'thing',
    body: 'json',
    handle: create,
  }),
  route({
    method: 'PATCH',
    path: '/v1/portgroups/{portgroup}',
    since: resource.since,
    before,
    policy: 'baremetal:portgroup:update',
    judges: 'thing',
    body: 'json',
    patch: true,
    handle: patch,
  }),
  route({
    method: 'DELETE',
    path: '/v1/portgroups/{portgroup}',
    since: resource.since,
    before,
    policy: 'baremetal:portgroup:delete',
    judges: 'thing',
    async handle(ask) {
      const row = await portgroupOfPath(ask);
      const held = { node: row.node_uuid, purpose: 'deleting its port group', by: ask.by };
      return ask.orders.whileHeld(held, () => deleteReply(ask, (tx) => deletePortgroup(tx, row.uuid)));
    },
  }),
];
