// Every operation, argument, field and version of the reference is asked for, at its version and below: what the reference
// tells and nobody serves is found here, and so is what a client of an older version must not see.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Field } from '#contract/fields.ts';
import { versionText } from '#contract/versions.ts';
import { type Service, startWhole } from '../../test/compat/whole-service.ts';
import { resources } from './openapi.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly min_microversion?: string;
  readonly query?: Readonly<Record<string, string>>;
}

const reference = JSON.parse(
  readFileSync(new URL('../../test/data/reference/endpoints.json', import.meta.url), 'utf8'),
) as { endpoints: readonly Operation[] };
const minorOf = (text: string | undefined): number => Number(/1\.(\d+)/.exec(text ?? '')?.[1] ?? 1);

let service: Service;
let node: string;

beforeAll(async () => {
  service = await startWhole(['database.connection=sqlite://']);
  node = (await ask('POST', '/v1/nodes', 115, { driver: 'fake-hardware', name: 'a-node' })).body.uuid as string;
  for (const [path, body] of [
    ['/v1/chassis', {}],
    ['/v1/ports', { node_uuid: node, address: '00:11:22:33:44:55' }],
    ['/v1/portgroups', { node_uuid: node }],
    ['/v1/volume/connectors', { node_uuid: node, type: 'iqn', connector_id: 'iqn.a' }],
    ['/v1/volume/targets', { node_uuid: node, volume_type: 'iscsi', boot_index: 0, volume_id: 'v' }],
    ['/v1/deploy_templates', { name: 'CUSTOM_A', steps: [step] }],
    ['/v1/runbooks', { name: 'CUSTOM_B', steps: [{ interface: 'bios', step: 'reset', args: {}, order: 1 }] }],
    ['/v1/inspection_rules', { actions: [{ op: 'log', args: { msg: 'a' } }] }],
    ['/v1/allocations', { resource_class: 'a' }],
  ] as const)
    expect((await ask('POST', path, 115, body)).status, path).toBe(201);
});
afterAll(() => service.stop());

const step = { interface: 'bios', step: 'reset', args: {}, priority: 1 };

interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly body: Record<string, unknown>;
}

async function ask(method: string, path: string, minor: number, body?: unknown): Promise<Answer> {
  const reply = await fetch(service.base + path, {
    method,
    headers: { 'X-OpenStack-Ironic-API-Version': versionText(minor), 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const json = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: reply.status, version: reply.headers.get('x-openstack-ironic-api-version'), body: json };
}

/** Refused by the way to a resource: there is no such route. */
const isRefusedByRouter = ({ status, body }: Answer): boolean =>
  status === 405 || (status === 404 && /\\"title\\"|"title"/.test(String(body.error_message)));

const given: Readonly<Record<string, string>> = { limit: '1', fields: 'uuid', sort_key: 'id', sort_dir: 'asc' };
const placed = (path: string, what: string): string =>
  path.replace(/\{node(_ident|_uuid)?\}/g, what).replace(/\{\w+\}/g, 'unknown-one');

test('every argument of a query is known', async () => {
  const wrong: string[] = [];
  for (const { method, path, query } of reference.endpoints) {
    if (method !== 'GET') continue;
    for (const name of Object.keys(query ?? {})) {
      const { body } = await ask('GET', `${placed(path, node)}?${name}=${given[name] ?? 'true'}`, 115);
      if (String(body.error_message ?? '').includes('Unexpected argument')) wrong.push(`${path}?${name}`);
    }
    const { status } = await ask('GET', `${placed(path, node)}?nobody-knows-it=1`, 115);
    // The health check is answered before anything is read (oslo.middleware does so too).
    if (status < 400 && path !== '/healthcheck') wrong.push(`${path} takes anything`);
  }
  expect(wrong).toEqual([]);
});

const listed = resources.filter(({ fieldsSince, name }) => fieldsSince !== undefined && name !== 'conductor');
/** What hangs on a node and is written by its conductor: the list is empty here. */
const ofNodes = new Set(['bios', 'firmware', 'history']);

test.each(listed.map((resource) => [resource.plural, resource] as const))(
  'every field of %s can be picked from its version on, and not below',
  async (plural, { path, fields, fieldsSince, since }) => {
    const wrong: string[] = [];
    for (const [name, field] of Object.entries<Field>(fields)) {
      if (field.shown === false || field.pick === false) continue;
      const first = Math.max(field.since, fieldsSince!, since);
      // compat: interfaces are told of one driver, not in the list
      const one = path === 'drivers' ? '/fake-hardware' : '';
      const where = `/v1/${ofNodes.has(path) ? `nodes/${node}/` : ''}${path}${one}?fields=${name}`;
      const { status, body } = await ask('GET', where, first);
      const items = (one ? [body] : (body[plural] ?? [])) as object[];
      const shown = ofNodes.has(path) ? status === 200 : items.length > 0;
      if (!shown || !items.every((item) => Object.hasOwn(item, name))) wrong.push(`${name} is not shown`);
      if (first === 1) continue;
      const below = await ask('GET', where, first - 1);
      const leaks = JSON.stringify(below.body).includes(`"${name}"`);
      if (below.status < 400 && (leaks || !field.ungated?.includes('fields')))
        wrong.push(`${name} is shown below 1.${first}`);
    }
    expect(wrong).toEqual([]);
  },
);

test('no field is in any answer below its version', async () => {
  for (const resource of listed.filter(({ path }) => !ofNodes.has(path))) {
    const items = (await ask('GET', `/v1/${resource.path}`, 115)).body[resource.plural] as Record<string, string>[];
    const ident = items[0]!.uuid ?? items[0]!.name;
    for (let minor = resource.since; minor <= 115; minor++) {
      const { body } = await ask('GET', `/v1/${resource.path}/${ident}`, minor);
      const young = Object.keys(body).filter((name) => (resource.fields[name]?.since ?? 0) > minor);
      expect(young, `${resource.name} at 1.${minor}`).toEqual([]);
    }
  }
});

test('each of the 115 versions is served as itself; those beyond are refused', async () => {
  for (let minor = 1; minor <= 115; minor++) {
    const { status, version } = await ask('GET', '/v1/nodes', minor);
    expect([status, version]).toEqual([200, versionText(minor)]);
  }
  for (const minor of [0, 116]) expect((await ask('GET', '/v1/nodes', minor)).status).toBe(406);
});

// The last one: it deletes.
/** The reference lists it for what it is not: nothing is below a shard. */
const refusesAll = new Set(['/v1/shards/{anything}']);
/** Documented for a version and, in the original too, served at any. */
const ungated = new Set(['/v1/nodes/{node_ident}/management/indicators']);

test('every operation is served from its version on, and not below', async () => {
  const wrong: string[] = [];
  for (const { method, path, min_microversion } of reference.endpoints) {
    const since = minorOf(min_microversion);
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const where = placed(path, method === 'DELETE' ? 'unknown-one' : node);
    const answer = await ask(method, where, since, body);
    if (isRefusedByRouter(answer) && !refusesAll.has(path)) wrong.push(`${method} ${path} is not there`);
    if (since > 1 && !ungated.has(path) && (await ask(method, where, since - 1, body)).status < 400)
      wrong.push(`${method} ${path} is there below 1.${since}`);
  }
  expect(wrong).toEqual([]);
});
