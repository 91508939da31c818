// A redfish node against a small BMC over HTTP on loopback.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly tag: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what was sent, looked at by the test
  readonly body: any;
}

let bench: Bench;
let server: Server;
let address: string;
let asked: Asked[];
let state: { power: string; boot: Record<string, unknown>; secure: boolean; systems: number };
/** Answers that come before the usual ones. */
let first: { status: number; body?: object }[];

async function read(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += chunk;
  return text;
}

const system = '/redfish/v1/Systems/1';

function answer(method: string, url: string, body: Record<string, unknown>): { status: number; body?: object } {
  if (url === '/redfish/v1/') return { status: 200, body: { Systems: { '@odata.id': '/redfish/v1/Systems' } } };
  if (url === '/redfish/v1/Systems') {
    const Members = Array.from({ length: state.systems }, (_, i) => ({ '@odata.id': `/redfish/v1/Systems/${i + 1}` }));
    return { status: 200, body: { Members } };
  }
  if (url === `${system}/Actions/Reset`) {
    state.power = body.ResetType === 'ForceOff' || body.ResetType === 'GracefulShutdown' ? 'Off' : 'On';
    return { status: 204 };
  }
  if (url === `${system}/SecureBoot`) {
    if (method === 'PATCH') state.secure = body.SecureBootEnable === true;
    return { status: 200, body: { SecureBootCurrentBoot: state.secure ? 'Enabled' : 'Disabled' } };
  }
  if (url !== system) return { status: 404 };
  if (method === 'PATCH') state.boot = { ...state.boot, ...(body.Boot as object) };
  const reset = {
    target: `${system}/Actions/Reset`,
    'ResetType@Redfish.AllowableValues': ['On', 'ForceOff', 'ForceRestart', 'GracefulShutdown', 'Nmi'],
  };
  const Actions = { '#ComputerSystem.Reset': reset };
  const SecureBoot = { '@odata.id': `${system}/SecureBoot` };
  return {
    status: 200,
    body: { PowerState: state.power, Manufacturer: 'Acme', Boot: state.boot, Actions, SecureBoot },
  };
}

