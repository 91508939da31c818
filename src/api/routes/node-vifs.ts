import { InvalidParameterValue } from '#contract/errors.ts';
import { isLogicalName, typeName } from '#contract/values.ts';
import type { Vif } from '../orders.ts';
import { type Ask, route } from '../route.ts';

const targetsSince = 67;
const targets = ['port_uuid', 'portgroup_uuid'] as const;

function readVif({ body, minor }: Ask): Vif {
  const wrong = (why: string) => new InvalidParameterValue({ why });
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw wrong(`A VIF is an object with an "id", not ${typeName(body)}.`);
  const vif = body as Record<string, unknown>;
  if (typeof vif.id !== 'string' || !isLogicalName(vif.id, minor))
    throw wrong('"id" of a VIF: a UUID or a name is needed.');
  if (minor < targetsSince) return vif as Vif;
  if (targets.every((name) => vif[name])) throw wrong('port_uuid and portgroup_uuid cannot be given together.');
  return vif as Vif;
}

export const nodeVifRoutes = [
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/vifs',
    since: 28,
    policy: 'baremetal:node:vif:list',
    noHost: 400,
    handle: async ({ orders, node }) => ({ body: { vifs: await orders.listVifs(node.uuid) } }),
  }),
  route({
    method: 'POST',
    path: '/v1/nodes/{node}/vifs',
    since: 28,
    policy: 'baremetal:node:vif:attach',
    noHost: 400,
    body: 'json',
    async handle(ask) {
      await ask.orders.attachVif({ node: ask.node.uuid, vif: readVif(ask), by: ask.by });
      return { status: 204 };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}/vifs/{vif}',
    since: 28,
    policy: 'baremetal:node:vif:detach',
    noHost: 400,
    async handle({ orders, node, params, by }) {
      await orders.detachVif({ node: node.uuid, vif: params.vif!, by });
      return { status: 204 };
    },
  }),
];
