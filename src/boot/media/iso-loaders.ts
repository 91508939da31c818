// Boot programs for ISOs: what the operator named, else what distributions install on this machine.
import { readFile } from 'node:fs/promises';
import { fatImage } from './fat-image.ts';

/** Where distributions keep them; the first that is there is taken. */
export const isoLoaderPlaces = {
  shim: ['/usr/lib/shim/shimx64.efi.signed', '/boot/efi/EFI/redhat/shimx64.efi', '/boot/efi/EFI/fedora/shimx64.efi'],
  /** Debian's GRUB for CDs: it reads /boot/grub/grub.cfg of the volume that has .disk/info. */
  grub: ['/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed'],
  isolinux: ['/usr/lib/ISOLINUX/isolinux.bin', '/usr/share/syslinux/isolinux.bin', '/usr/lib/syslinux/isolinux.bin'],
  ldlinux: [
    '/usr/lib/syslinux/modules/bios/ldlinux.c32',
    '/usr/share/syslinux/ldlinux.c32',
    '/usr/lib/syslinux/bios/ldlinux.c32',
  ],
} as const satisfies Record<string, readonly string[]>;

async function first(places: readonly (string | null | undefined)[]): Promise<Buffer | undefined> {
  for (const place of places) {
    const found = place ? await readFile(place).catch(() => undefined) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** An EFI system partition made of this machine's own loaders; undefined where there are none. */
export async function ownEsp(places: { shim: readonly string[]; grub: readonly string[] } = isoLoaderPlaces) {
  const grub = await first(places.grub);
  if (!grub) return undefined;
  const shim = await first(places.shim);
  // Without shim GRUB itself is what the firmware starts; secure boot is not to be had then.
  return fatImage([
    { path: 'EFI/BOOT/BOOTX64.EFI', content: shim ?? grub },
    ...(shim ? [{ path: 'EFI/BOOT/GRUBX64.EFI', content: grub }] : []),
  ]);
}

/** The loaders of ISOs that boot by BIOS; undefined where one of them is missing. */
export async function biosLoaders(named: { isolinux: string | null; ldlinux: string | null }) {
  const isolinux = await first([named.isolinux, ...isoLoaderPlaces.isolinux]);
  const ldlinux = await first([named.ldlinux, ...isoLoaderPlaces.ldlinux]);
  return isolinux && ldlinux ? { isolinux, ldlinux } : undefined;
}
