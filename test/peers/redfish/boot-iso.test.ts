// The ISO for virtual media in real firmware: SeaBIOS and OVMF start the kernel with the arguments that were asked for.
import { execFileSync, spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeIso } from '#boot/iso/build.ts';
import { bootIso } from '#boot/media/boot-iso.ts';
import { fatImage } from '#boot/media/fat-image.ts';
import { biosLoaders, ownEsp } from '#boot/media/iso-loaders.ts';
import { ensureApt } from '../../setup/apt.ts';
import { ensureLabPackages } from '../../setup/lab/packages.ts';
import { fetchKernel } from '../../setup/lab/target-os.ts';

let folder = '';
let kernel = '';

beforeAll(async () => {
  await ensureLabPackages();
  await ensureApt(['isolinux', 'syslinux-common', 'shim-signed', 'grub-efi-amd64-signed']);
  folder = await mkdtemp(join(tmpdir(), 'ingot-boot-iso-'));
  kernel = (await fetchKernel(folder)).vmlinuz;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const qemu = 'qemu-system-x86_64';
const run = (program: string, ...words: readonly string[]) => execFileSync(program, words, { maxBuffer: 64 << 20 });

const args = ['console=ttyS0', 'ipa-api-url=http://192.0.2.1:6385', 'ipa-agent-token=t0ken', 'boot_method=vmedia'];

async function makeIso(): Promise<string> {
  const iso = join(folder, 'boot.iso');
  const ramdisk = join(folder, 'initrd');
  await writeFile(ramdisk, Buffer.alloc(4096));
  const efi = await ownEsp();
  const bios = await biosLoaders({ isolinux: null, ldlinux: null });
  expect(efi).toBeDefined();
  expect(bios).toBeDefined();
  const { files, options } = bootIso({
    kernel: { file: kernel, size: (await stat(kernel)).size },
    ramdisk: { file: ramdisk, size: 4096 },
    args,
    efi: efi!,
    bios: bios!,
    grubConfigPath: 'EFI/BOOT/grub.cfg',
    date: new Date('2026-11-23T00:00:00Z'),
  });
  await writeIso(iso, files, options);
  return iso;
}

/** What the machine writes to its serial port, until it wrote `wanted`. */
async function boot(iso: string, machine: readonly string[], wanted: RegExp): Promise<string> {
  const usual = ['-accel', 'tcg,thread=multi', '-cpu', 'max', '-m', '512', '-display', 'none', '-serial', 'stdio'];
  const child = spawn(qemu, [...usual, '-no-reboot', '-cdrom', iso, '-boot', 'd', ...machine]);
  let text = '';
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) =>
        reject(new Error(`QEMU ended with ${code}; the serial port said: ${text.slice(-2000)}`)),
      );
      child.once('error', reject);
      child.stdout.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        if (wanted.test(text)) resolve();
      });
    });
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
  }
  return text;
}

const started = /Command line: [^\n]*ipa-api-url=http:\/\/192\.0\.2\.1:6385 ipa-agent-token=t0ken boot_method=vmedia/;

test.each(['bios', 'uefi'] as const)('a machine boots it by %s', async (firmware) => {
  const iso = await makeIso();
  const vars = join(folder, 'vars.fd');
  await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', vars);
  const flash = (unit: number, file: string, more = '') => [
    '-drive',
    `if=pflash,format=raw,unit=${unit},file=${file}${more}`,
  ];
  const uefi = ['-M', 'q35', ...flash(0, '/usr/share/OVMF/OVMF_CODE_4M.fd', ',readonly=on'), ...flash(1, vars)];
  expect(await boot(iso, firmware === 'uefi' ? uefi : [], started)).toMatch(started);
});

test.each([
  ['FAT12', 40_000],
  ['FAT16', 9_000_000],
])('mtools and fsck find nothing wrong in a volume of %s', async (kind, bytes) => {
  const image = join(folder, `${kind}.img`);
  const content = Buffer.alloc(bytes, 'boot loader ');
  await writeFile(
    image,
    fatImage([
      { path: 'EFI/BOOT/BOOTX64.EFI', content },
      { path: 'EFI/BOOT/GRUBX64.EFI', content: Buffer.from('x') },
    ]),
  );
  expect(run('fsck.vfat', '-n', '-v', image).toString()).toContain(kind === 'FAT12' ? '12 bit' : '16 bit');
  expect(run('mtype', '-i', image, '::/EFI/BOOT/BOOTX64.EFI').equals(content)).toBe(true);
  expect(run('mtype', '-i', image, '::/EFI/BOOT/GRUBX64.EFI').toString()).toBe('x');
});
