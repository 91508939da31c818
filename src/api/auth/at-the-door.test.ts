// The gate as clients meet it, over HTTP.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import type { Orders } from '../orders.ts';
import { type Api, buildApi } from '../server.ts';
import { builtIn, persona } from '../testing/people.ts';
import { IdentityUnavailable, NotAuthenticated } from './gate.ts';

let db: Db;
let api: Api;
let base: string;

beforeAll(async () => {
  db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  const gate = {
    async identify({ headers }: { headers: Readonly<Record<string, unknown>> }) {
      const name = String(headers['x-auth-token'] ?? '');
      if (name === 'broken') throw new IdentityUnavailable({ why: 'it sleeps.' });
      if (!name) throw new NotAuthenticated({ why: 'a token is needed.', challenge: 'Keystone uri="http://k"' });
      const { requestId: _, ...identity } = persona(name).caller;
      return identity;
    },
  };
  const cors = {
    allowedOrigins: ['http://ui'],
    allowCredentials: true,
    exposeHeaders: [],
    maxAgeSeconds: 60,
    allowMethods: ['GET'],
    allowHeaders: [],
  };
  const orders = { conductorOf: () => null } as unknown as Orders;
  api = buildApi({ db, orders, clock: systemClock, log: silent, gate, authority: builtIn, settings: { cors } });
  base = `http://127.0.0.1:${await api.listen('127.0.0.1', 0)}`;
});
afterAll(async () => {
  await api.close();
  await db.close();
});

const version = { 'X-OpenStack-Ironic-API-Version': 'latest' };

test.each([
  ['/', '', 200],
  ['/v1', '', 200],
  ['/healthcheck', '', 200],
  ['/v1/nodes', '', 401],
  ['/v1/no-such-thing', '', 401],
  ['/metrics', '', 401],
  ['/v1/nodes', 'broken', 503],
  ['/v1/nodes', 'system-reader', 200],
  ['/v1/nodes', 'other-admin', 200],
  ['/v1/nodes', 'unscoped-admin', 403],
  ['/v1/conductors', 'owner-admin', 403],
  ['/v1/chassis', 'owner-admin', 403],
  ['/ingot/v1/outlets', 'owner-admin', 403],
])('GET %s as "%s" is %i', async (path, token, status) => {
  const reply = await fetch(`${base}${path}`, { headers: { ...version, ...(token && { 'X-Auth-Token': token }) } });
  expect(reply.status).toBe(status);
  if (status !== 401) return;
  expect(reply.headers.get('WWW-Authenticate')).toBe('Keystone uri="http://k"');
  expect(await reply.json()).toMatchObject({ error: { code: 401, title: 'Unauthorized' } });
});

const { endpoints } = JSON.parse(
  readFileSync(new URL('../../../test/data/reference/endpoints.json', import.meta.url), 'utf8'),
) as { endpoints: { method: string; path: string }[] };

test('without an account every operation but the public ones is refused, whether there is the thing or not', async () => {
  const seen = await Promise.all(
    endpoints.map(async ({ method, path }) => {
      const url = `${base}${path.replace(/\{\w+\}/g, 'some')}`;
      const reply = await fetch(url, { method, headers: version });
      return `${method} ${path} ${reply.status === 401 ? 'refused' : 'let on'}`;
    }),
  );
  expect(seen.filter((line) => line.endsWith('let on')).sort()).toEqual([
    'GET / let on',
    'GET /healthcheck let on',
    'GET /v1 let on',
    'GET /v1/lookup let on',
    'POST /v1/continue_inspection let on',
    'POST /v1/heartbeat/{node_ident} let on',
  ]);
  expect(seen.length).toBeGreaterThan(130);
});

test('a browser may ask before it has a token, and read why it was refused', async () => {
  const origin = { Origin: 'http://ui' };
  const before = await fetch(`${base}/v1/nodes`, {
    method: 'OPTIONS',
    headers: { ...origin, 'Access-Control-Request-Method': 'GET' },
  });
  expect([before.status, before.headers.get('Access-Control-Allow-Methods')]).toEqual([200, 'GET']);
  const after = await fetch(`${base}/v1/nodes`, { headers: origin });
  expect([after.status, after.headers.get('Access-Control-Allow-Origin')]).toEqual([401, 'http://ui']);
});
