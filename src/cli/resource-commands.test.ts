import { afterEach, beforeEach, expect, test } from 'vitest';
import { conductorCommand, driverCommand, portCommand } from './resource-commands.ts';
import { FakeApi } from './testing/fake-api.ts';
import { runCommand } from './testing/run-command.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const port = (...words: string[]) => runCommand(portCommand, ['port', ...words], { INGOT_URL: api.url });

test('a port is made for a node that is named', async () => {
  api.on('GET /v1/nodes/n1', { body: { uuid: 'u' } }).on('POST /v1/ports', { status: 201, body: { uuid: 'p' } });
  const ran = await port('create', '52:54:00:00:00:01', '--node', 'n1', '--no-pxe', '--json');
  expect(api.seen[1]?.body).toEqual({ node_uuid: 'u', address: '52:54:00:00:00:01', pxe_enabled: false, extra: {} });
  expect(JSON.parse(ran.out)).toEqual({ uuid: 'p' });
});

test('ports are listed for one node', async () => {
  api.on('GET /v1/ports', { body: { ports: [{ uuid: 'p', address: '52:54:00:00:00:01', pxe_enabled: true }] } });
  const ran = await port('list', '--node', 'n1');
  expect(new URL(api.seen[0]!.path, api.url).searchParams.get('node')).toBe('n1');
  expect(ran.out).toMatch(/^UUID +ADDRESS.*\np +52:54:00:00:00:01/);
});

test('several ports are forgotten at once', async () => {
  api.on('DELETE /v1/ports/a', { status: 204 }).on('DELETE /v1/ports/b', { status: 204 });
  expect((await port('delete', 'a', 'b')).code).toBe(0);
  expect(api.asked()).toEqual(['DELETE /v1/ports/a', 'DELETE /v1/ports/b']);
  expect((await port('delete', 'c')).code).toBe(3);
});

test('drivers and conductors are listed', async () => {
  api.on('GET /v1/drivers', { body: { drivers: [{ name: 'ipmi', hosts: ['a', 'b'], type: 'dynamic' }] } });
  api.on('GET /v1/conductors', { body: { conductors: [{ hostname: 'a', alive: true }] } });
  const env = { INGOT_URL: api.url };
  expect((await runCommand(driverCommand, ['driver', 'list'], env)).out).toMatch(/ipmi +a, b +dynamic/);
  expect((await runCommand(conductorCommand, ['conductor', 'list'], env)).out).toMatch(/a +true/);
});
