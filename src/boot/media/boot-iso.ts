// The files of an ISO that boots a kernel and a ramdisk, by UEFI and by BIOS (reference: conductor.md Q128).
import type { IsoOptions } from '../iso/layout.ts';
import type { IsoContent, IsoFile } from '../iso/tree.ts';
import { kernelLine, kernelWords } from '../node-files/kernel-parameters.ts';
import { fill } from '../node-files/template.ts';

export interface BootIso {
  readonly kernel: IsoContent;
  readonly ramdisk: IsoContent;
  /** Kernel arguments, each one word. Throws BadKernelParameters where one cannot be written. */
  readonly args: readonly string[];
  /** A FAT image with an EFI boot loader that reads a grub.cfg. */
  readonly efi?: IsoContent;
  readonly bios?: { readonly isolinux: Uint8Array; readonly ldlinux: Uint8Array };
  /** [DEFAULT]grub_config_path: where the loader in `efi` looks. */
  readonly grubConfigPath: string;
  readonly publisher?: string;
  readonly networkData?: object;
  readonly date: Date;
}

const grub = `# Written by ingot.
set default=boot
set timeout=1

menuentry "boot" --id boot {
    linux /vmlinuz {{parameters}}
    initrd /initrd
}
`;

const isolinux = `# Written by ingot.
DEFAULT boot
PROMPT 0
TIMEOUT 1

LABEL boot
  KERNEL /vmlinuz
  APPEND initrd=/initrd {{parameters}}
`;

const file = (path: string, content: string | IsoContent): IsoFile => ({
  path,
  content: typeof content === 'string' ? Buffer.from(content) : content,
});

function efiFiles({ efi, args, grubConfigPath }: BootIso): IsoFile[] {
  if (!efi) return [];
  const text = fill(grub, { parameters: kernelLine(kernelWords(args.join(' '), 'grub'), 'grub') });
  const places = new Set([grubConfigPath.replace(/^\/+/, ''), 'boot/grub/grub.cfg']);
  // Debian's and Ubuntu's loader for CDs finds its volume by .disk/info.
  return [
    file('boot/grub/efiboot.img', efi),
    file('.disk/info', 'ingot\n'),
    ...[...places].map((place) => file(place, text)),
  ];
}

function biosFiles({ bios, args }: BootIso): IsoFile[] {
  if (!bios) return [];
  const text = fill(isolinux, { parameters: kernelLine(kernelWords(args.join(' '), 'pxelinux'), 'pxelinux') });
  return [
    file('isolinux/isolinux.bin', bios.isolinux),
    file('isolinux/ldlinux.c32', bios.ldlinux),
    file('isolinux/isolinux.cfg', text),
  ];
}

/** What `writeIso` makes the volume of. */
export function bootIso(iso: BootIso): { files: IsoFile[]; options: IsoOptions } {
  const network = iso.networkData ? [file('openstack/latest/network_data.json', JSON.stringify(iso.networkData))] : [];
  return {
    files: [file('vmlinuz', iso.kernel), file('initrd', iso.ramdisk), ...efiFiles(iso), ...biosFiles(iso), ...network],
    options: {
      label: iso.networkData ? 'config-2' : 'VMEDIA_BOOT_ISO',
      date: iso.date,
      ...(iso.publisher && { publisher: iso.publisher }),
      boot: {
        ...(iso.bios && { bios: 'isolinux/isolinux.bin' }),
        ...(iso.efi && { efi: 'boot/grub/efiboot.img' }),
      },
    },
  };
}