beforeEach(async () => {
  asked = [];
  first = [];
  state = { power: 'Off', boot: { BootSourceOverrideEnabled: 'Disabled' }, secure: false, systems: 1 };
  server = createServer(async (message, response) => {
    const text = await read(message);
    const { method = '', url = '' } = message;
    const body = text ? JSON.parse(text) : {};
    asked.push({ method, url, tag: message.headers['if-match'], body });
    const right = message.headers.authorization === `Basic ${Buffer.from('admin:secret').toString('base64')}`;
    const reply = right ? (first.shift() ?? answer(method, url, body)) : { status: 401 };
    response.writeHead(reply.status, { 'content-type': 'application/json', etag: 'W/"7"' });
    response.end(reply.body ? JSON.stringify(reply.body) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  bench = await conductorBench({
    sets: [
      'DEFAULT.enabled_hardware_types=redfish',
      'DEFAULT.enabled_power_interfaces=redfish',
      'DEFAULT.enabled_management_interfaces=redfish',
      'DEFAULT.enabled_deploy_interfaces=direct',
      'DEFAULT.enabled_boot_interfaces=ipxe',
      'redfish.power_on_conflict_retry_interval=1',
    ],
  });
});
afterEach(async () => {
  await bench.close();
  await new Promise((resolve) => server.close(resolve));
});

const enroll = (info: Record<string, unknown> = {}) =>
  bench.enroll({
    driver: 'redfish',
    driver_info: {
      redfish_address: address,
      redfish_username: 'admin',
      redfish_password: 'secret',
      redfish_auth_type: 'basic',
      ...info,
    },
  });

async function power(node: string, target: 'power on' | 'power off') {
  await bench.orders.power({ node, target, by });
  return bench.rest(node);
}

test('a machine is verified, powered on and off, and its maker is learned', async () => {
  const { uuid } = await enroll();
  await bench.orders.provision({ node: uuid, event: 'manage', args: {}, by });
  expect(await bench.rest(uuid)).toMatchObject({
    provision_state: 'manageable',
    power_state: 'power off',
    properties: { vendor: 'Acme' },
  });
  expect(await power(uuid, 'power on')).toMatchObject({ power_state: 'power on', last_error: null });
  expect(state.power).toBe('On');
  await power(uuid, 'power off');
  expect(asked.filter((a) => a.method === 'POST').map((a) => a.body.ResetType)).toEqual(['On', 'ForceOff']);
});

test('a boot device is set with the tag that was read, and read back', async () => {
  const { uuid } = await enroll();
  await bench.orders.setBootDevice({ node: uuid, device: 'pxe', persistent: false, by });
  expect(asked.at(-1)).toMatchObject({ method: 'PATCH', tag: 'W/"7"' });
  expect(await bench.orders.bootDevice(uuid)).toEqual({ boot_device: 'pxe', persistent: false });
  expect(state.boot.BootSourceOverrideMode).toBe('UEFI');
});

test('a tag that does not fit is tried in its strong form, and then left out', async () => {
  const { uuid } = await enroll({ redfish_system_id: system });
  const ok = () => answer('GET', system, {});
  first = [ok(), { status: 412 }, { status: 412 }];
  await bench.orders.setBootDevice({ node: uuid, device: 'disk', persistent: false, by });
  expect(asked.filter((a) => a.method === 'PATCH').map((a) => a.tag)).toEqual(['W/"7"', '"7"', undefined]);
});

test('where no override lasts, the next boot is set', async () => {
  const { uuid } = await enroll({ redfish_system_id: system });
  first = [answer('GET', system, {}), { status: 400 }, { status: 400 }];
  await bench.orders.setBootDevice({ node: uuid, device: 'disk', persistent: true, by });
  expect(state.boot).toMatchObject({ BootSourceOverrideTarget: 'Hdd', BootSourceOverrideEnabled: 'Once' });
  state.boot = {};
  await power(uuid, 'power on');
  expect(state.boot).toMatchObject({ BootSourceOverrideTarget: 'Hdd', BootSourceOverrideEnabled: 'Once' });
});

test('boot mode and secure boot are set and kept', async () => {
  const { uuid } = await enroll();
  await bench.orders.setBootMode({ node: uuid, target: 'bios', by });
  expect(await bench.rest(uuid)).toMatchObject({ boot_mode: 'bios', last_error: null });
  await bench.orders.setSecureBoot({ node: uuid, target: true, by });
  expect(await bench.rest(uuid)).toMatchObject({ secure_boot: true, last_error: null });
  expect(state).toMatchObject({ secure: true, boot: { BootSourceOverrideMode: 'Legacy' } });
});

test.each<[string, Record<string, unknown>, () => void, RegExp]>([
  ['a wrong password', { redfish_password: 'x' }, () => {}, /refused to user "admin" with HTTP 401/],
  ['several systems', {}, () => (state.systems = 2), /2 systems .*redfish_system_id/],
  ['an unknown system', { redfish_system_id: '/redfish/v1/Systems/9' }, () => {}, /HTTP 404/],
])('%s keeps the node from being managed, with the reason', async (_what, info, prepare, why) => {
  prepare();
  const { uuid } = await enroll(info);
  await bench.orders.provision({ node: uuid, event: 'manage', args: {}, by });
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'enroll', last_error: expect.stringMatching(why) });
});

test('a read that fails for the moment is tried again; the words of the BMC reach the user', async () => {
  const { uuid } = await enroll({ redfish_system_id: system });
  first = [{ status: 503 }];
  await bench.orders.bootDevice(uuid);
  const error = { error: { '@Message.ExtendedInfo': [{ Message: 'The server is in POST.' }] } };
  first = [
    { status: 503, body: error },
    { status: 503, body: error },
  ];
  await expect(bench.orders.bootDevice(uuid)).rejects.toThrow(/HTTP 503: The server is in POST/);
});

test.each([
  [{ redfish_address: undefined }, /redfish_address/],
  [{ redfish_address: 'ftp://x' }, /redfish_address/],
  [{ redfish_auth_type: 'kerberos' }, /redfish_auth_type/],
  [{ redfish_auth_type: 'session', redfish_username: '' }, /redfish_username/],
  [{ redfish_tls_minimum_version: '1.0' }, /redfish_tls_minimum_version/],
  [{ redfish_tls_ciphers: 'a b' }, /redfish_tls_ciphers/],
  [{ firmware_update_unresponsive_bmc_wait: 'long' }, /firmware_update_unresponsive_bmc_wait/],
  [{ redfish_verify_ca: 'ca.pem' }, /redfish_verify_ca/],
  [{ redfish_system_id: 'Systems/1' }, /redfish_system_id/],
  [{ redfish_verify_ca: 5 }, /redfish_verify_ca/],
])('%j is refused by the name of its field', async (info, why) => {
  const { uuid } = await enroll(info);
  expect((await bench.orders.validate(uuid)).power).toMatchObject({
    result: false,
    reason: expect.stringMatching(why),
  });
});
