import { isUuid } from '#base/ids.ts';
import { InvalidUUID } from '#contract/errors.ts';
import { linksOf } from '#contract/links.ts';
import { chassis } from '#contract/resources/chassis.ts';
import { chassisBy, createChassis, deleteChassis, listChassis, saveChassis } from '#db/chassis.ts';
import type { ChassisRow } from '#db/schema.ts';
import { makeRenderer } from '../render.ts';
import {
  createReply,
  deleteReply,
  type Kind,
  listReply,
  newValues,
  patchedValues,
  patchReply,
  queriesOf,
  showReply,
} from '../resource.ts';
import { type Ask, route } from '../route.ts';

const kind: Kind<ChassisRow> = {
  resource: chassis,
  renderer: makeRenderer<ChassisRow>(chassis, {
    // compat: the links to the nodes are a list inside a list
    makers: { nodes: (row, { base }) => [linksOf(base, `chassis/${row.uuid}/nodes`)] },
  }),
  by: chassisBy,
};

const queries = queriesOf(chassis);

/** The chassis of the path, which is always a UUID. */
export function chassisOfPath({ db, params }: Ask): Promise<ChassisRow> {
  const uuid = params.chassis!;
  if (!isUuid(uuid)) throw new InvalidUUID({ field: 'chassis_uuid', value: uuid });
  return chassisBy(db.read, uuid);
}

export const chassisRoutes = [
  route({
    method: 'GET',
    path: '/v1/chassis',
    since: 1,
    policy: 'baremetal:chassis:get',
    query: queries.list,
    handle: (ask) => listReply(ask, kind, (page) => listChassis(ask.db.read, page)),
  }),
  route({
    method: 'GET',
    path: '/v1/chassis/detail',
    since: 1,
    policy: 'baremetal:chassis:get',
    query: queries.detail,
    handle: (ask) => listReply(ask, kind, (page) => listChassis(ask.db.read, page), { view: 'all' }),
  }),
  route({
    method: 'GET',
    path: '/v1/chassis/{chassis}',
    since: 1,
    policy: 'baremetal:chassis:get',
    query: queries.one,
    handle: async (ask) => showReply(ask, kind, await chassisOfPath(ask)),
  }),
  route({
    method: 'POST',
    path: '/v1/chassis',
    since: 1,
    policy: 'baremetal:chassis:create',
    body: 'json',
    handle(ask) {
      const values = newValues(ask, chassis);
      return createReply(ask, kind, (tx) => createChassis(tx, values));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/chassis/{chassis}',
    since: 1,
    policy: 'baremetal:chassis:update',
    body: 'json',
    patch: true,
    async handle(ask) {
      const row = await chassisOfPath(ask);
      const changes = patchedValues(ask, chassis, row);
      return patchReply(ask, kind, row, changes, (tx) => saveChassis(tx, row.uuid, changes));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/chassis/{chassis}',
    since: 1,
    policy: 'baremetal:chassis:delete',
    async handle(ask) {
      const { uuid } = await chassisOfPath(ask);
      return deleteReply(ask, (tx) => deleteChassis(tx, uuid));
    },
  }),
];
