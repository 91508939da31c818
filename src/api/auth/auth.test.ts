// Who asks: the ways to authenticate, against password files and a small identity service.
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bcryptMatches } from '#base/bcrypt.ts';
import { ManualClock, systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { openHttp } from '#openstack/http.ts';
import { credentialsOf } from '#openstack/keystone.ts';
import { tokenCheck } from '#openstack/validate-token.ts';
import { basicGate } from './basic.ts';
import { type Gate, IdentityUnavailable, isPublic, NotAuthenticated } from './gate.ts';
import { type KeystoneParts, keystoneGate } from './keystone.ts';
import { UserFileInvalid, watchUserFile } from './user-file.ts';

const { signal } = new AbortController();
const knock = (gate: Gate, headers: Record<string, string>, method = 'GET', url = '/v1/nodes') =>
  gate.identify({ method, url, headers, signal });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  );

test.each([
  ['/', true],
  ['/v1', true],
  ['/v1/', true],
  ['/v1?x=/v1/nodes', true],
  ['/v1/lookup?addresses=a', true],
  ['/v1/heartbeat/abc', true],
  ['/v1/continue_inspection', true],
  ['/healthcheck', true],
  ['/healthcheck/x', true],
  ['/v1/nodes', false],
  ['/v1/nodes?/v1/lookup', false],
  ['/v1/lookups', false],
  ['/v1/nodes/lookup', false],
  ['//v1/nodes', false],
  ['/ingot/v1/outlets', false],
  ['/metrics', false],
  ['/healthchecks', false],
  ['http://a/v1/nodes', false],
])('%s needs no account: %s', (url, expected) => expect(isPublic(url)).toBe(expected));

// Made with python3-bcrypt: "secret", cost 5.
const secret = '$2b$05$Z6CwAP/B9EDo1HJtytveHePY7ibS8EUasCyl4y569cI7WJT2zwV2m';

test('a bcrypt hash fits its password and no other', async () => {
  expect(await bcryptMatches('secret', secret)).toBe(true);
  expect(await bcryptMatches('secret', secret.replace('$2b', '$2y'))).toBe(true);
  expect(await bcryptMatches('Secret', secret)).toBe(false);
  expect(await bcryptMatches('secret', `${secret.slice(0, -2)}xm`)).toBe(false);
  expect(await bcryptMatches('secret', 'plain')).toBe(false);
});

