// Configuration files for GRUB as UEFI network boot program, under tftp_root. GRUB manual, "Network" and "configfile".
import { type BootChoice, parametersOf } from './boot-choice.ts';
import { BadKernelParameters, fileWord, kernelLine, kernelWords } from './kernel-parameters.ts';
import type { TftpFiles } from './pxelinux-config.ts';
import { fill } from './template.ts';

const kernelAndRamdisk = `# Written by ingot; it is written anew whenever the node's boot changes.
set default={{label}}
set timeout=1

menuentry "{{label}}" --id {{label}} {
    linux {{kernel}} {{parameters}}
    initrd {{ramdisk}}
}
`;

const wholeDisk = `# Written by ingot; it is written anew whenever the node's boot changes.
set default=boot_whole_disk
set timeout=1

menuentry "boot_whole_disk" --id boot_whole_disk {
    exit 1
}
`;

/** The file of a node. `$net_default_mac` is GRUB's name for the MAC that was booted from. */
export function grubConfig(choice: BootChoice, files: TftpFiles): string {
  if (choice.label === 'boot_iscsi') {
    throw new BadKernelParameters({ what: 'boot from volume', why: 'GRUB has no iSCSI, the ipxe boot interface has' });
  }
  if ('iso' in choice) {
    throw new BadKernelParameters({ what: 'boot_iso', why: 'GRUB boots no ISO, the ipxe boot interface does' });
  }
  if (choice.label === 'boot_whole_disk') return wholeDisk;
  const parameters = kernelLine(kernelWords(parametersOf(choice, undefined), 'grub'), 'grub');
  return fill(kernelAndRamdisk, {
    label: choice.label,
    kernel: fileWord(files.kernel ?? '', 'kernel'),
    ramdisk: fileWord(files.ramdisk ?? '', 'ramdisk'),
    parameters: choice.label === 'boot_ramdisk' ? parameters : `${parameters} BOOTIF=$net_default_mac`,
  });
}

/** What GRUB reads first: it goes on to the node's own file, by MAC and then by address. */
export const initialGrubConfig = `# Written by ingot.
set default=0
set timeout=1
if [ -s "/\${net_default_mac}.conf" ]; then
    configfile "/\${net_default_mac}.conf"
elif [ -s "/\${net_default_ip}.conf" ]; then
    configfile "/\${net_default_ip}.conf"
fi
echo "No node is waiting with \${net_default_mac}; going on to the next boot device."
sleep 3
exit 1
`;
