import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ownDoors, sharedDoor } from './agent-door.ts';
import type { CommandResult } from './command-desk.ts';
import { identityOf } from './identity.ts';
import { FakeService } from './testing/fake-service.ts';
import { type OneMachine, oneMachine } from './testing/one-machine.ts';

let service: FakeService;
let box: OneMachine;
const { macs } = identityOf('box-', 0);
const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

beforeEach(async () => {
  service = await FakeService.start();
});
afterEach(async () => {
  await box?.close();
  await service.close();
});

async function boot(faults: string[] = [], options: Parameters<typeof oneMachine>[2] = {}) {
  box = oneMachine({ apiUrl: service.url }, faults, options);
  box.machine.bootParameters.set(5, Uint8Array.of(0xa0, 0x04, 0, 0, 0));
  await box.machine.set('on');
}
const beaten = (count = 1) => until(() => expect(service.beats.length).toBeGreaterThanOrEqual(count));
const image = Buffer.from('an operating system '.repeat(5000));
const imageInfo = () => ({
  id: 'img',
  urls: [`${service.url}/image.raw`],
  os_hash_algo: 'sha256',
  os_hash_value: createHash('sha256').update(image).digest('hex'),
});
const writeStep = (args: object) => ({ step: { step: 'write_image', interface: 'deploy', args } });

test('an agent asks the root, looks itself up at 1.62 by its MACs, and beats at 1.68 with token and certificate', async () => {
  await boot([], { tls: 'auto' });
  await beaten();
  const [lookup] = service.calls('/v1/lookup');
  expect(lookup!.version).toBe('1.62');
  expect(lookup!.query.get('addresses')).toBe(macs.join(','));
  const [beat] = service.beats;
  expect(beat!.version).toBe('1.68');
  expect(beat!.path).toBe(`/v1/heartbeat/${service.uuid}`);
  expect(beat!.body).toMatchObject({
    agent_token: service.token,
    agent_version: expect.stringMatching(/^\d+\./),
    callback_url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    agent_verify_ca: expect.stringContaining('BEGIN CERTIFICATE'),
  });
  expect((await service.command('standby.sync')).status).toBe(200);
});

test('an agent speaks what an old service knows, without TLS', async () => {
  service.version = '1.65';
  await boot([], { tls: 'auto' });
  await beaten();
  expect(service.beats[0]!.version).toBe('1.65');
  expect(service.beats[0]!.body.callback_url).toMatch(/^http:/);
  expect(service.beats[0]!.body).not.toHaveProperty('agent_verify_ca');
});

test('a lookup is tried again until the service knows the machine, a heartbeat until it is taken', async () => {
  let lookups = 0;
  let beats = 0;
  service.lookupStatus = () => [404, 409, 503][lookups++] ?? 200;
  service.heartbeatStatus = () => (++beats < 3 ? 409 : 202);
  await boot();
  await beaten(3);
});

for (const [version, fields] of [
  ['1.35', ['callback_url']],
  ['1.36', ['callback_url', 'agent_version']],
  ['1.62', ['callback_url', 'agent_version', 'agent_token']],
] as const) {
  test(`a heartbeat at ${version} holds ${fields.join(', ')}`, async () => {
    service.version = version;
    await boot();
    await beaten();
    expect(Object.keys(service.beats[0]!.body)).toEqual(fields);
  });
}

test('an agent that gets a masked token locks itself down', async () => {
  await boot();
  await beaten();
  await box.machine.set('reset');
  await until(() => expect(box.machine.hardware.console.text).toContain('locked down'));
});

test('heartbeats go on at 0.3 to 0.6 of the time-out, compressed by the speed', async () => {
  service.heartbeatTimeout = 30;
  await boot();
  await beaten(4);
});

