// The QEMU body and the lab's target image, each held to the other: a system boots, phones home, hears the power button.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PowerChange } from '#sim/body.ts';
import { QemuBody, QemuFailed } from '#sim/qemu-body.ts';
import { ensureTargetImage, makeConfigDrive, makeDisk, type TargetImage } from '../setup/lab/target-image.ts';

interface Call {
  path: string;
  body: string;
}

const patience = { timeout: 120_000, interval: 100 };
let image: TargetImage;
let folder: string;
let server: Server;
const calls: Call[] = [];
const bodies: QemuBody[] = [];

beforeAll(async () => {
  image = await ensureTargetImage();
  folder = await mkdtemp(join(tmpdir(), 'ingot-qemu-'));
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      calls.push({ path: request.url ?? '', body: Buffer.concat(pieces).toString() });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const body of bodies.splice(0)) await body.close();
  calls.length = 0;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function machine(name: string, firmware: 'bios' | 'uefi', more: object = {}) {
  const disk = join(folder, `${name}.raw`);
  const serialLog = join(folder, `${name}.log`);
  await makeDisk(disk, image, 1);
  const body = await QemuBody.open({
    name,
    firmware,
    memoryMiB: 384,
    cpus: 2,
    disks: [{ path: disk, sizeGiB: 1 }],
    nics: [{ mac: '52:54:00:77:00:10', link: { netdev: 'user' } }],
    runDir: join(folder, name),
    serialLog,
    ...more,
  });
  bodies.push(body);
  const changes: PowerChange[] = [];
  body.onPowerChange((change) => changes.push(change));
  const configDrive = join(folder, `${name}.iso`);
  const { port } = server.address() as AddressInfo;
  await makeConfigDrive(configDrive, { uuid: name, meta: { phone_home: `http://10.0.2.2:${port}/home` } });
  const log = () => readFile(serialLog, 'latin1').catch(() => '');
  const says = (marker: string) => vi.waitFor(async () => expect(await log()).toContain(marker), patience);
  return { body, changes, configDrive, log, says };
}

describe.each(['bios', 'uefi'] as const)('a machine with %s', (firmware) => {
  test('boots the target image, which reads its config drive, phones home and hears the power button', async () => {
    const { body, changes, configDrive, says } = await machine(`target-${firmware}`, firmware);
    await body.insertMedia(configDrive);
    const started = performance.now();
    await body.set('on', { device: 'disk' });
    expect(body.power()).toBe('on');
    await vi.waitFor(() => expect(calls).toHaveLength(1), patience);
    console.log(`${firmware}: phoned home after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(calls[0]?.path).toBe(
      `/home?firmware=${firmware === 'bios' ? 'pc' : 'efi'}&mac=52:54:00:77:00:10&drive=/dev/sr0`,
    );
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ uuid: `target-${firmware}` });
    await says('@@OS-READY');

    const serial = body.openSerial();
    let heard = '';
    serial.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
    });
    serial.write('\necho typed-$((40 + 2))\n');
    await vi.waitFor(() => expect(heard).toContain('typed-42'), patience);

    await body.set('soft', { device: 'disk' });
    await vi.waitFor(() => expect(body.power()).toBe('off'), patience);
    expect(changes).toEqual([
      { power: 'on', why: 'asked' },
      { power: 'off', why: 'guest' },
    ]);
  });
});

test('a reboot by the guest starts what the BMC says is next, with the power on all the time', async () => {
  const choices: string[] = [];
  const nextBoot = () => {
    choices.push('asked');
    return { device: 'disk' } as const;
  };
  const { body, changes, log, says } = await machine('rebooter', 'bios', { nextBoot });
  await body.set('on', { device: 'disk' });
  await says('@@OS-READY');
  const serial = body.openSerial();
  serial.write('\nreboot -f\n');
  await vi.waitFor(async () => expect((await log()).split('@@OS-READY')).toHaveLength(3), patience);
  expect(choices).toEqual(['asked']);
  expect(changes).toEqual([{ power: 'on', why: 'asked' }]);
  await body.set('reset', { device: 'disk' });
  await vi.waitFor(async () => expect((await log()).split('@@OS-READY')).toHaveLength(4), patience);
  expect(changes).toHaveLength(1);
});

test('media changes hands while the machine runs, and the serial port outlives a power cycle', async () => {
  const { body, changes, configDrive, says, log } = await machine('media', 'bios');
  await body.set('on', { device: 'disk' });
  await says('@@OS-READY');
  const serial = body.openSerial();
  await body.insertMedia(configDrive);
  serial.write('\nmount -o ro /dev/sr0 /config && ls /config/openstack/latest\n');
  await says('meta_data.json');
  await body.ejectMedia();
  serial.write('\numount /config; dd if=/dev/sr0 of=/dev/null count=1 || echo drive-$((1 + 1))-empty\n');
  await says('drive-2-empty');
  await body.set('cycle', { device: 'disk' });
  await vi.waitFor(async () => expect((await log()).split('@@OS-READY')).toHaveLength(3), patience);
  serial.write('\necho again-$((40 + 2))\n');
  await says('again-42');
  expect(changes.map((change) => change.power)).toEqual(['on', 'off', 'on']);
  await body.set('nmi', { device: 'disk' });
  await says('NMI');
  await body.set('off', { device: 'disk' });
  expect(body.power()).toBe('off');
});

test('off means that there is no process, and a process that a killed simulator left is ended', async () => {
  const { body } = await machine('orphan', 'bios');
  await body.set('on', { device: 'disk' });
  const pid = Number(await readFile(join(folder, 'orphan/qemu.pid'), 'utf8'));
  process.kill(pid, 0);
  const next = await QemuBody.open({
    name: 'orphan',
    firmware: 'bios',
    memoryMiB: 64,
    cpus: 1,
    disks: [],
    nics: [],
    runDir: join(folder, 'orphan'),
    serialLog: join(folder, 'orphan.log'),
  });
  bodies.push(next);
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), patience);
  await vi.waitFor(() => expect(body.power()).toBe('off'), patience);
  await next.set('on', { device: 'disk' });
  const nextPid = Number(await readFile(join(folder, 'orphan/qemu.pid'), 'utf8'));
  await next.set('off', { device: 'disk' });
  expect(() => process.kill(nextPid, 0)).toThrow();
});

test('a machine that QEMU cannot make says why', async () => {
  const { body } = await machine('broken', 'bios', { more: ['-device', 'no-such-device'] });
  const error = await body.set('on', { device: 'disk' }).catch((e: unknown) => e);
  expect(QemuFailed.is(error) && error.message).toMatch(/QEMU of machine broken ended with .*no-such-device/s);
  expect(body.power()).toBe('off');
});
