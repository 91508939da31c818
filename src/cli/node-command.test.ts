import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeCommand } from './node-command.ts';
import { FakeApi, refusal } from './testing/fake-api.ts';
import { runCommand } from './testing/run-command.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const node = (...words: string[]) => runCommand(nodeCommand, ['node', ...words], { INGOT_URL: api.url });
const rest = (state: string, more: object = {}) => ({
  body: { provision_state: state, target_provision_state: null, ...more },
});
const busy = (state: string, target: string) => ({ body: { provision_state: state, target_provision_state: target } });
const bodies = (what: string) =>
  api.seen.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === what).map(({ body }) => body);

test('create enrolls a node with its BMC and a port for each card', async () => {
  api
    .on('POST /v1/nodes', { status: 201, body: { uuid: 'u', name: 'n1' } })
    .on('POST /v1/ports', { status: 201, body: {} });
  const ran = await node(
    ...['create', '--name', 'n1', '--bmc', '10.0.0.1:6230', '--bmc-user', 'admin', '--bmc-password', 'pw'],
    ...[
      '--mac',
      '52:54:00:00:00:01',
      '--mac',
      '52:54:00:00:00:02',
      '--property',
      'cpus:=8',
      '--extra',
      'rack=7',
      '--json',
    ],
  );
  expect(ran.code).toBe(0);
  expect(bodies('POST /v1/nodes')).toEqual([
    {
      driver: 'ipmi',
      name: 'n1',
      driver_info: { ipmi_address: '10.0.0.1', ipmi_port: '6230', ipmi_username: 'admin', ipmi_password: 'pw' },
      properties: { cpus: 8 },
      extra: { rack: '7' },
    },
  ]);
  expect(bodies('POST /v1/ports')).toHaveLength(2);
  expect(JSON.parse(ran.out)).toMatchObject({ uuid: 'u', ports: [{}, {}] });
});

for (const [bmc, info] of [
  ['10.0.0.1', { ipmi_address: '10.0.0.1' }],
  ['bmc.example.org:6230', { ipmi_address: 'bmc.example.org', ipmi_port: '6230' }],
  ['fd00::1', { ipmi_address: 'fd00::1' }],
  ['[fd00::1]:6230', { ipmi_address: 'fd00::1', ipmi_port: '6230' }],
] as const) {
  test(`--bmc ${bmc} is understood`, async () => {
    api.on('POST /v1/nodes', { status: 201, body: { uuid: 'u' } });
    await node('create', '--bmc', bmc);
    expect(bodies('POST /v1/nodes')).toMatchObject([{ driver_info: info }]);
  });
}

test('a node whose port is refused is not left behind', async () => {
  api
    .on('POST /v1/nodes', { status: 201, body: { uuid: 'u' } })
    .on('POST /v1/ports', refusal(409, 'That address is known.'));
  api.on('DELETE /v1/nodes/u', { status: 204 });
  const ran = await node('create', '--mac', '52:54:00:00:00:01');
  expect(ran).toMatchObject({ code: 4, err: 'That address is known.\n' });
  expect(api.asked()).toContain('DELETE /v1/nodes/u');
});

test('a password comes from a file, and never from two places', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-create-'));
  const file = join(folder, 'secret');
  writeFileSync(file, 's3cret\nsecond line\n');
  api.on('POST /v1/nodes', { status: 201, body: { uuid: 'u' } });
  await node('create', '--bmc', '10.0.0.1', '--bmc-password-file', file);
  expect(bodies('POST /v1/nodes')).toMatchObject([{ driver_info: { ipmi_password: 's3cret' } }]);
  expect((await node('create', '--bmc-password', 'a', '--bmc-password-file', file)).code).toBe(2);
  rmSync(folder, { recursive: true });
});

