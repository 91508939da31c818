// Configuration files for PXELINUX, under tftp_root. SYSLINUX's own documentation of LABEL, APPEND, IPAPPEND, LOCALBOOT.
import { type BootChoice, parametersOf } from './boot-choice.ts';
import { BadKernelParameters, fileWord, kernelLine, kernelWords } from './kernel-parameters.ts';
import { fill } from './template.ts';

export interface TftpFiles {
  readonly kernel?: string;
  readonly ramdisk?: string;
}

const kernelAndRamdisk = `# Written by ingot; it is written anew whenever the node's boot changes.
default {{label}}

label {{label}}
kernel {{kernel}}
append initrd={{ramdisk}} {{parameters}}
ipappend 2
`;

const wholeDisk = `# Written by ingot; it is written anew whenever the node's boot changes.
default boot_whole_disk

label boot_whole_disk
{{boot}}
`;

/** The file of a node. IPAPPEND 2 adds BOOTIF with the MAC that was booted from. */
export function pxelinuxConfig(choice: BootChoice, files: TftpFiles): string {
  if (choice.label === 'boot_iscsi') {
    throw new BadKernelParameters({
      what: 'boot from volume',
      why: 'PXELINUX has no iSCSI, the ipxe boot interface has',
    });
  }
  if ('iso' in choice) {
    throw new BadKernelParameters({ what: 'boot_iso', why: 'PXELINUX boots no ISO, the ipxe boot interface does' });
  }
  if (choice.label === 'boot_whole_disk') return fill(wholeDisk, { boot: localBoot(choice.diskIdentifier) });
  return fill(kernelAndRamdisk, {
    label: choice.label,
    kernel: fileWord(files.kernel ?? '', 'kernel'),
    ramdisk: fileWord(files.ramdisk ?? '', 'ramdisk'),
    parameters: kernelLine(kernelWords(parametersOf(choice, undefined), 'pxelinux'), 'pxelinux'),
  });
}

// With the disk's MBR signature chain.c32 finds the disk that was written; without it the BIOS goes on by itself.
function localBoot(diskIdentifier: string | undefined): string {
  if (diskIdentifier === undefined) return 'localboot -1';
  if (!/^0x[0-9a-f]{1,8}$/i.test(diskIdentifier)) {
    throw new BadKernelParameters({ what: 'disk identifier', why: `"${diskIdentifier}" is no MBR signature` });
  }
  return `com32 chain.c32\nappend mbr:${diskIdentifier}`;
}
