// The ISO that virtual media boot, the names that media are published under, and the volume of boot loaders.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildIso } from '../iso/build.ts';
import { readIso } from '../iso/read.ts';
import { type BootIso, bootIso } from './boot-iso.ts';
import { checkSum } from './bring.ts';
import { fatImage } from './fat-image.ts';
import { ownEsp } from './iso-loaders.ts';
import { PublishedMedia } from './published.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-media-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const usual: BootIso = {
  kernel: Buffer.from('kernel'),
  ramdisk: Buffer.from('ramdisk'),
  args: ['nofb', 'ipa-api-url=http://192.0.2.1:6385', 'ipa-agent-token=a-token'],
  efi: Buffer.from('efi'),
  grubConfigPath: '/EFI/BOOT/grub.cfg',
  date: new Date('2026-11-23T00:00:00Z'),
};

function made(more: Partial<BootIso> = {}) {
  const { files, options } = bootIso({ ...usual, ...more });
  const { label, files: read } = readIso(buildIso(files, options));
  return { label, text: (path: string) => Buffer.from(read.get(path) ?? []).toString() };
}

test('an ISO holds kernel, ramdisk, and their arguments where each loader looks', () => {
  const bios = { isolinux: Buffer.alloc(4096), ldlinux: Buffer.from('ld') };
  const { label, text } = made({ bios });
  expect(label).toBe('VMEDIA_BOOT_ISO');
  expect([text('vmlinuz'), text('initrd')]).toEqual(['kernel', 'ramdisk']);
  for (const path of ['EFI/BOOT/grub.cfg', 'boot/grub/grub.cfg'])
    expect(text(path)).toContain('linux /vmlinuz nofb ipa-api-url=http://192.0.2.1:6385 ipa-agent-token=a-token\n');
  expect(text('isolinux/isolinux.cfg')).toContain('APPEND initrd=/initrd nofb ipa-api-url');
});

test('the network of a machine is found where config drives have it', () => {
  const { label, text } = made({ networkData: { links: [] } });
  expect([label, text('openstack/latest/network_data.json')]).toEqual(['config-2', '{"links":[]}']);
});

test.each([["x';reboot"], ['a\nlinux /other'], ['x\u00e9']])('the argument %j is refused', (word) =>
  expect(() => made({ args: [word] })).toThrow(/cannot be written into a boot file/),
);

test('media are published under names that cannot be guessed, one for each node and slot', async () => {
  const media = new PublishedMedia(folder, 0o644);
  const put = (slot: string, text: string) => media.publish(slot, 'node-1', 'iso', (path) => writeFile(path, text));
  const first = await put('boot', '1');
  const second = await put('boot', '2');
  await put('cdrom', '3');
  expect(second).not.toBe(first);
  expect(second).toMatch(/^boot-node-1-[\w-]{32}\.iso$/);
  expect(await readFile(join(folder, second), 'utf8')).toBe('2');
  expect(await readdir(folder)).toHaveLength(2);
  await media.withdraw('boot', 'node-1');
  expect((await readdir(folder)).map((name) => name.split('-')[0])).toEqual(['cdrom']);
});

test('what came to nothing leaves nothing, also after a kill', async () => {
  const media = new PublishedMedia(folder, 0o644);
  await expect(media.publish('boot', 'n', 'iso', () => Promise.reject(new Error('no room')))).rejects.toThrow(
    'no room',
  );
  await writeFile(join(folder, '.boot-n-x.iso'), 'half');
  await media.sweep();
  expect(await readdir(folder)).toEqual([]);
});

test('an image with another checksum is refused and goes', async () => {
  const file = join(folder, 'image');
  const { signal } = new AbortController();
  await writeFile(file, 'abc');
  await checkSum(file, 'a9993e364706816aba3e25717850c26c9cd0d89d', 'http://x/image', signal);
  await checkSum(file, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'http://x/image', signal);
  await expect(checkSum(file, 'f'.repeat(40), 'http://x/image', signal)).rejects.toThrow(/was expected/);
  expect(await readdir(folder)).toEqual([]);
});

test('a volume of boot loaders is FAT12 when small and FAT16 when large; names must be short ones', () => {
  const volume = (bytes: number) => fatImage([{ path: 'EFI/BOOT/BOOTX64.EFI', content: Buffer.alloc(bytes) }]);
  expect([volume(10), volume(20_000_000)].map((image) => image.toString('latin1', 54, 59))).toEqual(['FAT12', 'FAT16']);
  expect(() => fatImage([{ path: 'EFI/long-name.efi', content: Buffer.alloc(1) }])).toThrow(/8.3 name/);
  expect(() => volume(200_000_000)).toThrow(/larger than/);
});

test('without boot loaders on this machine there is no volume of them', async () => {
  expect(await ownEsp({ shim: [], grub: [join(folder, 'none')] })).toBeUndefined();
});
