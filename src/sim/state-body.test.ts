// biome-ignore-all lint/suspicious/noTemplateCurlyInString: iPXE's own settings
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identityOf } from './identity.ts';
import { kernelParameters } from './network-boot.ts';
import { FakeService } from './testing/fake-service.ts';
import { type OneMachine, oneMachine } from './testing/one-machine.ts';

let service: FakeService;
let box: OneMachine;
const [mac = ''] = identityOf('box-', 0).macs;
const config = `/pxelinux.cfg/${mac.replaceAll(':', '-')}`;
const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const console_ = () => box.machine.hardware.console.text;
const install = () => {
  box.machine.hardware.disks[0]!.image = { url: 'http://i/os', bytes: 1, algorithm: 'sha256', checksum: 'x' };
};
const chooseBoot = (...data: number[]) => box.machine.bootParameters.set(5, Uint8Array.from(data));

beforeEach(async () => {
  service = await FakeService.start();
});
afterEach(async () => {
  await box?.close();
  await service.close();
});

function offerBoot() {
  service.files.set('/boot.ipxe', '#!ipxe\nchain pxelinux.cfg/${mac:hexhyp}');
  const script = `#!ipxe\nkernel /u/deploy_kernel ipa-api-url=${service.url} BOOTIF=\${mac}\ninitrd /u/deploy_ramdisk\nboot`;
  service.files.set(config, script);
  service.files.set('/u/deploy_kernel', '');
  service.files.set('/u/deploy_ramdisk', '');
}

test('a network boot fetches script, kernel and ramdisk, and the agent calls the API of the kernel line', async () => {
  offerBoot();
  box = oneMachine({ bootUrl: service.url });
  chooseBoot(0x80, 0x04);
  await box.machine.set('on');
  await until(() => expect(service.beats).toHaveLength(1));
  expect(service.seen.slice(0, 4).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /boot.ipxe',
    `GET ${config}`,
    'HEAD /u/deploy_kernel',
    'HEAD /u/deploy_ramdisk',
  ]);
  expect(console_()).toContain(`Linux command line: ipa-api-url=${service.url} BOOTIF=${mac}`);
});

test('without boot.ipxe the configuration of its MAC is asked for', async () => {
  offerBoot();
  service.files.delete('/boot.ipxe');
  box = oneMachine({ bootUrl: service.url });
  await box.machine.set('on');
  await until(() => expect(service.beats).toHaveLength(1));
});

test('a machine that finds no boot configuration says so on its console, and that nothing can be booted', async () => {
  box = oneMachine({ bootUrl: service.url });
  chooseBoot(0x80, 0x04);
  await box.machine.set('on');
  await until(() => expect(console_()).toContain('no bootable device'));
  expect(console_()).toMatch(/no boot configuration: .*boot\.ipxe: HTTP 404; .*pxelinux.cfg.*: HTTP 404/);
  expect(box.machine.power()).toBe('on');
});

for (const [what, flags, faults, runs] of [
  ['the network, when told once', [0x80, 0x04], [], 'ramdisk'],
  ['the network, when told for good', [0xc0, 0x04], [], 'ramdisk'],
  ['its disk, when told', [0xc0, 0x08], [], 'system'],
  ['its disk, when told nothing', [], [], 'system'],
  ['its disk, when the order is not valid', [0x00, 0x04], [], 'system'],
  ['its disk, when the BMC has forgotten the order', [0x80, 0x04], ['forget-boot-flag'], 'system'],
  ['the set-up, when told', [0x80, 0x18], [], 'firmware'],
] as const) {
  test(`a machine with a system boots ${what}`, async () => {
    box = oneMachine({ apiUrl: service.url }, faults);
    install();
    if (flags.length) chooseBoot(...flags);
    await box.machine.set('on');
    const awaited = { ramdisk: 'this is node', system: 'login:', firmware: 'set-up' }[runs];
    await until(() => expect(console_()).toContain(awaited));
    expect(box.machine.running.is).toBe(runs);
  });
}

test('a one-time order counts for one start, a persistent one for all', async () => {
  box = oneMachine({ apiUrl: service.url });
  install();
  chooseBoot(0x80, 0x04);
  await box.machine.set('on');
  await until(() => expect(box.machine.running.is).toBe('ramdisk'));
  await box.machine.set('cycle');
  await until(() => expect(box.machine.running.is).toBe('system'));
  chooseBoot(0xc0, 0x04);
  for (let start = 0; start < 2; start += 1) {
    await box.machine.set('reset');
    await until(() => expect(box.machine.running.is).toBe('ramdisk'));
  }
});

