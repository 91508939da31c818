import {
  DriverNotFound,
  InvalidParameterValue,
  MissingParameterValue,
  NotAcceptable,
  UnknownAttribute,
} from '#contract/errors.ts';
import { driver as resource } from '#contract/resources/driver.ts';
import { offered } from '../offered.ts';
import type { DriverFacts } from '../orders.ts';
import { readPicked } from '../paging.ts';
import { passthruReply } from '../passthru.ts';
import { makeRenderer } from '../render.ts';
import { type Ask, type Method, type Reply, route } from '../route.ts';

type Row = { readonly name: string } & Readonly<Record<string, unknown>>;

const renderer = makeRenderer<Row>(resource, { key: 'name' });

const rowOf = ({ name, hosts, defaults, enabled }: DriverFacts): Row => ({
  name,
  hosts,
  type: 'dynamic',
  ...Object.fromEntries(Object.entries(defaults).map(([kind, face]) => [`default_${kind}_interface`, face])),
  ...Object.fromEntries(Object.entries(enabled).map(([kind, faces]) => [`enabled_${kind}_interfaces`, faces])),
});

async function driverOfPath(ask: Ask): Promise<DriverFacts> {
  const name = ask.params.driver!;
  const found = (await ask.orders.drivers()).find((driver) => driver.name === name);
  if (!found) throw new DriverNotFound({ driver: name });
  return found;
}

async function list(ask: Ask): Promise<Reply> {
  const type = ask.args.type as string | undefined;
  if (type !== undefined && type !== 'classic' && type !== 'dynamic')
    throw new InvalidParameterValue({ why: `type="${type}": classic or dynamic is accepted.` });
  const picked = readPicked(ask, resource);
  if (ask.args.detail && picked)
    throw new InvalidParameterValue({ why: '"detail" and "fields" cannot be given together.' });
  // compat: interfaces are told of one driver, or of all with every detail
  const known: readonly string[] = resource.listed;
  const unlisted = picked?.find((name) => !known.includes(name));
  if (unlisted) throw new UnknownAttribute({ name: unlisted, known });
  const drivers = type === 'classic' ? [] : await ask.orders.drivers();
  const view = ask.args.detail ? 'all' : picked;
  return { body: { drivers: drivers.map((driver) => renderer.one(rowOf(driver), view, ask)) } };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly Method[];

async function passthru(ask: Ask): Promise<Reply> {
  const method = (ask.params.method ?? ask.args.method) as string | undefined;
  if (!method) throw new MissingParameterValue({ why: 'The argument "method" is missing: which vendor method?' });
  const { name } = await driverOfPath(ask);
  const call = offered(ask.orders.driverPassthru, 'vendor passthru');
  return passthruReply(await call({ driver: name, method, httpMethod: ask.method, body: ask.body ?? {}, by: ask.by }));
}

export const driverRoutes = [
  route({
    method: 'GET',
    path: '/v1/drivers',
    since: 1,
    policy: 'baremetal:driver:get',
    query: {
      type: { type: 'string', since: 30 },
      detail: { type: 'flag', since: 30 },
      fields: { type: 'list', since: 77 },
    },
    handle: list,
  }),
  route({
    method: 'GET',
    path: '/v1/drivers/{driver}',
    since: 1,
    policy: 'baremetal:driver:get',
    query: { fields: { type: 'list' } },
    handle: async (ask) => ({
      body: renderer.one(rowOf(await driverOfPath(ask)), readPicked(ask, resource) ?? 'all', ask),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/drivers/properties',
    since: 1,
    policy: 'baremetal:driver:get_properties',
    query: { driver_name: { type: 'string', required: true } },
    async handle(ask) {
      const facts = await driverOfPath({ ...ask, params: { driver: String(ask.args.driver_name) } });
      return { body: facts.properties };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/drivers/{driver}/properties',
    since: 1,
    policy: 'baremetal:driver:get_properties',
    handle: async (ask) => ({ body: (await driverOfPath(ask)).properties }),
  }),
  route({
    method: 'GET',
    path: '/v1/drivers/{driver}/raid/logical_disk_properties',
    since: 12,
    before: 'handler',
    policy: 'baremetal:driver:get_raid_logical_disk_properties',
    async handle(ask) {
      if (ask.minor < 12) throw new NotAcceptable({ what: 'What logical disks are made of', since: 12 });
      const { name } = await driverOfPath(ask);
      return { body: await offered(ask.orders.raidProperties, 'RAID')(name) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/drivers/{driver}/vendor_passthru/methods',
    since: 1,
    policy: 'baremetal:driver:vendor_passthru',
    async handle(ask) {
      const { name } = await driverOfPath(ask);
      return { body: (await ask.orders.driverPassthruMethods?.(name)) ?? {} };
    },
  }),
  ...methods.flatMap((method) =>
    ['/v1/drivers/{driver}/vendor_passthru', '/v1/drivers/{driver}/vendor_passthru/{method}'].map((path) =>
      route({
        method,
        path,
        since: 1,
        policy: 'baremetal:driver:vendor_passthru',
        query: { method: { type: 'string' } },
        body: 'json',
        handle: passthru,
      }),
    ),
  ),
];