describe('http_basic', () => {
  const counting = (users: Record<string, string>) => {
    let hashed = 0;
    const matches = async (password: string, hash: string) => {
      hashed += 1;
      return `#${password}` === hash;
    };
    return { gate: basicGate({ users: () => new Map(Object.entries(users)), matches }), hashed: () => hashed };
  };

  test('lets in who has the password, and hashes each password once', async () => {
    const { gate, hashed } = counting({ anna: '#one', bert: '#two' });
    expect(await knock(gate, basic('anna', 'one'))).toEqual({ user: 'anna', userName: 'anna' });
    await Promise.all([1, 2, 3].map(() => knock(gate, basic('anna', 'one'))));
    expect(hashed()).toBe(1);
    for (const pair of [basic('anna', 'two'), basic('bert', 'one'), basic('nobody', 'one'), basic('', ''), {}]) {
      const error = await thrownBy(knock(gate, pair));
      expect(NotAuthenticated.is(error) && error.facts.challenge).toBe('Basic realm="Baremetal API"');
    }
  });

  test('asks of an unknown user as much as of a known one', async () => {
    const { gate, hashed } = counting({ anna: '#one' });
    await thrownBy(knock(gate, basic('nobody', 'guess')));
    expect(hashed()).toBe(1);
    expect(NotAuthenticated.is(await thrownBy(knock(gate, basic('nobody', 'one'))))).toBe(true);
  });

  test('checks a bounded number of passwords at a time', async () => {
    const gate = basicGate({ users: () => new Map([['a', 'x']]), matches: () => new Promise(() => {}) });
    for (let n = 0; n < 64; n += 1) void knock(gate, basic('a', `${n}`)).catch(() => {});
    expect(IdentityUnavailable.is(await thrownBy(knock(gate, basic('a', 'last'))))).toBe(true);
  });

  test.each(['Basic', 'Basic !', 'Bearer x', `Basic ${Buffer.from('nocolon').toString('base64')}`])(
    'takes no "%s"',
    async (authorization) => {
      const { gate } = counting({ a: '#b' });
      expect(NotAuthenticated.is(await thrownBy(knock(gate, { authorization })))).toBe(true);
    },
  );

  test('reads its file again when that changed, and keeps what it had when the file is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ingot-users-'));
    const file = join(folder, 'htpasswd');
    const clock = new ManualClock();
    const write = (text: string, at: number) => {
      writeFileSync(file, text);
      chmodSync(file, 0o600);
      utimesSync(file, at, at);
      clock.advance(2_000);
    };
    try {
      write(`anna:${secret}\n\n`, 1);
      const users = watchUserFile({ file, clock, log: silent });
      expect([...users().keys()]).toEqual(['anna']);
      write(`anna:${secret}\nbert:${secret}\n`, 2);
      expect([...users().keys()]).toEqual(['anna', 'bert']);
      write('anna:plain', 3);
      expect([...users().keys()]).toEqual(['anna', 'bert']);
      expect(() => watchUserFile({ file, clock, log: silent })).toThrow('htpasswd -B');
      rmSync(file);
      expect(UserFileInvalid.is(thrown(() => watchUserFile({ file, clock, log: silent })))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

/** An identity service that knows a few tokens, and can be made to fail. */
const tokens = new Map<string, object>();
const asked: string[] = [];
let failing: number | undefined;
let own = 0;
let refuseOwn = false;
let identity: Server;
let url: string;

beforeAll(async () => {
  identity = createServer((request, response) => {
    const subject = String(request.headers['x-subject-token']);
    if (request.method === 'GET' && !request.headers['x-subject-token'])
      return void response.writeHead(300).end('{"versions": {"values": [{"id": "v3.14"}]}}');
    if (request.method === 'POST') {
      own += 1;
      response.writeHead(201, { 'X-Subject-Token': `own-${own}`, 'Content-Type': 'application/json' });
      return void response.end(JSON.stringify({ token: { expires_at: '2999-01-01T00:00:00Z', catalog: [] } }));
    }
    asked.push(`${request.url} ${subject}`);
    if (failing) return void response.writeHead(failing).end('{}');
    if (refuseOwn && request.headers['x-auth-token'] === `own-${own}`) {
      refuseOwn = false;
      return void response.writeHead(401).end('{}');
    }
    const token = tokens.get(subject);
    response.writeHead(token ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(token ? { token } : { error: { code: 404 } }));
  });
  await new Promise<void>((resolve) => identity.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(identity.address() as AddressInfo).port}`;
});
afterAll(() => {
  identity.closeAllConnections();
  identity.close();
});
beforeEach(() => {
  tokens.clear();
  asked.length = 0;
  failing = undefined;
  tokens.set('good', {
    user: { id: 'u1', name: 'anna', domain: { id: 'd1', name: 'Default' } },
    project: { id: 'p1', name: 'demo', domain: { id: 'd1', name: 'Default' } },
    roles: [
      { id: '1', name: 'member' },
      { id: '2', name: 'reader' },
    ],
    expires_at: '2999-01-01T00:00:00Z',
  });
});

function keystone(more: Partial<KeystoneParts> = {}) {
  const section = 'keystone_authtoken';
  const clock = new ManualClock();
  const http = openHttp(section, { cafile: null, certfile: null, keyfile: null, insecure: false, timeout: 5 });
  const options = { auth_type: 'password', auth_url: url, username: 'ironic', password: 'x', default_domain_id: 'd' };
  const credentials = credentialsOf({ section, options: options as never, http, clock: systemClock })!;
  const gate = keystoneGate({
    ask: tokenCheck({
      ...{ section, authUrl: url, credentials, http },
      interface: 'internal',
      region: null,
      catalogue: true,
    }),
    clock,
    log: silent,
    uri: 'http://keystone',
    cacheSeconds: 300,
    serviceRoles: ['service'],
    serviceRolesRequired: false,
    serviceType: 'baremetal',
    delayDecision: false,
    ...more,
  });
  return { gate, clock };
}

describe('keystone', () => {
  test('says who the token belongs to: project, system or domain', async () => {
    const { gate } = keystone();
    expect(await knock(gate, { 'x-auth-token': 'good' })).toEqual({
      user: 'u1',
      userName: 'anna',
      userDomain: { id: 'd1', name: 'Default' },
      project: 'p1',
      projectName: 'demo',
      projectDomain: { id: 'd1', name: 'Default' },
      roles: ['member', 'reader'],
    });
    tokens.set('system', { user: { id: 'u2' }, system: { all: true }, roles: [{ name: 'admin' }] });
    expect(await knock(gate, { 'x-auth-token': 'system' })).toEqual({
      user: 'u2',
      systemScope: true,
      roles: ['admin'],
    });
    tokens.set('domain', { user: { id: 'u3' }, domain: { id: 'd2' }, is_admin_project: false });
    const third = await knock(gate, { 'x-auth-token': 'domain' });
    expect(third).toEqual({ user: 'u3', domain: { id: 'd2' }, roles: [], adminProject: false });
  });

  test('asks once for many at the same time, and not again within the cache time', async () => {
    const { gate, clock } = keystone();
    await Promise.all(Array.from({ length: 20 }, () => knock(gate, { 'x-auth-token': 'good' })));
    await knock(gate, { 'x-auth-token': 'good' });
    expect(asked).toHaveLength(1);
    clock.advance(301_000);
    await knock(gate, { 'x-auth-token': 'good' });
    expect(asked).toHaveLength(2);
  });

  test('no longer lets a revoked token in when the cache time is over', async () => {
    const { gate, clock } = keystone({ cacheSeconds: 10 });
    await knock(gate, { 'x-auth-token': 'good' });
    tokens.delete('good');
    clock.advance(9_000);
    await knock(gate, { 'x-auth-token': 'good' });
    clock.advance(2_000);
    expect(NotAuthenticated.is(await thrownBy(knock(gate, { 'x-auth-token': 'good' })))).toBe(true);
  });

  test('does not keep a token beyond its end, and takes none that is over', async () => {
    const { gate, clock } = keystone();
    const expires_at = new Date(clock.now() + 5_000).toISOString();
    tokens.set('short', { user: { id: 'u' }, roles: [], expires_at });
    await knock(gate, { 'x-auth-token': 'short' });
    clock.advance(6_000);
    expect(NotAuthenticated.is(await thrownBy(knock(gate, { 'x-auth-token': 'short' })))).toBe(true);
  });

  test.each([[{}], [{ 'x-auth-token': '' }], [{ 'x-auth-token': 'wrong' }], [{ 'x-auth-token': 'wr\u00fcng' }]])(
    'says no to %j, and where tokens are given',
    async (headers) => {
      const error = await thrownBy(knock(keystone().gate, headers as Record<string, string>));
      expect(NotAuthenticated.is(error) && error.facts.challenge).toBe('Keystone uri="http://keystone"');
    },
  );

  test('lets requests without a good token on as nobody where the decision is delayed', async () => {
    const { gate } = keystone({ delayDecision: true });
    expect(await knock(gate, { 'x-auth-token': 'wrong' })).toEqual({});
  });

  test.each([500, 503, 403, 401])(
    'cannot tell when the service answers %i, and keeps no such answer',
    async (status) => {
      const { gate } = keystone();
      failing = status;
      expect(IdentityUnavailable.is(await thrownBy(knock(gate, { 'x-auth-token': 'good' })))).toBe(true);
      failing = undefined;
      await knock(gate, { 'x-auth-token': 'good' });
    },
  );

  test('gets itself a new token when its own is refused', async () => {
    refuseOwn = true;
    expect(await knock(keystone().gate, { 'x-auth-token': 'good' })).toMatchObject({ user: 'u1' });
  });

  test('takes the ended token of a user from a service that works on for them', async () => {
    const { gate } = keystone();
    tokens.set('ended', { user: { id: 'u' }, roles: [], expires_at: '2001-01-01T00:00:00Z' });
    tokens.set('nova', { user: { id: 'nova' }, roles: [{ name: 'service' }] });
    tokens.set('other', { user: { id: 'x' }, roles: [{ name: 'member' }] });
    const with_ = (service: string) => knock(gate, { 'x-auth-token': 'ended', 'x-service-token': service });
    expect(await with_('nova')).toMatchObject({ user: 'u', serviceRoles: ['service'] });
    expect(asked.some((line) => line.includes('allow_expired=1 ended'))).toBe(true);
    expect(NotAuthenticated.is(await thrownBy(with_('other')))).toBe(true);
    expect(NotAuthenticated.is(await thrownBy(with_('wrong')))).toBe(true);
    const strict = keystone({ serviceRolesRequired: true }).gate;
    const refused = thrownBy(knock(strict, { 'x-auth-token': 'good', 'x-service-token': 'other' }));
    expect(NotAuthenticated.is(await refused)).toBe(true);
  });
});
