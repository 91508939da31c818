import { expect, test } from 'vitest';
import type { BootDevice } from './body.ts';
import { type QemuMachine, qemuArguments } from './qemu-command.ts';

const machine: QemuMachine = {
  name: 'node,1',
  firmware: 'uefi',
  memoryMiB: 1024,
  cpus: 2,
  disks: [
    { path: '/d/0.raw', sizeGiB: 5 },
    { path: '/d/1.raw', sizeGiB: 5 },
  ],
  nics: [{ mac: '52:54:00:00:00:01', link: { tap: 'tap0' } }],
  serialLog: '/d/a,b.log',
};
const start = (device: BootDevice, media?: string) => ({
  boot: { device },
  media,
  ovmf: { code: '/code.fd', vars: '/vars.fd' },
  pidFile: '/d/qemu.pid',
});
const lineOf = (args: string[]) => args.join(' ');

/** What has which place in the boot order. */
function order(args: string[]): string {
  const devices = args.flatMap((arg) => {
    const [, kind, index] = /^(virtio-net|virtio-blk|scsi-cd).*bootindex=(\d+)/.exec(arg) ?? [];
    return kind ? [{ kind, index: Number(index) }] : [];
  });
  return devices
    .sort((a, b) => a.index - b.index)
    .map(({ kind }) => kind)
    .join(' ');
}

for (const [device, expected] of [
  ['pxe', 'virtio-net virtio-blk virtio-blk scsi-cd'],
  ['disk', 'virtio-blk virtio-blk virtio-net scsi-cd'],
  ['cdrom', 'scsi-cd virtio-blk virtio-blk virtio-net'],
] as const) {
  test(`booting from ${device} puts it first and keeps the others behind it`, () => {
    expect(order(qemuArguments(machine, start(device)))).toBe(expected);
  });
}

test('a comma in a name or path does not begin another option', () => {
  const line = lineOf(qemuArguments(machine, start('disk', '/iso/x,y.iso')));
  expect(line).toContain('-name node,,1');
  expect(line).toContain('logfile=/d/a,,b.log');
  expect(line).toContain('file=/iso/x,,y.iso');
});

test('a tap, any other link and no ROM are written as QEMU wants them', () => {
  expect(lineOf(qemuArguments(machine, start('pxe')))).toContain(
    '-netdev tap,id=net0,ifname=tap0,script=no,downscript=no',
  );
  const user = { mac: '52:54:00:00:00:02', link: { netdev: 'user,hostfwd=tcp::1-:2' }, rom: 'none' as const };
  const line = lineOf(qemuArguments({ ...machine, nics: [user] }, start('pxe')));
  expect(line).toContain('-netdev user,id=net0,hostfwd=tcp::1-:2');
  expect(line).toContain('mac=52:54:00:00:00:02,bootindex=1,romfile=');
});

test('a BIOS machine has no flash, a UEFI machine its own variables', () => {
  expect(lineOf(qemuArguments(machine, start('disk')))).toContain('unit=1,file=/vars.fd');
  expect(lineOf(qemuArguments({ ...machine, firmware: 'bios' }, start('disk')))).not.toContain('pflash');
});
