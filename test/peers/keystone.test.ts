// Ingot behind a real keystone, asked by OpenStack's own client; and the same client with a password, and with nothing.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import { loadConfig } from '#config/load.ts';
import { openService } from '#openstack/service.ts';
import { type Running, serve } from '../../src/serve/serve.ts';
import { type Keystone, password, startKeystone } from '../setup/keystone.ts';
import { freePort, siteSets } from '../setup/site.ts';

const run = promisify(execFile);
let keystone: Keystone;
let ingot: Running;
const ends: (() => Promise<unknown>)[] = [];
const projects: Record<string, string> = {};

async function startIngot(sets: readonly string[], port: number): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-auth-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const ports = [`api.port=${port}`, `ingot.http_port=${await freePort()}`, `ingot.tftp_port=${await freePort()}`];
  const all = [...siteSets(folder), ...ports, 'api.host_ip=127.0.0.1', ...sets];
  const running = await serve({ sets: all, log: silent });
  ends.push(() => running.stop());
  return running;
}

beforeAll(async () => {
  keystone = await startKeystone();
  const port = await freePort();
  await keystone.user('ironic', [{ role: 'admin', project: 'service' }]);
  await keystone.user('anna', [{ role: 'admin' }]);
  await keystone.user('rita', [{ role: 'reader', project: 'demo' }]);
  await keystone.user('mona', [{ role: 'member', project: 'demo' }]);
  await keystone.user('nova', [{ role: 'service', project: 'service' }]);
  await keystone.user('otto', [{ role: 'admin', project: 'other' }]);
  for (const name of ['demo', 'other']) projects[name] = await keystone.project(name);
  await keystone.endpoint('baremetal', `http://127.0.0.1:${port}`);
  const auth = {
    auth_type: 'password',
    auth_url: keystone.url.replace(/\/v3$/, ''), // versions are asked for
    service_type: 'baremetal',
    username: 'ironic',
    password,
    user_domain_id: 'default',
    project_name: 'service',
    project_domain_id: 'default',
    www_authenticate_uri: keystone.url,
    token_cache_time: '2',
    http_connect_timeout: '60', // on a machine that has other things to do
  };
  const section = Object.entries(auth).map(([name, value]) => `keystone_authtoken.${name}=${value}`);
  ingot = await startIngot(['DEFAULT.auth_strategy=keystone', ...section], port);
}, 600_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  await keystone?.stop();
});

async function openstack(env: Record<string, string>, ...words: string[]): Promise<{ code: number; out: string }> {
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OS_')));
  const options = { env: { ...plain, PYTHONWARNINGS: 'ignore', ...env }, timeout: 120_000 };
  try {
    return { code: 0, out: (await run('/usr/bin/openstack', ['baremetal', ...words], options)).stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: `${stdout}${stderr}` };
  }
}

const as = (user: string, scope: { project: string } | { system: true }): Record<string, string> => ({
  OS_AUTH_URL: keystone.url,
  OS_IDENTITY_API_VERSION: '3',
  OS_USERNAME: user,
  OS_PASSWORD: password,
  OS_USER_DOMAIN_ID: 'default',
  OS_REGION_NAME: 'RegionOne',
  ...('project' in scope
    ? { OS_PROJECT_NAME: scope.project, OS_PROJECT_DOMAIN_ID: 'default' }
    : { OS_SYSTEM_SCOPE: 'all' }),
});

const names = async (env: Record<string, string>): Promise<string[]> => {
  const { code, out } = await openstack(env, 'node', 'list', '-f', 'value', '-c', 'Name');
  expect(`${code} ${code ? out : ''}`).toBe('0 ');
  return out.split('\n').filter(Boolean).sort();
};

test('the client reads and writes with tokens of keystone, each persona its own', async () => {
  const anna = as('anna', { system: true });
  const done = async (...words: string[]) => {
    const { code, out } = await openstack(anna, 'node', ...words);
    expect(`${code} ${code ? out : ''}`).toBe('0 ');
  };
  for (const name of ['one', 'two']) await done('create', '--driver', 'fake-hardware', '--name', name);
  await done('set', 'one', '--owner', projects.demo!);
  expect(await names(anna)).toEqual(['one', 'two']);
  expect(await names(as('rita', { project: 'demo' }))).toEqual(['one']);
  expect(await names(as('otto', { project: 'other' }))).toEqual([]);
});

