// Keystone as a client, and the adapter on top, against a small keystone and a small nova.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { loadConfig } from '#config/load.ts';
import { type Adapter, makeAdapter } from './adapter.ts';
import type { Endpoint } from './catalogue.ts';
import { type Http, openHttp } from './http.ts';
import { credentialsOf } from './keystone.ts';
import { openService } from './service.ts';

interface Seen {
  readonly line: string;
  readonly token: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

let server: Server;
let url: string;
let http: Http;
let clock: ManualClock;
const seen: Seen[] = [];
/** What nova answers, newest last, and how long tokens live. */
let statuses: number[] = [];
let lifeSeconds = 3600;
let tokens = 0;
let catalogue: Partial<Endpoint>[] = [];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : undefined;
}

beforeEach(async () => {
  seen.length = 0;
  statuses = [];
  lifeSeconds = 3600;
  tokens = 0;
  clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
  server = createServer(async (request, response) => {
    const { method, headers } = request;
    seen.push({
      line: `${method} ${request.url}`,
      token: headers['x-auth-token'] as string | undefined,
      authorization: headers.authorization,
      body: await bodyOf(request),
    });
    response.setHeader('Content-Type', 'application/json');
    if (method === 'GET' && request.url === '/v3') {
      const version = { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: 'http://elsewhere:5000/v3/' }] };
      return void response.writeHead(200).end(JSON.stringify({ version }));
    }
    if (request.url === '/v3/auth/tokens') {
      const refused = statuses.at(0) === -1;
      if (refused)
        return void response
          .writeHead(401)
          .end('{"error":{"message":"The request you have made requires authentication."}}');
      const expires_at = new Date(clock.now() + lifeSeconds * 1000).toISOString();
      const catalog = catalogue.map(({ type = 'compute', name = 'nova', region, ...one }) => ({
        type,
        name,
        endpoints: [{ ...one, region_id: region, interface: one.interface ?? 'public' }],
      }));
      response.writeHead(201, { 'X-Subject-Token': `token-${++tokens}` });
      return void response.end(JSON.stringify({ token: { expires_at, catalog } }));
    }
    if (request.url === '/' && method === 'GET') {
      const link = (href: string) => [{ rel: 'self', href }];
      const versions = [
        { id: 'v2.0', links: link('http://elsewhere:8774/v2/') },
        { id: 'v2.1', links: link('http://elsewhere:8774/v2.1/') },
      ];
      return void response.writeHead(300).end(JSON.stringify({ versions }));
    }
    response.writeHead(statuses.shift() ?? 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  catalogue = [{ url: `${url}/v2.1` }];
});

afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(...sets: string[]): Adapter {
  const options = loadConfig({ sets: [`nova.auth_url=${url}/v3`, ...sets.map((set) => `nova.${set}`)] }).config.nova;
  http = openHttp('nova', options);
  const credentials = credentialsOf({ section: 'nova', options, http, clock })!;
  return makeAdapter({ section: 'nova', options, version: '2.1', credentials, http });
}

const userSets = ['auth_type=password', 'username=ironic', 'password=p', 'user_domain_id=default'];
const projectSets = [...userSets, 'project_name=service', 'project_domain_id=default'];
const post = (adapter: Adapter) => adapter.request({ method: 'POST', path: '/events', body: '{}' });
const lines = () => seen.map((one) => one.line);

test('a password buys a token, which is used again, at the endpoint that the catalogue names', async () => {
  const adapter = open(...projectSets);
  await post(adapter);
  await post(adapter);
  expect(lines()).toEqual(['GET /v3', 'POST /v3/auth/tokens', 'POST /v2.1/events', 'POST /v2.1/events']);
  expect(seen[0]!.token).toBeUndefined();
  expect(seen[1]!.body).toEqual({
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { password: 'p', name: 'ironic', domain: { id: 'default' } } },
      },
      scope: { project: { name: 'service', domain: { id: 'default' } } },
    },
  });
  expect(seen[3]!.token).toBe('token-1');
});

test.each([
  [[...userSets, 'system_scope=all'], { system: { all: true } }],
  [[...userSets, 'domain_id=d'], { domain: { id: 'd' } }],
  [[...userSets, 'trust_id=t'], { 'OS-TRUST:trust': { id: 't' } }],
  [[...userSets, 'project_id=x'], { project: { id: 'x' } }],
  [[...userSets, 'tenant_name=x', 'default_domain_name=D'], { project: { name: 'x', domain: { name: 'D' } } }],
])('%j asks for the scope %j', async (sets, scope) => {
  await post(open(...sets));
  expect((seen[1]!.body as { auth: unknown }).auth).toMatchObject({ scope });
});

test('an application credential asks without a scope, a ready token for the scope that is named', async () => {
  await post(
    open(
      'auth_type=v3applicationcredential',
      'application_credential_id=i',
      'application_credential_secret=s',
      'project_id=x',
    ),
  );
  expect(seen[0]!.body).toEqual({
    auth: { identity: { methods: ['application_credential'], application_credential: { id: 'i', secret: 's' } } },
  });
  await http.close();
  seen.length = 0;
  await post(open('auth_type=v3token', 'token=ready', 'project_id=x'));
  expect(seen[0]!.body).toEqual({
    auth: { identity: { methods: ['token'], token: { id: 'ready' } }, scope: { project: { id: 'x' } } },
  });
});

