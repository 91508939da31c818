import { isUuid } from '#base/ids.ts';
import { ChassisNotEmpty, ChassisNotFound, InvalidUUID } from '#contract/errors.ts';
import { linksOf } from '#contract/links.ts';
import { chassis } from '#contract/resources/chassis.ts';
import { countRows, type RowOf } from '#db/rows.ts';
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
  requireRow,
  showReply,
} from '../resource.ts';
import { type Ask, route } from '../route.ts';

const kind: Kind<'chassis'> = {
  resource: chassis,
  table: 'chassis',
  renderer: makeRenderer<RowOf<'chassis'>>(chassis, {
    // compat: the links to the nodes are a list inside a list
    makers: { nodes: (row, { base }) => [linksOf(base, `chassis/${row.uuid}/nodes`)] },
  }),
  missing: (ident) => new ChassisNotFound({ ident }),
};

const queries = queriesOf(chassis);

/** The chassis of the path, which is always a UUID. */
export async function chassisOfPath(ask: Ask): Promise<RowOf<'chassis'>> {
  const uuid = ask.params.chassis!;
  if (!isUuid(uuid)) throw new InvalidUUID({ field: 'chassis_uuid', value: uuid });
  return requireRow(ask, kind, uuid);
}

export const chassisRoutes = [
  route({
    method: 'GET',
    path: '/v1/chassis',
    since: 1,
    policy: 'baremetal:chassis:get',
    query: queries.list,
    handle: (ask) => listReply(ask, kind),
  }),
  route({
    method: 'GET',
    path: '/v1/chassis/detail',
    since: 1,
    policy: 'baremetal:chassis:get',
    query: queries.detail,
    handle: (ask) => listReply(ask, kind, { view: 'all' }),
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
    handle: (ask) => createReply(ask, kind, newValues(ask, chassis)),
  }),
  route({
    method: 'PATCH',
    path: '/v1/chassis/{chassis}',
    since: 1,
    policy: 'baremetal:chassis:update',
    body: 'json',
    async handle(ask) {
      const row = await chassisOfPath(ask);
      return patchReply(ask, kind, row, patchedValues(ask, chassis, row));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/chassis/{chassis}',
    since: 1,
    policy: 'baremetal:chassis:delete',
    async handle(ask) {
      const row = await chassisOfPath(ask);
      if (await countRows(ask.db.read, 'nodes', 'chassis_uuid', row.uuid))
        throw new ChassisNotEmpty({ chassis: row.uuid });
      return deleteReply(ask, kind, row);
    },
  }),
];