test('a reader may not create, and what belongs to others is not there', async () => {
  const rita = as('rita', { project: 'demo' });
  const create = await openstack(rita, 'node', 'create', '--driver', 'fake-hardware');
  expect(create.code).toBe(1);
  expect(create.out).toMatch(/403|Policy does not allow baremetal:node:create/);
  const show = await openstack(rita, 'node', 'show', 'two');
  expect(show.code).toBe(1);
  expect(show.out).toMatch(/404|two/);
});

const get = (headers: Record<string, string>, path = '/v1/nodes') =>
  fetch(`${ingot.url}${path}`, { headers: { 'X-OpenStack-Ironic-API-Version': 'latest', ...headers } });

test('without a good token the answer is 401 and says where tokens are; public paths need none', async () => {
  for (const headers of [{}, { 'X-Auth-Token': 'wrong' }, { 'X-Auth-Token': 'gAAAAABwrong' }] as Record<
    string,
    string
  >[]) {
    const reply = await get(headers);
    expect(reply.status).toBe(401);
    expect(reply.headers.get('WWW-Authenticate')).toBe(`Keystone uri="${keystone.url}"`);
    expect(((await reply.json()) as { error: { code: number } }).error.code).toBe(401);
  }
  expect((await get({}, '/')).status).toBe(200);
  expect((await get({}, '/v1')).status).toBe(200);
  expect((await get({}, '/v1/lookup?node_uuid=6d85703a-565d-469a-96ce-30b6de53079d')).status).toBe(404);
});

test('a revoked token is good for no longer than it is remembered', async () => {
  const token = await keystone.token('mona', { project: 'demo' });
  expect((await get({ 'X-Auth-Token': token })).status).toBe(200);
  await keystone.revoke(token);
  await vi.waitFor(async () => expect((await get({ 'X-Auth-Token': token })).status).toBe(401), {
    timeout: 30_000,
    interval: 250,
  });
});