test('list asks for the fields shown and filters by the service', async () => {
  api.on('GET /v1/nodes', { body: { nodes: [{ name: 'n1', provision_state: 'active', links: [{ rel: 'self' }] }] } });
  const ran = await node(
    'list',
    '--fields',
    'name,provision_state',
    '--state',
    'active',
    '--sort',
    'name:desc',
    '--limit',
    '5',
  );
  const query = new URL(api.seen[0]!.path, api.url).searchParams;
  expect(Object.fromEntries(query)).toEqual({
    fields: 'name,provision_state',
    provision_state: 'active',
    sort_key: 'name',
    sort_dir: 'desc',
    limit: '5',
  });
  expect(ran.out).toBe('NAME  PROVISION STATE\nn1    active\n');
  const json = await node('list', '--json');
  expect(JSON.parse(json.out)).toEqual([{ name: 'n1', provision_state: 'active' }]);
});

test('an empty list is an empty array for programs, and a sentence on standard error for people', async () => {
  api.on('GET /v1/nodes', { body: { nodes: [] } });
  expect((await node('list', '--json')).out).toBe('[]\n');
  expect(await node('list')).toMatchObject({ out: '', err: 'There are no such nodes.\n', code: 0 });
});

test('set makes one patch of words and options, unset removes', async () => {
  api.on('PATCH /v1/nodes/n1', { body: {} });
  await node('set', 'n1', 'resource_class=gold', 'properties/cpus:=8', '--extra', 'a/b=c');
  await node('unset', 'n1', 'extra/a~1b');
  expect(bodies('PATCH /v1/nodes/n1')).toEqual([
    [
      { op: 'add', path: '/resource_class', value: 'gold' },
      { op: 'add', path: '/properties/cpus', value: 8 },
      { op: 'add', path: '/extra/a~1b', value: 'c' },
    ],
    [{ op: 'remove', path: '/extra/a~1b' }],
  ]);
  expect((await node('set', 'n1')).code).toBe(2);
});

const provision = 'PUT /v1/nodes/n1/states/provision';

test('deploy sets the image anew, sends the config drive, and the watch ends with 0 when the node is active', async () => {
  const before = { body: { instance_info: { image_source: 'old', image_checksum: 'old', capabilities: 'x' } } };
  api.on('GET /v1/nodes/n1', before, busy('deploying', 'active'), busy('wait call-back', 'active'), rest('active'));
  api.on('PATCH /v1/nodes/n1', { body: {} }).on(provision, { status: 202 });
  const sum = 'a'.repeat(64);
  const ran = await node(
    'deploy',
    'n1',
    '--image',
    'http://i/os.img',
    '--checksum',
    sum,
    '--meta',
    'hostname=h',
    '--watch',
  );
  const value = {
    capabilities: 'x',
    image_source: 'http://i/os.img',
    image_os_hash_algo: 'sha256',
    image_os_hash_value: sum,
  };
  expect(bodies('PATCH /v1/nodes/n1')).toEqual([[{ op: 'add', path: '/instance_info', value }]]);
  expect(bodies(provision)).toEqual([{ target: 'active', configdrive: { meta_data: { hostname: 'h' } } }]);
  expect(ran.code).toBe(0);
  expect(ran.out).toBe('');
  expect(ran.err).toMatch(/wait call-back[\s\S]*Node n1 is active after/);
});

test('a deployment that fails ends with 1 and the last error of the node', async () => {
  api.on(provision, { status: 202 });
  api.on('GET /v1/nodes/n1', busy('deploying', 'active'), {
    body: { provision_state: 'deploy failed', target_provision_state: 'active', last_error: 'The disk is too small.' },
  });
  const ran = await node('deploy', 'n1', '--watch');
  expect(ran.code).toBe(1);
  expect(ran.err).toMatch(/n1 is deploy failed, not active: The disk is too small\.\n$/);
});

test('--watch --json prints the node alone on standard output', async () => {
  api.on(provision, { status: 202 }).on('GET /v1/nodes/n1', rest('manageable', { name: 'n1' }));
  const ran = await node('manage', 'n1', '--watch', '--json');
  expect(JSON.parse(ran.out)).toMatchObject({ name: 'n1', provision_state: 'manageable' });
});

