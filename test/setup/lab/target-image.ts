// A small whole-disk image to deploy: GPT, boots with BIOS and UEFI. Built with programs only: no root, no loop device.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ensureLabPackages } from './packages.ts';
import { fetchKernel, targetInit, writeTargetInitramfs } from './target-os.ts';
import { tool } from './tool.ts';

export interface TargetImage {
  readonly raw: string;
  readonly qcow2: string;
  readonly sha256: string;
  readonly sha512: string;
  readonly qcow2Sha256: string;
  readonly qcow2Sha512: string;
  readonly bytes: number;
}

const MiB = 2 ** 20;
const sector = 512;
const grubStart = 2048; // sectors: the bios_grub partition, 1 MiB
const espStart = 4096;
const recipe = 3;

const grubConfig = `search --no-floppy --label DEPLOYED --set=root
serial --unit=0 --speed=115200
terminal_output serial console
linux /vmlinuz console=tty0 console=ttyS0,115200 quiet firmware=$grub_platform
initrd /initrd.img
boot
`;
const grubModules = ['part_gpt', 'fat', 'linux', 'normal', 'search', 'search_label', 'serial', 'terminal', 'echo'];

const cacheRoot = resolve(import.meta.dirname, '../../../.cache/lab');

/** The image, built once and kept in `.cache/lab`. */
export async function ensureTargetImage(): Promise<TargetImage> {
  await ensureLabPackages();
  const key = createHash('sha256')
    .update(JSON.stringify([recipe, targetInit, grubConfig]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cacheRoot, `target-${key}`);
  const facts = join(folder, 'facts.json');
  if (!(await stat(facts).catch(() => undefined))) await build(folder);
  const { hashes, bytes } = JSON.parse(await readFile(facts, 'utf8'));
  return { raw: join(folder, 'target.raw'), qcow2: join(folder, 'target.qcow2'), bytes, ...hashes };
}

async function build(folder: string): Promise<void> {
  await mkdir(cacheRoot, { recursive: true });
  const work = await mkdtemp(join(cacheRoot, '.target-'));
  try {
    const kernel = await fetchKernel(join(work, 'kernel'));
    const initrd = join(work, 'initrd.img');
    await writeTargetInitramfs(initrd, kernel);
    const result = join(work, 'result');
    await mkdir(result);
    const raw = join(result, 'target.raw');
    const qcow2 = join(result, 'target.qcow2');
    await writeDisk(raw, kernel.vmlinuz, initrd, work);
    await tool(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', '-c', raw, qcow2]);
    const hashes = {
      sha256: await digest(raw, 'sha256'),
      sha512: await digest(raw, 'sha512'),
      qcow2Sha256: await digest(qcow2, 'sha256'),
      qcow2Sha512: await digest(qcow2, 'sha512'),
    };
    const { size } = await stat(raw);
    await writeFile(join(result, 'facts.json'), JSON.stringify({ hashes, bytes: size }));
    await rename(result, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeDisk(raw: string, vmlinuz: string, initrd: string, work: string): Promise<void> {
  const path = (name: string) => join(work, name);
  await writeFile(path('grub.cfg'), grubConfig);
  const mkimage = (format: string, out: string, modules: readonly string[]) =>
    tool([
      'grub-mkimage',
      '-O',
      format,
      '-p',
      '/',
      '-c',
      path('grub.cfg'),
      '-o',
      path(out),
      ...modules,
      ...grubModules,
    ]);
  await mkimage('i386-pc', 'core.img', ['biosdisk']);
  await mkimage('x86_64-efi', 'bootx64.efi', []);
  let content = 0;
  for (const file of [vmlinuz, initrd, path('bootx64.efi')]) content += (await stat(file)).size;
  const espMiB = Math.ceil(content / MiB) + 3;
  const espEnd = espStart + espMiB * 2048 - 1;
  await writeFile(raw, '');
  await truncate(raw, (2 + espMiB + 1) * MiB);
  await tool([
    'sgdisk',
    '-a',
    '2048',
    '-n',
    `1:${grubStart}:${espStart - 1}`,
    '-t',
    '1:ef02',
    '-c',
    '1:grub',
    '-n',
    `2:${espStart}:${espEnd}`,
    '-t',
    '2:ef00',
    '-c',
    '2:ESP',
    raw,
  ]);
  await writeEsp(path('esp'), espMiB, { vmlinuz, initrd, efi: path('bootx64.efi') });
  const disk = await open(raw, 'r+');
  try {
    const esp = await readFile(path('esp'));
    await disk.write(esp, 0, esp.length, espStart * sector);
    await writeGrubForBios(disk, await readFile(path('core.img')));
  } finally {
    await disk.close();
  }
}

async function writeEsp(
  esp: string,
  sizeMiB: number,
  files: { vmlinuz: string; initrd: string; efi: string },
): Promise<void> {
  const env = { MTOOLS_SKIP_CHECK: '1' };
  await writeFile(esp, '');
  await truncate(esp, sizeMiB * MiB);
  await tool(['mkfs.vfat', '-F', '16', '-n', 'DEPLOYED', esp]);
  await tool(['mmd', '-i', esp, '::/EFI', '::/EFI/BOOT'], { env });
  await tool(['mcopy', '-i', esp, files.efi, '::/EFI/BOOT/BOOTX64.EFI'], { env });
  await tool(['mcopy', '-i', esp, files.vmlinuz, '::/vmlinuz'], { env });
  await tool(['mcopy', '-i', esp, files.initrd, '::/initrd.img'], { env });
}

// GRUB's boot.img: the sector of core.img at 0x5c, a jump for floppies at 0x66 (to be no-ops); the first sector of
// core.img: at 0x1f4 where the rest lies and how long it is. What grub-bios-setup writes.
async function writeGrubForBios(disk: Awaited<ReturnType<typeof open>>, core: Buffer): Promise<void> {
  const boot = await readFile('/usr/lib/grub/i386-pc/boot.img');
  boot.writeBigUInt64LE(BigInt(grubStart), 0x5c);
  boot.writeUInt16LE(0x9090, 0x66);
  core.writeBigUInt64LE(BigInt(grubStart + 1), 0x1f4);
  core.writeUInt16LE(Math.ceil(core.length / sector) - 1, 0x1fc);
  await disk.write(boot, 0, 440, 0);
  await disk.write(core, 0, core.length, grubStart * sector);
}

async function digest(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** A config drive as an ISO with label config-2, made by xorriso: independent of our own writer. */
export async function makeConfigDrive(file: string, metaData: object): Promise<void> {
  const tree = `${file}.tree`;
  await mkdir(join(tree, 'openstack/latest'), { recursive: true });
  await writeFile(join(tree, 'openstack/latest/meta_data.json'), JSON.stringify(metaData));
  await tool(['xorriso', '-as', 'mkisofs', '-quiet', '-R', '-J', '-V', 'config-2', '-o', file, tree]);
  await rm(tree, { recursive: true });
}

/** A disk of a machine with the image written to it, as a deployment would leave it. */
export async function makeDisk(file: string, image: TargetImage, sizeGiB: number): Promise<void> {
  await copyFile(image.raw, file);
  await truncate(file, sizeGiB * 2 ** 30);
}
