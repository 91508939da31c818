import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { loadConfig } from '#config/load.ts';
import { ownEndpoint } from './own-endpoint.ts';

let keystone: Server;
let url: string;
beforeAll(async () => {
  keystone = createServer((request, response) => {
    const endpoints = [
      { interface: 'public', region_id: 'one', url: 'https://out.example/' },
      { interface: 'internal', region_id: 'one', url: 'http://in.example:6385/v1' },
    ];
    const token = { expires_at: '2999-01-01T00:00:00Z', catalog: [{ type: 'baremetal', endpoints }] };
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'X-Subject-Token': 'x' });
    response.end(JSON.stringify(request.method === 'POST' ? { token } : { version: { id: 'v3.14' } }));
  });
  await new Promise<void>((resolve) => keystone.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(keystone.address() as AddressInfo).port}/v3`;
});
afterAll(() => {
  keystone.closeAllConnections();
  keystone.close();
});

const auth = ['auth_type=password', 'username=u', 'password=p', 'user_domain_id=d', 'project_id=p'];
const usual = 'http://127.0.0.1:6385';

test.each([
  ['nothing', [], usual],
  ['the catalogue', auth, 'http://in.example:6385'],
  ['the public interface', [...auth, 'valid_interfaces=public'], 'https://out.example'],
  ['another region', [...auth, 'region_name=two'], usual],
  ['an override', [...auth, 'endpoint_override=http://mine'], usual],
  ['an identity service that is not there', [...auth, 'auth_url=http://127.0.0.1:1/v3'], usual],
])('with %s named (%j) ramdisks are told %s', async (_, options, expected) => {
  const sets = [`auth_url=${url}`, ...options].map((set) => `service_catalog.${set}`);
  const { config } = loadConfig({ sets });
  expect(await ownEndpoint(config, usual, { clock: systemClock, log: silent })).toBe(expected);
});