test('without a keystone: nothing, a user and password, or a ready token goes with each request', async () => {
  await post(open('auth_type=none', `endpoint=${url}/fixed`));
  await http.close();
  await post(open('auth_type=http_basic', 'username=u', 'password=p', `endpoint_override=${url}/mine/`));
  await http.close();
  await post(open('auth_type=admin_token', 'token=ready', `endpoint=${url}`));
  expect(seen).toMatchObject([
    { line: 'POST /fixed/events', token: undefined, authorization: undefined },
    { line: 'POST /mine/events', authorization: `Basic ${Buffer.from('u:p').toString('base64')}` },
    { line: 'POST /events', token: 'ready' },
  ]);
});

test('a token is renewed before it ends, and asked for once by however many need it', async () => {
  const adapter = open(...projectSets);
  await Promise.all([post(adapter), post(adapter), post(adapter)]);
  expect(tokens).toBe(1);
  clock.advance((lifeSeconds - 121) * 1000);
  await post(adapter);
  expect(tokens).toBe(1);
  clock.advance(2000);
  await post(adapter);
  expect(tokens).toBe(2);
});

test('a 401 is met with a new token, once', async () => {
  const adapter = open(...projectSets);
  statuses = [401, 200];
  expect((await post(adapter)).status).toBe(200);
  expect(seen.filter((one) => one.line.endsWith('/events')).map((one) => one.token)).toEqual(['token-1', 'token-2']);
  statuses = [401, 401, 200];
  expect((await post(adapter)).status).toBe(401);
  expect(tokens).toBe(3);
});

test('interface and region choose the endpoint, the preferred interface first', async () => {
  catalogue = [
    { url: `${url}/far/v2.1`, interface: 'internal', region: 'two' },
    { url: `${url}/out/v2.1`, interface: 'public', region: 'one' },
    { url: `${url}/in/v2.1`, interface: 'internal', region: 'one' },
    { url: `${url}/other`, type: 'image', interface: 'internal', region: 'one' },
  ];
  await post(open(...projectSets, 'region_name=one'));
  await http.close();
  await post(open(...projectSets, 'region_name=one', 'valid_interfaces=public'));
  expect(lines().filter((line) => line.endsWith('events'))).toEqual(['POST /in/v2.1/events', 'POST /out/v2.1/events']);
});

test.each([
  ['/v2.1', ['POST /v2.1/events']],
  ['/v2.1/', ['POST /v2.1/events']],
  ['/v2.1/project', ['POST /v2.1/project/events']],
  ['', ['GET /', 'POST /v2.1/events']],
  ['/v2/', ['GET /', 'POST /v2.1/events']],
  ['/v3', ['GET /', 'POST /v2.1/events']],
])('an endpoint ending in "%s" is met with %j', async (path, expected) => {
  catalogue = [{ url: url + path }];
  const adapter = open(...projectSets);
  await post(adapter);
  expect(lines().slice(2)).toEqual(expected);
  await post(adapter);
  expect(lines().at(-1)).toBe(expected.at(-1));
  expect(lines()).toHaveLength(expected.length + 3);
});

test('who waits for a token may leave; the token comes for the others', async () => {
  const adapter = open(...projectSets);
  const leaving = new AbortController();
  const left = adapter.request({ method: 'POST', path: '/events', signal: leaving.signal });
  const stayed = post(adapter);
  leaving.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
  expect((await stayed).status).toBe(200);
  expect(tokens).toBe(1);
});

test('a section may take who it is from another', async () => {
  const auth = ['auth_type=password', 'username=other', 'password=p', 'user_domain_id=d', 'project_id=x'];
  const sets = [`auth_url=${url}/v3`, ...auth].map((set) => `neutron.${set}`);
  const { config } = loadConfig({ sets: [...sets, 'nova.auth_section=neutron', 'nova.username=mine'] });
  const sections = config as unknown as Record<string, object>;
  const parts = { section: 'nova', sections, clock, version: '2.1' };
  const service = openService({ ...parts, options: config.nova })!;
  http = openHttp('nova', config.nova);
  await service.adapter.request({ method: 'POST', path: '/events' });
  await service.close();
  expect(seen[1]!.body).toMatchObject({ auth: { identity: { password: { user: { name: 'other' } } } } });
  expect(seen.at(-1)).toMatchObject({ line: 'POST /v2.1/events', token: 'token-1' });
  for (const name of ['nowhere', 'api'])
    expect(() => openService({ ...parts, options: { ...config.nova, auth_section: name } })).toThrow(
      `[nova] cannot be used to authenticate: auth_section names no section with auth options: ${name}`,
    );
});

test('what cannot be done says why', async () => {
  expect(() => open('auth_type=kerberos')).toThrow(
    '[nova] cannot be used to authenticate: auth_type kerberos is not known',
  );
  await http.close();
  expect(() => open('auth_type=password', 'username=u')).toThrow('needs password');
  await http.close();
  catalogue = [{ url, type: 'image' }];
  await expect(post(open(...projectSets))).rejects.toThrow(
    'no endpoint for compute, internal or public ([nova]); it has image',
  );
  await http.close();
  statuses = [-1];
  await expect(post(open(...projectSets))).rejects.toThrow('The request you have made requires authentication.');
});

test('of a request that was never sent that is known, and of one that may have arrived too', async () => {
  const adapter = open('auth_type=none', 'endpoint=http://127.0.0.1:1');
  await expect(post(adapter)).rejects.toMatchObject({ facts: { mayHaveArrived: false } });
  await http.close();
  server.removeAllListeners('request').on('request', (request) => request.socket.destroy());
  await expect(post(open('auth_type=none', `endpoint=${url}`))).rejects.toMatchObject({
    facts: { mayHaveArrived: true },
  });
});