test('inspection data is posted to the callback before the lookup, whose uuid it brings', async () => {
  service.files.set(
    '/boot.ipxe',
    `#!ipxe\nkernel k ipa-api-url=${service.url} ipa-inspection-callback-url=${service.url}/v1/continue_inspection\nboot`,
  );
  service.files.set('/k', '');
  box = oneMachine({ bootUrl: service.url });
  await box.machine.set('on');
  await beaten();
  const [posted] = service.calls('/v1/continue_inspection');
  expect(posted!.body.inventory.interfaces[0].mac_address).toBe(macs[0]);
  expect(posted!.body.inventory.disks).toHaveLength(1);
  expect(service.calls('/v1/lookup')[0]!.query.get('node_uuid')).toBe(service.uuid);
});

for (const [flow, step, priority] of [
  ['clean', 'erase_devices_metadata', 99],
  ['deploy', 'write_image', 0],
  ['service', 'burnin_cpu', 0],
] as const) {
  test(`the agent lists its ${flow} steps, among them ${step}`, async () => {
    await boot();
    await beaten();
    const { status, body } = await service.command(`${flow}.get_${flow}_steps`, { node: {}, ports: [] });
    expect([status, body.command_status, body.command_name]).toEqual([200, 'SUCCEEDED', `get_${flow}_steps`]);
    const lists = body.command_result as Record<string, Record<string, object[]>>;
    expect(Object.values(lists[`${flow}_steps`]!).flat()).toContainEqual(expect.objectContaining({ step, priority }));
    expect(lists.hardware_manager_version).toEqual({ generic_hardware_manager: '1.2' });
  });
}

test('a clean step runs in the background, ends with a forced heartbeat and its result, and erases the disk', async () => {
  await boot();
  await beaten();
  const [disk] = box.machine.hardware.disks;
  disk!.image = { url: 'u', bytes: 1, algorithm: 'sha256', checksum: 'x' };
  const step = { step: 'erase_devices_metadata', interface: 'deploy', priority: 99 };
  const before = service.beats.length;
  const { body } = await service.command('clean.execute_clean_step', { step, node: {}, ports: [] }, { wait: false });
  expect(body.command_status).toBe('RUNNING');
  await beaten(before + 1);
  const list = await service.agent<{ commands: CommandResult[] }>('GET', `/v1/commands/?agent_token=${service.token}`);
  expect(list.body.commands.at(-1)).toMatchObject({
    id: body.id,
    command_status: 'SUCCEEDED',
    command_result: { clean_result: null, clean_step: step },
  });
  expect(disk).toMatchObject({ image: null, erasures: 1 });
});

test('write_image downloads, verifies, and keeps the image and the config drive', async () => {
  await boot();
  await beaten();
  service.files.set('/image.raw', image);
  const configdrive = gzipSync('ISO').toString('base64');
  const order = writeStep({ image_info: imageInfo(), configdrive });
  const { body } = await service.command('deploy.execute_deploy_step', order);
  expect(body).toMatchObject({ command_status: 'SUCCEEDED', command_error: null });
  const [disk] = box.machine.hardware.disks;
  expect(disk!.image).toMatchObject({ bytes: image.length, checksum: imageInfo().os_hash_value });
  expect(disk!.configDrive?.toString()).toBe('ISO');
  expect(box.machine.hardware.console.text).toContain('bytes written');
});

test('checksum and config drive may be URLs', async () => {
  await boot();
  await beaten();
  service.files.set('/image.raw', image);
  service.files.set('/SUMS', `${'0'.repeat(64)} *other\n${imageInfo().os_hash_value} *image.raw\n`);
  service.files.set('/drive', Buffer.from('ISO').toString('base64'));
  const image_info = { id: 'img', urls: imageInfo().urls, checksum: `${service.url}/SUMS` };
  const order = writeStep({ image_info, configdrive: `${service.url}/drive` });
  expect((await service.command('deploy.execute_deploy_step', order)).body.command_status).toBe('SUCCEEDED');
  expect(box.machine.hardware.disks[0]!.configDrive?.toString()).toBe('ISO');
});