test('the EFI bit of a valid order sets the boot mode', async () => {
  box = oneMachine({ apiUrl: service.url });
  for (const [first, mode] of [
    [0x80, 'bios'],
    [0xa0, 'uefi'],
  ] as const) {
    chooseBoot(first, 0x04);
    await box.machine.set('on');
    expect(box.machine.hardware.bootMode).toBe(mode);
    await box.machine.set('off');
  }
});

for (const [action, before, after, changes] of [
  ['on', 'off', 'on', ['on']],
  ['on', 'on', 'on', []],
  ['off', 'on', 'off', ['off']],
  ['off', 'off', 'off', []],
  ['cycle', 'on', 'on', ['off', 'on']],
  ['cycle', 'off', 'off', []],
  ['reset', 'on', 'on', []],
  ['reset', 'off', 'off', []],
  ['nmi', 'on', 'on', []],
] as const) {
  test(`${action} while ${before}: ${after}, changes told: ${changes.join(', ') || 'none'}`, async () => {
    box = oneMachine({});
    if (before === 'on') await box.machine.set('on');
    const told: string[] = [];
    box.machine.onPowerChange(({ power }) => told.push(power));
    await box.machine.set(action);
    expect(box.machine.power()).toBe(after);
    expect(told).toEqual(changes);
  });
}

test('a soft power off is the guest: it goes off by itself, and not at all while nothing runs', async () => {
  box = oneMachine({});
  const told: string[] = [];
  box.machine.onPowerChange(({ power, why }) => told.push(`${power} ${why}`));
  await box.machine.set('on');
  await until(() => expect(console_()).toContain('no bootable device'));
  await box.machine.set('soft');
  expect(box.machine.power()).toBe('on');
  install();
  await box.machine.set('reset');
  await until(() => expect(box.machine.running.is).toBe('system'));
  await box.machine.set('soft');
  await until(() => expect(box.machine.power()).toBe('off'));
  expect(told).toEqual(['on asked', 'off guest']);
});

test('stuck power: commands change nothing, a hand on the plug does', async () => {
  box = oneMachine({}, ['stuck-power']);
  await box.machine.command('on');
  expect(box.machine.power()).toBe('off');
  await box.machine.set('on');
  await box.machine.command('off');
  expect(box.machine.power()).toBe('on');
});

test('a boot loop never gets to booting', async () => {
  box = oneMachine({ apiUrl: service.url }, ['boot-loop']);
  await box.machine.set('on');
  await until(() => expect(box.machine.hardware.boots).toBeGreaterThan(3));
  expect(service.seen).toEqual([]);
});

test('the serial port shows what is written and answers what is typed', async () => {
  box = oneMachine({});
  install();
  const serial = box.machine.body.openSerial!();
  let text = '';
  serial.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await box.machine.set('on');
  await until(() => expect(text).toContain('box-1 login: '));
  serial.write('root\r');
  await until(() => expect(text).toMatch(/login: root\r\nLogin incorrect\r\nbox-1 login: $/));
  serial.destroy();
});

test('power changes are written to the event log', async () => {
  box = oneMachine({});
  await box.machine.set('on');
  await box.machine.set('reset');
  await box.machine.set('off');
  expect(box.machine.sel.records.map((r) => r[10])).toEqual([0x22, 0x1d, 0x22]);
});

test('what is kept of a machine is taken over by another', async () => {
  box = oneMachine({});
  install();
  box.machine.hardware.disks[0]!.configDrive = Buffer.from('ISO');
  chooseBoot(0xe0, 0x08);
  const saved = JSON.parse(JSON.stringify(box.machine.save()));
  const other = oneMachine({});
  other.machine.restore(saved);
  expect(other.machine.save()).toEqual(saved);
  await other.close();
});

test('kernel parameters are read like a kernel reads them', () => {
  expect([...kernelParameters('nofb ipa-api-url=http://x/?a=b k="two words" k2=1 k2=2')]).toEqual([
    ['nofb', 'nofb'],
    ['ipa-api-url', 'http://x/?a=b'],
    ['k', 'two words'],
    ['k2', '2'],
  ]);
});
