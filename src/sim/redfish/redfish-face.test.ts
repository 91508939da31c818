// The Redfish service of a rack, asked by hand.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rack, startRack } from '../rack.ts';

let rack: Rack;
let files: Server;
let filesUrl: string;

beforeAll(async () => {
  rack = await startRack({
    count: 2,
    ipmi: '127.0.0.1:0',
    redfish: '127.0.0.1:0',
    bootUrl: 'http://127.0.0.1:9',
    speed: 1000,
  });
  files = createServer(
    (_, response) => void response.end('\nmenuentry\n    linux /vmlinuz ipa-api-url=http://127.0.0.1:9 x=1\n'),
  );
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await rack?.close();
  files?.close();
});

const password = { authorization: `Basic ${Buffer.from('admin:password').toString('base64')}` };

async function ask(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = password,
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by the tests
): Promise<any> {
  const reply = await fetch(`${rack.redfish!.url}${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: text ? JSON.parse(text) : undefined };
}

const system = '/redfish/v1/Systems/sim-1';
const settle = async (path: string) => {
  await expect.poll(async () => (await ask('GET', path)).status).toBe(200);
  return (await ask('GET', path)).body;
};

test('every link of the service leads to a resource', async () => {
  const seen = new Set<string>();
  const open = ['/redfish/v1/'];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { status, body } = await ask('GET', path);
    expect([path, status]).toEqual([path, 200]);
    const found = JSON.stringify(body).matchAll(/"@odata\.id":"([^"#]+)"|"Uri":"([^"]+)"/g);
    open.push(...[...found].map(([, id, uri]) => (id ?? uri)!));
  }
  expect(seen.size).toBeGreaterThan(60);
});

test('the root is open, the rest wants a password or a session', async () => {
  expect((await ask('GET', '/redfish/v1/', undefined, {})).status).toBe(200);
  expect((await ask('GET', system, undefined, {})).status).toBe(401);
  const right = { UserName: 'admin', Password: 'password' };
  const opened = await ask('POST', '/redfish/v1/SessionService/Sessions', right, {});
  const token = { 'x-auth-token': opened.headers.get('x-auth-token')! };
  expect((await ask('GET', system, undefined, token)).status).toBe(200);
  await ask('DELETE', opened.headers.get('location')!, undefined, token);
  expect((await ask('GET', system, undefined, token)).status).toBe(401);
  expect((await ask('POST', '/redfish/v1/SessionService/Sessions', { ...right, Password: 'x' }, {})).status).toBe(401);
});

test('power and boot order are those of the machine', async () => {
  const reset = (ResetType: string) => ask('POST', `${system}/Actions/ComputerSystem.Reset`, { ResetType });
  expect((await reset('ForceRestart')).status).toBe(409);
  await ask('PATCH', system, { Boot: { BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Once' } });
  expect((await ask('GET', system)).body.Boot).toMatchObject({
    BootSourceOverrideTarget: 'BiosSetup',
    BootSourceOverrideEnabled: 'Once',
  });
  await reset('On');
  expect((await ask('GET', system)).body).toMatchObject({
    PowerState: 'On',
    Boot: { BootSourceOverrideEnabled: 'Disabled' },
  });
  await expect.poll(() => rack.machine('sim-1').hardware.console.text).toContain('press F10');
  await reset('ForceOff');
  expect(rack.machine('sim-1').power()).toBe('off');
});

test('a change with a tag of before is refused', async () => {
  const tag = (await ask('GET', system)).headers.get('etag')!;
  const change = { IndicatorLED: 'Lit' };
  expect((await ask('PATCH', system, change, { ...password, 'if-match': '"other"' })).status).toBe(412);
  expect((await ask('PATCH', system, change, { ...password, 'if-match': tag })).status).toBe(204);
});

test('an inserted medium is fetched and booted', async () => {
  const drive = '/redfish/v1/Managers/sim-1/VirtualMedia/Cd';
  const insert = (Image: string) => ask('POST', `${drive}/Actions/VirtualMedia.InsertMedia`, { Image });
  expect((await insert('http://127.0.0.1:9/none')).status).toBe(400);
  expect((await insert(`${filesUrl}/boot.iso`)).status).toBe(204);
  expect((await ask('GET', drive)).body).toMatchObject({ Inserted: true, Image: `${filesUrl}/boot.iso` });
  await ask('PATCH', system, { Boot: { BootSourceOverrideTarget: 'Cd', BootSourceOverrideEnabled: 'Once' } });
  await ask('POST', `${system}/Actions/ComputerSystem.Reset`, { ResetType: 'On' });
  await expect.poll(() => rack.machine('sim-1').hardware.console.text).toContain('Linux command line: ipa-api-url');
  await ask('POST', `${drive}/Actions/VirtualMedia.EjectMedia`, {});
  expect((await ask('GET', drive)).body).toMatchObject({ Inserted: false, Image: null });
  await ask('POST', `${system}/Actions/ComputerSystem.Reset`, { ResetType: 'ForceOff' });
});

test('BIOS settings count from the next start on, and wrong ones are refused', async () => {
  const set = (Attributes: object) => ask('PATCH', `${system}/Bios/Settings`, { Attributes });
  expect((await set({ ProcTurboMode: 'Maybe' })).status).toBe(400);
  expect((await set({ ProcTurboMode: 'Disabled' })).status).toBe(204);
  expect((await ask('GET', `${system}/Bios`)).body.Attributes.ProcTurboMode).toBe('Enabled');
  await ask('POST', `${system}/Actions/ComputerSystem.Reset`, { ResetType: 'On' });
  await expect.poll(async () => (await ask('GET', `${system}/Bios`)).body.Attributes.ProcTurboMode).toBe('Disabled');
});

test('volumes are made and deleted by tasks', async () => {
  const volumes = `${system}/Storage/RAID1/Volumes`;
  const drives = [0, 1].map((n) => ({ '@odata.id': `${system}/Storage/RAID1/Drives/Disk.${n}` }));
  const make = (RAIDType: string) => ask('POST', volumes, { RAIDType, Links: { Drives: drives } });
  expect((await make('RAID6')).status).toBe(400);
  const made = await make('RAID1');
  expect(made.status).toBe(202);
  expect(await settle(made.headers.get('location')!)).toMatchObject({ TaskState: 'Completed' });
  const [volume] = (await ask('GET', volumes)).body.Members;
  expect((await ask('GET', volume['@odata.id'])).body).toMatchObject({
    RAIDType: 'RAID1',
    CapacityBytes: 480 * 1000 ** 3,
  });
  await settle((await ask('DELETE', volume['@odata.id'])).headers.get('location')!);
  expect((await ask('GET', volumes)).body.Members).toEqual([]);
});

test('firmware of the BMC is new when its task has ended, and a failing task says so', async () => {
  const update = () =>
    ask('POST', '/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate', {
      ImageURI: `${filesUrl}/bmc-3.20.bin`,
      Targets: ['/redfish/v1/UpdateService/FirmwareInventory/sim-2.bmc'],
    });
  await settle((await update()).headers.get('location')!);
  expect((await ask('GET', '/redfish/v1/Managers/sim-2')).body.FirmwareVersion).toBe('3.20');
  rack.machine('sim-2').hardware.faults.set('bmc-task-fails', 'update');
  expect(await settle((await update()).headers.get('location')!)).toMatchObject({ TaskState: 'Exception' });
});

test.each([
  ['silent', undefined],
  ['wrong-password', 401],
] as const)('a BMC that is %s', async (fault, status) => {
  const { faults } = rack.machine('sim-2').hardware;
  faults.set(fault, true);
  const asked = ask('GET', '/redfish/v1/Systems/sim-2');
  if (status === undefined) await expect(asked).rejects.toThrow();
  else expect((await asked).status).toBe(status);
  faults.clear();
});

test('bodies that are no objects are refused', async () => {
  const url = `${rack.redfish!.url}${system}`;
  for (const body of ['[1]', '{', 'x'.repeat(2_000_000)]) {
    const reply = await fetch(url, { method: 'PATCH', headers: password, body });
    expect(reply.status).toBe(400);
  }
});