test('a watch gives up after --timeout with 6 and says that the work goes on', async () => {
  api.on(provision, { status: 202 }).on('GET /v1/nodes/n1', busy('clean wait', 'available'));
  const ran = await node('provide', 'n1', '--watch', '--timeout', '30');
  expect(ran.code).toBe(6);
  expect(ran.err).toMatch(/clean wait\) took longer than 30 s; the service goes on.*ingot node wait n1/);
});

test('Ctrl-C leaves the work running, says so, and ends with 130', async () => {
  const stop = new AbortController();
  api.on('GET /v1/nodes/n1', () => {
    stop.abort(new Error('stopped'));
    return busy('deploying', 'active');
  });
  const ran = await runCommand(nodeCommand, ['node', 'wait', 'n1'], { INGOT_URL: api.url }, stop.signal);
  expect(ran.code).toBe(130);
  expect(ran.err).toMatch(/the service goes on working/);
});

test('wait for a state ends with 1 when the node rests in another one', async () => {
  api.on('GET /v1/nodes/n1', rest('manageable'));
  expect((await node('wait', 'n1', 'available')).code).toBe(1);
  expect((await node('wait', 'n1', 'manageable')).code).toBe(0);
});

for (const words of [
  ['n1', 'soft-off'],
  ['soft-off', 'n1'],
]) {
  test(`power ${words.join(' ')} asks the machine to shut down`, async () => {
    api.on('PUT /v1/nodes/n1/states/power', { status: 202 });
    expect((await node('power', ...words)).code).toBe(0);
    expect(bodies('PUT /v1/nodes/n1/states/power')).toEqual([{ target: 'soft power off' }]);
  });
}

test('power without an action tells the state; an unknown action is a usage error', async () => {
  api.on('GET /v1/nodes/n1/states', { body: { power_state: 'power on', target_power_state: null } });
  expect((await node('power', 'n1')).out).toBe('power on\n');
  expect((await node('power', 'n1', 'sideways')).code).toBe(2);
});

test('validate ends with 1 when an interface that a deployment needs is not in order', async () => {
  const good = { result: true, reason: null };
  const faces = {
    power: good,
    management: good,
    boot: good,
    deploy: { result: false, reason: 'no image' },
    network: good,
  };
  api.on('GET /v1/nodes/n1/validate', { body: faces });
  const ran = await node('validate', 'n1');
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('no image');
});

test('explain tells the last error and what can be done', async () => {
  api.on('GET /v1/nodes/n1', rest('clean failed', { name: 'n1', last_error: 'The BMC is silent.', maintenance: true }));
  api.on('GET /v1/nodes/n1/validate', { body: {} }).on('GET /v1/nodes/n1/history', { body: { history: [] } });
  const ran = await node('explain', 'n1');
  expect(ran.out).toMatch(/Last error: The BMC is silent\./);
  expect(ran.out).toMatch(/-> ingot node manage n1/);
});

test('control characters of a record never reach the terminal', async () => {
  api.on('GET /v1/nodes', { body: { nodes: [{ name: 'a\x1b]0;x\x07' }] } });
  expect((await node('list', '--fields', 'name')).out).not.toMatch(/\x1b|\x07/);
});

for (const words of [
  ['deploy', 'n1', '--checksum', 'abc'],
  ['deploy', 'n1', '--image', 'http://i/x', '--checksum', 'abc'],
  ['deploy', 'n1', '--image', '/srv/x.img'],
  ['provide', 'n1', '--watch', '--timeout', 'soon'],
  ['clean', 'n1', '--steps', '{"step": "x"}'],
  ['list', '--limit', '0'],
  ['create', '--driver', 'fake-hardware', '--bmc', '10.0.0.1'],
]) {
  test(`"${words.join(' ')}" is a usage error`, async () => {
    api.on(provision, { status: 202 });
    expect((await node(...words)).code).toBe(2);
  });
}