for (const [why, info, kind] of [
  ['the checksum is another', { os_hash_value: 'f'.repeat(64) }, 'ImageChecksumError'],
  ['the image is not there', { urls: ['PLACE/none.raw'] }, 'ImageDownloadError'],
  ['there is no checksum', { os_hash_algo: null, os_hash_value: null }, 'InvalidCommandParamsError'],
  ['there is no id', { id: '' }, 'InvalidCommandParamsError'],
] as const) {
  test(`write_image fails when ${why}, and the disk is as before`, async () => {
    await boot();
    await beaten();
    service.files.set('/image.raw', image);
    const text = JSON.stringify({ ...imageInfo(), ...info }).replace('PLACE', service.url);
    const order = writeStep({ image_info: JSON.parse(text) });
    const { body } = await service.command('deploy.execute_deploy_step', order);
    expect(body).toMatchObject({ command_status: 'FAILED', command_error: { type: kind } });
    expect(box.machine.hardware.disks[0]!.image).toBeNull();
  });
}

test('409 when busy, 401 without the token, 404 for unknown extensions, 400 for unknown commands and nonsense', async () => {
  await boot();
  await beaten();
  const path = `/v1/commands/?agent_token=${service.token}`;
  expect((await service.command('standby.sync', {}, { token: 'wrong' })).status).toBe(401);
  expect((await service.agent('GET', '/v1/commands/')).status).toBe(401);
  expect((await service.command('no.such_command')).status).toBe(404);
  expect((await service.command('standby.none')).status).toBe(400);
  expect((await service.agent('POST', path, { name: 'standby.sync' })).body).toHaveProperty('faultstring');
  expect((await service.agent('GET', `/v1/commands/none?agent_token=${service.token}`)).status).toBe(404);
  expect((await service.agent('POST', path, ['x'])).status).toBe(400);
  expect((await service.agent('GET', '/v1/status')).body).toHaveProperty('started_at');
  service.files.set('/image.raw', image);
  const release = Promise.withResolvers<void>();
  service.held.set('/image.raw', release.promise);
  const first = service.command('deploy.execute_deploy_step', writeStep({ image_info: imageInfo() }));
  await until(() => expect(service.calls('/image.raw')).toHaveLength(1));
  const busy = await service.command('standby.sync');
  expect(busy).toMatchObject({ status: 409, body: { faultstring: expect.stringContaining('Agent is busy') } });
  release.resolve();
  expect((await first).body.command_status).toBe('SUCCEEDED');
});

test('steps made for another hardware manager are refused as a version mismatch', async () => {
  await boot();
  await beaten();
  const step = { step: 'erase_devices', interface: 'deploy' };
  const { body } = await service.command('clean.execute_clean_step', { step, clean_version: { other: '1' } });
  expect(body.command_status).toBe('CLEAN_VERSION_MISMATCH');
});

test('what the other commands do: sync, partition uuids, boot loader, logs, hardware', async () => {
  await boot();
  await beaten();
  for (const [name, result] of [
    ['standby.sync', null],
    ['standby.get_partition_uuids', expect.objectContaining({ 'root uuid': expect.any(String) })],
    ['image.install_bootloader', { result: expect.any(String) }],
    ['log.collect_system_logs', { system_logs: expect.any(String) }],
    ['poll.get_hardware_info', expect.objectContaining({ interfaces: expect.any(Array) })],
  ] as const) {
    const { body } = await service.command(name);
    expect([name, body.command_status, body.command_result]).toEqual([name, 'SUCCEEDED', result]);
    if (name !== 'log.collect_system_logs') continue;
    const archive = gunzipSync(Buffer.from((body.command_result as { system_logs: string }).system_logs, 'base64'));
    expect(archive.subarray(0, 7).toString()).toBe('journal');
    expect(archive.toString()).toContain('this is node');
  }
});