/** An application credential of a user in a project, and a token for it. */
async function restricted(user: string, project: string, access_rules?: readonly object[]): Promise<string> {
  const token = await keystone.token(user, { project });
  const headers = { 'Content-Type': 'application/json', 'X-Auth-Token': token, 'X-Subject-Token': token };
  const whose = (await (await fetch(`${keystone.url}/auth/tokens`, { headers })).json()) as {
    token: { user: { id: string } };
  };
  const made = await fetch(`${keystone.url}/users/${whose.token.user.id}/application_credentials`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ application_credential: { name: newUuid(), ...(access_rules && { access_rules }) } }),
  });
  const { application_credential: one } = (await made.json()) as { application_credential: Record<string, string> };
  const identity = {
    methods: ['application_credential'],
    application_credential: { id: one!.id, secret: one!.secret },
  };
  const reply = await fetch(`${keystone.url}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ auth: { identity } }),
  });
  return reply.headers.get('X-Subject-Token')!;
}

test('an application credential with access rules is good for the requests that they name', async () => {
  const rules = [
    { service: 'baremetal', method: 'GET', path: '/v1/nodes' },
    { service: 'baremetal', method: 'GET', path: '/v1/nodes/*/states' },
    { service: 'compute', method: 'GET', path: '/v1/ports' },
  ];
  const token = await restricted('mona', 'demo', rules);
  const seen = await Promise.all(
    ['/v1/nodes?fields=uuid', '/v1/nodes/one/states', '/v1/nodes/one', '/v1/ports', '/v1/nodes/one/states/x'].map(
      async (path) => (await get({ 'X-Auth-Token': token }, path)).status,
    ),
  );
  expect(seen).toEqual([200, 200, 401, 401, 401]);
  // The middleware's exception: a service that has such a token from its user asks something else with it.
  const service = await keystone.token('nova', { project: 'service' });
  const both = { 'X-Auth-Token': token, 'X-Service-Token': service };
  expect((await get(both, '/v1/nodes/one')).status).toBe(200);
  expect((await get({ ...both, 'X-Service-Token': token }, '/v1/nodes/one')).status).toBe(401);
  expect((await get({ ...both, 'X-Service-Token': 'wrong' }, '/v1/nodes')).status).toBe(401);
  const free = await restricted('mona', 'demo');
  expect((await get({ 'X-Auth-Token': free }, '/v1/nodes/one')).status).toBe(200);
});

test.each([
  ['password', '', {}],
  ['password', '/v3', { system_scope: 'all', username: 'anna' }],
  ['v3password', '/v3', { project_name: 'service', project_domain_id: 'default' }],
  ['token', '', { project_name: 'service', project_domain_id: 'default' }],
])('auth_type %s at "%s" with %j gets a token that the identity service takes', async (auth_type, path, more) => {
  const token = auth_type === 'token' ? await keystone.token('ironic', { project: 'service' }) : undefined;
  const user = { username: 'ironic', password, user_domain_id: 'default', auth_type, token, ...more };
  const values = { ...user, auth_url: keystone.url.replace(/\/v3$/, path), service_type: 'identity', min_version: '3' };
  const sets = Object.entries(values).flatMap(([name, value]) => (value ? [`nova.${name}=${value}`] : []));
  const { config } = loadConfig({ sets });
  const parts = { section: 'nova', options: config.nova, sections: {}, clock: systemClock };
  const service = openService(parts)!;
  const scoped = Object.keys(more).length > 0;
  const asking = service.adapter.request({ method: 'GET', path: '/auth/projects' });
  if (scoped) expect((await asking).status).toBe(200);
  // A token without a scope has no catalogue.
  else await expect(asking).rejects.toThrow('no endpoint for identity, internal or public ([nova]); it has none');
  await service.close();
});

test('a member changes what it may of its own node, and is refused the rest', async () => {
  const token = await keystone.token('mona', { project: 'demo' });
  const patch = async (path: string, value: unknown) => {
    const headers = {
      'X-Auth-Token': token,
      'X-OpenStack-Ironic-API-Version': 'latest',
      'Content-Type': 'application/json',
    };
    const body = JSON.stringify([{ op: 'add', path, value }]);
    return (await fetch(`${ingot.url}/v1/nodes/one`, { method: 'PATCH', headers, body })).status;
  };
  expect(await patch('/extra/rack', '7')).toBe(200);
  expect(await patch('/owner', projects.other)).toBe(403);
  expect(await patch('/shard', 'a')).toBe(403);
});

test('the client gets in with http_basic, and with none where nobody is asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-users-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'htpasswd');
  const hash = '$2b$05$Z6CwAP/B9EDo1HJtytveHePY7ibS8EUasCyl4y569cI7WJT2zwV2m'; // of "secret"
  await writeFile(file, `anna:${hash}\n`, { mode: 0o600 });
  const basic = await startIngot(
    ['DEFAULT.auth_strategy=http_basic', `DEFAULT.http_basic_auth_user_file=${file}`],
    await freePort(),
  );
  const env = (pass: string) => ({
    OS_AUTH_TYPE: 'http_basic',
    OS_USERNAME: 'anna',
    OS_PASSWORD: pass,
    OS_ENDPOINT: basic.url,
  });
  await worksWith(env('secret'));
  const wrong = await openstack(env('wrong'), 'node', 'list');
  expect(wrong.code).toBe(1);
  expect((await fetch(`${basic.url}/v1/nodes`)).headers.get('WWW-Authenticate')).toContain('Basic');
  const open = await startIngot(['DEFAULT.auth_strategy=noauth'], await freePort());
  await worksWith({ OS_AUTH_TYPE: 'none', OS_ENDPOINT: open.url });
});

/** The client makes a node, works on it, sees it, and takes it away again. */
async function worksWith(env: Record<string, string>): Promise<void> {
  const done = async (...words: string[]) => {
    const { code, out } = await openstack(env, ...words);
    expect(`${code} ${code ? out : ''}`).toBe('0 ');
    return out.trim();
  };
  expect(await names(env)).toEqual([]);
  await done('node', 'create', '--driver', 'fake-hardware', '--name', 'one');
  await done('node', 'manage', 'one', '--wait', '60');
  await done('node', 'power', 'on', 'one');
  expect(await done('node', 'show', 'one', '-f', 'value', '-c', 'provision_state')).toBe('manageable');
  expect(await names(env)).toEqual(['one']);
  await done('node', 'delete', 'one');
  expect(await names(env)).toEqual([]);
}
