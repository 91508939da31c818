// Boot programs that firmware fetches first: found on this machine, copied into the roots at start.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '#base/log.ts';
import type { Platform } from '#protocols/dhcp/client-class.ts';
import { writeWhole } from './atomic-files.ts';
import { initialGrubConfig } from './grub-config.ts';
import { chainScript } from './ipxe-script.ts';
import type { BootRoots } from './layout.ts';

/** Where distributions keep them; the first that is there is taken. */
export const loaderPlaces: Readonly<Record<string, readonly string[]>> = {
  'undionly.kpxe': [
    '/usr/lib/ipxe/undionly.kpxe',
    '/usr/share/ipxe/undionly.kpxe',
    '/usr/share/ipxe/x86_64/undionly.kpxe',
  ],
  'snponly.efi': [
    '/usr/lib/ipxe/snponly.efi',
    '/usr/share/ipxe/ipxe-snponly-x86_64.efi',
    '/usr/share/ipxe/x86_64/snponly.efi',
  ],
  'ipxe.efi': ['/usr/lib/ipxe/ipxe.efi', '/boot/ipxe.efi', '/usr/share/ipxe/ipxe-x86_64.efi'],
  'ipxe-arm64.efi': [
    '/usr/lib/ipxe/ipxe-arm64.efi',
    '/usr/lib/ipxe/arm64-efi/snponly.efi',
    '/usr/share/ipxe/arm64-efi/snponly.efi',
  ],
  'pxelinux.0': ['/usr/lib/PXELINUX/pxelinux.0', '/usr/share/syslinux/pxelinux.0'],
  'ldlinux.c32': ['/usr/lib/syslinux/modules/bios/ldlinux.c32', '/usr/share/syslinux/ldlinux.c32'],
  'chain.c32': ['/usr/lib/syslinux/modules/bios/chain.c32', '/usr/share/syslinux/chain.c32'],
  'libcom32.c32': ['/usr/lib/syslinux/modules/bios/libcom32.c32', '/usr/share/syslinux/libcom32.c32'],
  'libutil.c32': ['/usr/lib/syslinux/modules/bios/libutil.c32', '/usr/share/syslinux/libutil.c32'],
  'grubx64.efi': ['/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed'],
  'bootx64.efi': ['/usr/lib/shim/shimx64.efi.signed'],
};

/** The file that each kind of firmware is given, by TFTP name, where Ironic's options name no other. */
export const usualLoaders: Readonly<Record<'ipxe' | 'pxe', Partial<Record<Platform, string>>>> = {
  ipxe: { 'x86-bios': 'undionly.kpxe', 'x86_64-uefi': 'snponly.efi', 'aarch64-uefi': 'ipxe-arm64.efi' },
  pxe: { 'x86-bios': 'pxelinux.0', 'x86_64-uefi': 'bootx64.efi' },
};

export interface LoaderOptions {
  readonly roots: BootRoots;
  readonly httpUrl: string;
  /** [pxe]loader_file_paths: name in the roots to file on this machine. */
  readonly loaderFilePaths?: Readonly<Record<string, string>>;
  readonly fallbackScript?: string;
  /** [pxe]ipxe_boot_script and initial_grub_template as text, where the operator has own ones. */
  readonly chainScript?: string;
  readonly grubConfig?: string;
  readonly log: Log;
}

/** Copies the loaders and writes the first scripts into both roots; says which loaders are there. */
export async function installLoaders(options: LoaderOptions): Promise<ReadonlySet<string>> {
  const { roots, httpUrl, log } = options;
  const named = options.loaderFilePaths ?? {};
  const there = new Set<string>();
  for (const name of new Set([...Object.keys(loaderPlaces), ...Object.keys(named)])) {
    const places = named[name] ? [named[name]] : (loaderPlaces[name] ?? []);
    const content = await firstReadable(places);
    if (content) {
      for (const root of [roots.tftp, roots.http]) await refresh(path.join(root, path.basename(name)), content);
      there.add(path.basename(name));
    } else if (named[name]) {
      log.warn({ loader: name }, `The boot loader ${name} was not copied: ${places.join(', ')} cannot be read`);
    }
  }
  const script = options.chainScript ?? chainScript(httpUrl, options.fallbackScript);
  await refresh(path.join(roots.http, 'boot.ipxe'), Buffer.from(script));
  await refresh(path.join(roots.tftp, 'grub/grub.cfg'), Buffer.from(options.grubConfig ?? initialGrubConfig));
  const usual = [...Object.values(usualLoaders.ipxe)].filter((name) => !there.has(name));
  if (usual.length)
    log.info({ missing: usual }, `Not found for network boot: ${usual.join(', ')} (Debian: package ipxe)`);
  return there;
}

async function firstReadable(places: readonly string[]): Promise<Buffer | undefined> {
  for (const place of places) {
    const content = await readFile(place).catch(() => undefined);
    if (content) return content;
  }
  return undefined;
}

async function refresh(target: string, content: Buffer): Promise<void> {
  const before = await readFile(target).catch(() => undefined);
  if (!before?.equals(content)) await writeWhole(target, content);
}