test('after the image is written the agent powers off, and the machine boots the system with its config drive', async () => {
  await boot();
  await beaten();
  service.files.set('/image.raw', image);
  const order = writeStep({ image_info: imageInfo(), configdrive: Buffer.from('ISO').toString('base64') });
  await service.command('deploy.execute_deploy_step', order);
  await service.command('standby.power_off');
  await until(() => expect(box.machine.power()).toBe('off'));
  await box.machine.set('on');
  await until(() => expect(box.machine.running).toMatchObject({ is: 'system', configDrive: Buffer.from('ISO') }));
});

test('run_image starts the machine again without taking its power', async () => {
  await boot();
  await beaten();
  const changes: string[] = [];
  box.machine.onPowerChange(({ power }) => changes.push(power));
  box.machine.hardware.disks[0]!.image = { url: 'u', bytes: 1, algorithm: 'sha256', checksum: 'x' };
  await service.command('standby.run_image');
  await until(() => expect(box.machine.running.is).toBe('system'));
  expect(changes).toEqual([]);
});

test('a rescue takes the password, answers, and is gone', async () => {
  await boot();
  await beaten();
  const { body } = await service.command('rescue.finalize_rescue', { rescue_password: 'hash', hashed: true });
  expect(body.command_status).toBe('SUCCEEDED');
  await until(() => expect(service.agent('GET', '/')).rejects.toThrow());
  expect(box.machine.running).toEqual({ is: 'rescue', password: 'hash', hashed: true });
});

test('an agent without power is gone at once, in the middle of a write too, and nothing was written', async () => {
  await boot();
  await beaten();
  service.files.set('/image.raw', image);
  const release = Promise.withResolvers<void>();
  service.held.set('/image.raw', release.promise);
  await service.command('deploy.execute_deploy_step', writeStep({ image_info: imageInfo() }), { wait: false });
  await until(() => expect(service.calls('/image.raw')).toHaveLength(1));
  await box.machine.set('off');
  release.resolve();
  await expect(service.agent('GET', '/')).rejects.toThrow();
  expect(box.machine.hardware.disks[0]!.image).toBeNull();
});

test('fault agent-dies-in: the agent vanishes in the step, the machine stays on', async () => {
  await boot(['agent-dies-in=erase_devices']);
  await beaten();
  const step = { step: 'erase_devices', interface: 'deploy' };
  await service.command('clean.execute_clean_step', { step }, { wait: false });
  await until(() => expect(box.machine.running).toEqual({ is: 'ramdisk', agent: 'gone' }));
  await expect(service.agent('GET', '/')).rejects.toThrow();
  expect(box.machine.power()).toBe('on');
});

test('fault agent-step-fails: the step is reported as failed, other steps are not', async () => {
  await boot(['agent-step-fails=erase_devices']);
  await beaten();
  const run = async (name: string) => {
    const step = { step: name, interface: 'deploy' };
    return (await service.command('clean.execute_clean_step', { step })).body.command_status;
  };
  expect(await run('erase_devices')).toBe('FAILED');
  expect(await run('erase_devices_metadata')).toBe('SUCCEEDED');
});

test('fault agent-never-starts: the ramdisk runs and nobody calls', async () => {
  await boot(['agent-never-starts']);
  await until(() => expect(box.machine.running).toEqual({ is: 'ramdisk', agent: 'gone' }));
  expect(service.seen).toEqual([]);
});

for (const [which, make] of [
  ['a door of its own', async () => ownDoors()],
  ['the shared door', () => sharedDoor()],
] as const) {
  test(`a whole write at the usual speed through ${which}`, async () => {
    await boot([], { speed: 100, tls: 'auto', doors: await make() });
    await beaten();
    service.files.set('/image.raw', image);
    await service.command('deploy.execute_deploy_step', writeStep({ image_info: imageInfo() }));
    expect(box.machine.hardware.disks[0]!.image).not.toBeNull();
  });
}
