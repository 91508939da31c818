// The health check, its files and forms; and the address that links carry.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { NotAuthenticated } from './auth/gate.ts';
import type { HealthSettings } from './health.ts';
import type { Orders } from './orders.ts';
import { ownAddress } from './own-address.ts';
import { buildApi } from './server.ts';

let db: Db;
const folder = mkdtempSync(join(tmpdir(), 'ingot-health-'));
const there = join(folder, 'there');
beforeAll(async () => {
  db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  writeFileSync(there, '');
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

const usual: HealthSettings = { path: '/healthcheck', detailed: false, files: [] };
const gate = {
  async identify() {
    throw new NotAuthenticated({ why: 'no.', challenge: 'Basic' });
  },
};

async function ask(health: HealthSettings | null, path: string, init: RequestInit = {}, given: Db = db) {
  const orders = { conductorOf: () => null } as unknown as Orders;
  const api = buildApi({ db: given, orders, clock: systemClock, log: silent, gate, settings: { health } });
  const port = await api.listen('127.0.0.1', 0);
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, init);
  const seen = { status: reply.status, type: reply.headers.get('Content-Type'), text: await reply.text() };
  await api.close();
  return seen;
}

test.each([
  ['as it comes', usual, '/healthcheck', 200, 'OK'],
  ['below it', usual, '/healthcheck/any?x=1', 200, 'OK'],
  ['where it was put', { ...usual, path: '/well' }, '/well', 200, 'OK'],
  ['where it no longer is', { ...usual, path: '/well' }, '/healthcheck', 404, undefined],
  ['where there is none', null, '/healthcheck', 404, undefined],
  ['beside it', usual, '/healthchecks', 401, undefined],
  ['while its file is there', { ...usual, files: [{ file: there }] }, '/healthcheck', 503, 'DISABLED BY FILE'],
  ['while it is not', { ...usual, files: [{ file: `${there}-not` }] }, '/healthcheck', 200, 'OK'],
  [
    'while the file of another port is there',
    { ...usual, files: [{ port: 1, file: there }] },
    '/healthcheck',
    200,
    'OK',
  ],
])('asked %s', async (_, health, path, status, text) => {
  const seen = await ask(health, path);
  expect(seen.status).toBe(status);
  if (text !== undefined) expect(seen).toMatchObject({ type: 'text/plain', text });
});

test('it says more in JSON, and nothing to HEAD', async () => {
  const json = { headers: { Accept: 'application/json' } };
  const { type, text } = await ask(usual, '/healthcheck', json);
  expect(type).toBe('application/json');
  expect(JSON.parse(text)).toEqual({ detailed: false, reasons: ['OK'] });
  const detailed = JSON.parse((await ask({ ...usual, detailed: true }, '/healthcheck', json)).text);
  expect(detailed).toMatchObject({ detailed: true, hostname: expect.any(String), reasons: [{}, { reason: 'OK' }] });
  expect((await ask(usual, '/healthcheck', { method: 'HEAD' })).status).toBe(204);
  const ill = { ...usual, files: [{ file: there }] };
  expect((await ask(ill, '/healthcheck', { method: 'HEAD' })).status).toBe(503);
});

test('it fails while the database does not answer', async () => {
  const gone = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  await gone.close();
  expect(await ask(usual, '/healthcheck', {}, gone)).toMatchObject({ status: 503, text: 'DATABASE DOES NOT ANSWER' });
});

test.each([
  [false, { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'front' }, 'http://own:1'],
  [true, {}, 'http://own:1'],
  [true, { 'x-forwarded-proto': 'https' }, 'https://own:1'],
  [true, { 'x-forwarded-host': 'front:8, own', 'x-forwarded-proto': 'https, http' }, 'https://front:8'],
  [true, { 'x-forwarded-prefix': '/baremetal/' }, 'http://own:1/baremetal'],
  [true, { forwarded: 'for=1.2.3.4;proto=https;host="front", for=x' }, 'https://front'],
  [true, { forwarded: 'host=front', 'x-forwarded-proto': 'https' }, 'http://front'],
  [
    true,
    { 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a/b"<', 'x-forwarded-prefix': '//evil' },
    'http://own:1',
  ],
])('proxies believed %s: %j leads to links at %s', (believed, headers, expected) => {
  const request = { headers: { host: 'own:1', ...headers }, socket: {} } as never;
  expect(ownAddress(request, believed)).toBe(expected);
});
