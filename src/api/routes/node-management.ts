import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue, NotAcceptable } from '#contract/errors.ts';
import { linksOf } from '#contract/links.ts';
import { requireNode } from '../idents.ts';
import { offered } from '../offered.ts';
import { type Ask, type Reply, route } from '../route.ts';
import { nodeTarget } from '../sight.ts';

const namesSince = 5;
const indicatorName = /^([^@]+)@([^@]+)$/;

function indicatorOfPath({ params }: Ask): { component: string; name: string } {
  const [, name, component] = indicatorName.exec(params.indicator!) ?? [];
  if (!name || !component)
    throw new InvalidParameterValue({ why: `"${params.indicator}" is no indicator: name@component is accepted.` });
  return { component, name };
}

async function validate({ orders }: Ask, uuid: string): Promise<Reply> {
  return { body: await orders.validate(uuid) };
}

export const nodeManagementRoutes = [
  route({
    method: 'GET',
    path: '/v1/nodes/validate',
    since: 1,
    query: { node: { type: 'ident' }, node_uuid: { type: 'uuid' } },
    async handle(ask) {
      const { node } = ask.args as { node?: string };
      if (node && !isUuid(node) && ask.minor < namesSince)
        throw new NotAcceptable({ what: 'Naming a node other than by its UUID', since: namesSince });
      const ident = node ?? (ask.args.node_uuid as string | undefined);
      if (!ident)
        throw new InvalidParameterValue({ why: 'Which node is to be validated? Give "node" or "node_uuid".' });
      const found = await requireNode(ask, ident);
      ask.demand('baremetal:node:validate', nodeTarget(found));
      return validate(ask, found.uuid);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/validate',
    since: 1,
    policy: 'baremetal:node:validate',
    handle: (ask) => validate(ask, ask.node.uuid),
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/management/boot_device',
    since: 1,
    policy: 'baremetal:node:get_boot_device',
    handle: async ({ orders, node }) => ({ body: await orders.bootDevice(node.uuid) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/management/boot_device',
    since: 1,
    policy: 'baremetal:node:set_boot_device',
    query: { boot_device: { type: 'string', required: true, null: true }, persistent: { type: 'flag' } },
    body: 'arguments',
    async handle({ orders, node, args, by }) {
      const device = args.boot_device as string | null;
      if (device === null) throw new InvalidParameterValue({ why: 'boot_device: the name of a device is needed.' });
      await orders.setBootDevice({ node: node.uuid, device, persistent: args.persistent === true, by });
      return { status: 204 };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/management/boot_device/supported',
    since: 1,
    policy: 'baremetal:node:get_boot_device',
    handle: async ({ orders, node }) => ({
      body: { supported_boot_devices: await orders.supportedBootDevices(node.uuid) },
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/management/inject_nmi',
    since: 29,
    before: 'not served',
    policy: 'baremetal:node:inject_nmi',
    query: {},
    body: 'arguments',
    async handle({ orders, node, by }) {
      await orders.injectNmi({ node: node.uuid, by });
      return { status: 204 };
    },
  }),
  // compat: indicators are documented for 1.63 and served at any version
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/management/indicators',
    since: 1,
    policy: 'baremetal:node:get_indicator_state',
    async handle({ orders, node, base }) {
      const indicators = await offered(orders.indicators, 'indicators')(node.uuid);
      return {
        body: {
          indicators: indicators.map(({ component, name, readonly, states }) => ({
            component,
            name: `${name}@${component}`,
            readonly,
            states,
            links: linksOf(base, `nodes/${node.uuid}/management/indicators/${name}@${component}`),
          })),
        },
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/management/indicators/{indicator}',
    since: 1,
    policy: 'baremetal:node:get_indicator_state',
    async handle(ask) {
      const which = indicatorOfPath(ask);
      return { body: { state: await offered(ask.orders.indicator, 'indicators')({ node: ask.node.uuid, ...which }) } };
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/management/indicators/{indicator}',
    since: 1,
    policy: 'baremetal:node:set_indicator_state',
    query: { state: { type: 'string', required: true } },
    body: 'arguments',
    async handle(ask) {
      const which = indicatorOfPath(ask);
      const state = String(ask.args.state);
      await offered(ask.orders.setIndicator, 'indicators')({ node: ask.node.uuid, ...which, state, by: ask.by });
      return { status: 204 };
    },
  }),
];
