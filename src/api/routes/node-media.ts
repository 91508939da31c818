import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import { offered } from '../offered.ts';
import { passthruReply } from '../passthru.ts';
import { type Ask, type Method, type Reply, route } from '../route.ts';

const devices = ['disk', 'cdrom', 'floppy'];
const sources = ['http', 'local', 'swift'];

function oneOf(name: string, value: string, accepted: readonly string[]): string {
  if (accepted.includes(value)) return value;
  throw new InvalidParameterValue({ why: `${name} "${value}": one of ${accepted.join(', ')} is accepted.` });
}

/** Where an image may be: an address with a host, or a file. */
function imageUrl(text: string): string {
  if (/^(https?:\/\/[^/]+|file:\/\/)/.test(text)) return text;
  throw new InvalidParameterValue({ why: `image_url "${text}": an address (http, https or file) is accepted.` });
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly Method[];

async function passthru(ask: Ask): Promise<Reply> {
  const method = (ask.params.method ?? ask.args.method) as string | undefined;
  if (!method) throw new MissingParameterValue({ why: 'The argument "method" is missing: which vendor method?' });
  const call = offered(ask.orders.passthru, 'vendor passthru');
  const { uuid } = ask.node;
  return passthruReply(await call({ node: uuid, method, httpMethod: ask.method, body: ask.body ?? {}, by: ask.by }));
}

export const nodeMediaRoutes = [
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/vmedia',
    since: 93,
    before: 'not served',
    policy: 'baremetal:node:vmedia:get',
    handle: async ({ orders, node }) => ({ body: await offered(orders.media, 'virtual media')(node.uuid) }),
  }),
  route({
    method: 'POST',
    path: '/v1/nodes/{node}/vmedia',
    since: 89,
    noHost: 400,
    policy: 'baremetal:node:vmedia:attach',
    query: {
      device_type: { type: 'string', required: true },
      image_url: { type: 'string', required: true },
      image_download_source: { type: 'string' },
    },
    body: 'arguments',
    async handle({ orders, node, args, by }) {
      const device_type = oneOf('device_type', String(args.device_type), devices);
      const image_download_source = oneOf(
        'image_download_source',
        String(args.image_download_source ?? 'local'),
        sources,
      );
      const image_url = imageUrl(String(args.image_url));
      const attach = offered(orders.attachMedia, 'virtual media');
      await attach({ node: node.uuid, device_type, image_url, image_download_source, by });
      return { status: 204 };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}/vmedia',
    since: 89,
    noHost: 400,
    policy: 'baremetal:node:vmedia:detach',
    query: { device_types: { type: 'list' } },
    async handle({ orders, node, args, by }) {
      const device_types = ((args.device_types as string[] | undefined) ?? devices).map((name) =>
        oneOf('device_types', name, devices),
      );
      await offered(orders.detachMedia, 'virtual media')({ node: node.uuid, device_types, by });
      return { status: 204 };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/vendor_passthru/methods',
    since: 1,
    policy: 'baremetal:node:vendor_passthru',
    handle: async ({ orders, node }) => ({ body: (await orders.passthruMethods?.(node.uuid)) ?? {} }),
  }),
  ...methods.flatMap((method) =>
    ['/v1/nodes/{node}/vendor_passthru', '/v1/nodes/{node}/vendor_passthru/{method}'].map((path) =>
      route({
        method,
        path,
        since: 1,
        policy: 'baremetal:node:vendor_passthru',
        query: { method: { type: 'string' } },
        body: 'json',
        handle: passthru,
      }),
    ),
  ),
];
