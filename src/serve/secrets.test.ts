// What nobody may read stays unread: a service with secrets everywhere, made to fail, and everything that it says of it.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort, siteSets } from '../../test/setup/site.ts';
import { makeLog } from './log.ts';
import { type Running, serve } from './serve.ts';

let folder: string;
let cloud: Server;
let ingot: Running;
const lines: string[] = [];
const answers: string[] = [];
const mark = (what: string) => `leaked-${what}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-secrets-'));
  // An identity service that lets nobody in.
  cloud = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/v3';
    response.writeHead(known ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(known ? '{"version": {"id": "v3.14"}}' : '{"error": {"message": "Who are you?"}}');
  });
  await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
  const nova = {
    auth_type: 'password',
    auth_url: `http://127.0.0.1:${(cloud.address() as AddressInfo).port}/v3`,
    username: 'ironic',
    user_domain_id: 'default',
    password: mark('nova-password'),
  };
  const [api, http, tftp] = [await freePort(), await freePort(), await freePort()];
  ingot = await serve({
    sets: [
      ...siteSets(folder),
      ...Object.entries(nova).map(([name, value]) => `nova.${name}=${value}`),
      ...[`api.port=${api}`, `ingot.http_port=${http}`, `ingot.tftp_port=${tftp}`],
      'ipmi.command_retry_timeout=1',
      'conductor.sync_power_state_interval=0',
      'DEFAULT.debug=true',
      `keystone_authtoken.password=${mark('authtoken-password')}`,
    ],
    log: makeLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) }),
  });
});
afterAll(async () => {
  await ingot?.stop();
  cloud.closeAllConnections();
  cloud.close();
  await rm(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const reply = await fetch(`${ingot.url}${path}`, {
    method,
    headers: {
      'X-OpenStack-Ironic-API-Version': 'latest',
      'X-Auth-Token': mark('auth-token'),
      'X-Service-Token': mark('service-token'),
      Authorization: `Basic ${Buffer.from(`me:${mark('basic')}`).toString('base64')}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  answers.push(text);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

const node = (name: string) => ask('GET', `/v1/nodes/${name}`);
const rests = (name: string) =>
  vi.waitFor(
    async () => {
      const seen = await node(name);
      expect([seen.reservation, seen.target_power_state, seen.target_provision_state]).toEqual([null, null, null]);
      return seen;
    },
    { timeout: 25_000, interval: 100 },
  );

test('secrets are in no answer, no log line, no history, no error and nothing that others are told', async () => {
  await ask('POST', '/v1/nodes', {
    name: 'bmc',
    driver: 'ipmi',
    driver_info: { ipmi_address: '127.0.0.1', ipmi_port: 9, ipmi_username: 'a', ipmi_password: mark('ipmi') },
    properties: { capabilities: 'boot_mode:uefi' },
  });
  await ask('PUT', '/v1/nodes/bmc/states/provision', { target: 'manage' });
  await rests('bmc');
  await ask('POST', '/v1/nodes', {
    name: 'fake',
    driver: 'fake-hardware',
    driver_info: { some_password: mark('driver'), deeper: { a_token: mark('deeper') } },
    instance_info: { admin_pass: mark('adminpass'), configdrive: mark('drive'), nested: { secret: mark('nested') } },
    instance_uuid: '6a2f2a5e-1c36-4a4d-9d2f-5c9a2f4f8a11',
  });
  for (const target of ['manage', 'provide', 'active']) {
    await ask('PUT', '/v1/nodes/fake/states/provision', { target });
    await rests('fake');
  }
  await ask('PUT', '/v1/nodes/fake/states/provision', { target: 'rescue', rescue_password: mark('rescue') });
  await rests('fake');
  await ask('PUT', '/v1/nodes/fake/states/power', { target: 'power off' });
  await rests('fake');
  await ask('PATCH', '/v1/nodes/fake', [{ op: 'add', path: '/driver_info/other_password', value: mark('patched') }]);
  await ask('PATCH', '/v1/nodes/fake', [{ op: 'add', path: '/no_such_field', value: mark('refused') }]);
  await ask('POST', '/v1/volume/targets', {
    node_uuid: (await node('fake')).uuid,
    volume_type: 'iscsi',
    boot_index: 0,
    volume_id: 'v',
    properties: { auth_password: mark('chap') },
  });
  for (const path of [
    'nodes?detail=true',
    'nodes/fake/states',
    'nodes/fake/history',
    'nodes/bmc/history',
    'volume/targets?detail=true',
  ])
    await ask('GET', `/v1/${path}`);
  const { history } = (await ask('GET', '/v1/nodes/bmc/history')) as { history: { uuid: string }[] };
  for (const { uuid } of history) await ask('GET', `/v1/nodes/bmc/history/${uuid}`);
  await ask('GET', '/ingot/v1/outlets');
  // Nova was to be told, and is not reached: the log says so.
  await vi.waitFor(() => expect(lines.join('')).toContain('Who are you?'), { timeout: 20_000 });
  const told = await ingot.db.read.selectFrom('happenings').selectAll().execute();
  const errors = await ingot.db.read.selectFrom('nodes').select(['last_error', 'maintenance_reason']).execute();
  const said = { answers, lines, told, errors };
  for (const [where, what] of Object.entries(said)) {
    const leaks = JSON.stringify(what).match(/leaked-[\w-]+/g) ?? [];
    expect([where, [...new Set(leaks)]]).toEqual([where, []]);
  }
  expect(JSON.stringify(errors)).toContain('did not answer'); // there was something to say
  const kept = JSON.stringify(await ingot.db.read.selectFrom('nodes').selectAll().execute());
  for (const what of ['ipmi', 'driver', 'deeper', 'adminpass', 'patched']) expect(kept).toContain(mark(what));
}, 60_000);
