// Scripts for iPXE.
import type { BootChoice } from './boot-choice.ts';
import { parametersOf } from './boot-choice.ts';
import { fileWord, kernelLine, kernelWords } from './kernel-parameters.ts';
import { fill } from './template.ts';

/** URLs of the images, and `timeout`: milliseconds for each download, 0 for none. */
export interface IpxeFiles {
  readonly kernel?: string;
  readonly ramdisk?: string;
  readonly iso?: string;
  readonly timeout?: number;
}

const head = `#!ipxe
# Written by ingot; it is written anew whenever the node's boot changes.
set attempt:int32 0
goto {{label}}
`;

// BOOTIF and initrd= belong to the booted NIC and to the file's name below. Growing waits, then power off: a machine that
// cannot reach its ramdisk must not start what its disk holds.
const kernelAndRamdisk = `
:{{label}}
imgfree
kernel {{timeout}}{{kernel}} initrd=ramdisk {{parameters}} || goto retry
initrd {{timeout}}--name ramdisk {{ramdisk}} || goto retry
boot || goto retry

:retry
inc attempt
iseq \${attempt} 10 && goto give_up ||
echo Boot files could not be fetched, attempt \${attempt} of 10
sleep \${attempt}
goto {{label}}

:give_up
echo Giving up after 10 attempts, powering off
sleep 10
poweroff ||
reboot
`;

// UEFI: leaving with an error makes the firmware go on to its next boot entry, the disk; 0 would end its list.
const wholeDisk = `
:boot_whole_disk
iseq \${platform} efi && goto next_entry ||
sanboot --no-describe --drive 0x80 || goto next_entry

:next_entry
exit 1
`;

// The ISO is read as a drive, piece by piece: its boot program must find what it needs in what it was given of it.
const iso = `
:boot_ramdisk
imgfree
sanboot --no-describe {{iso}} || goto retry

:retry
inc attempt
iseq \${attempt} 10 && goto give_up ||
echo The ISO could not be booted, attempt \${attempt} of 10
sleep \${attempt}
goto boot_ramdisk

:give_up
echo Giving up after 10 attempts, powering off
sleep 10
poweroff ||
reboot
`;

const iscsi = `
:boot_iscsi
imgfree
{{initiator}}
{{hooks}}
sanboot --keep --drive 0x80 {{first}} || goto iscsi_failed

:iscsi_failed
echo The volume could not be booted from
sleep 10
reboot
`;

/** The script of a node. */
export function ipxeScript(choice: BootChoice, files: IpxeFiles): string {
  const first = fill(head, { label: choice.label });
  if (choice.label === 'boot_whole_disk') return first + wholeDisk;
  if (choice.label === 'boot_iscsi') return first + iscsiPart(choice);
  if ('iso' in choice) return first + fill(iso, { iso: fileWord(files.iso ?? '', 'boot_iso') });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own name for the MAC that was booted from
  const words = kernelWords(parametersOf(choice, '${mac}'), 'ipxe');
  return (
    first +
    fill(kernelAndRamdisk, {
      label: choice.label,
      kernel: fileWord(files.kernel ?? '', 'kernel'),
      ramdisk: fileWord(files.ramdisk ?? '', 'ramdisk'),
      timeout: files.timeout ? `--timeout ${Math.trunc(files.timeout)} ` : '',
      parameters: kernelLine(words, 'ipxe'),
    })
  );
}

function iscsiPart(choice: BootChoice & { readonly label: 'boot_iscsi' }): string {
  const [first = '', ...rest] = choice.targets.map((target) => fileWord(target, 'iSCSI target'));
  const initiator = choice.initiator && fileWord(choice.initiator, 'iSCSI initiator');
  return fill(iscsi, {
    initiator: initiator ? `set initiator-iqn ${initiator}` : '',
    hooks: rest
      .map((target, i) => `sanhook --drive 0x${(0x81 + i).toString(16)} ${target} || goto iscsi_failed`)
      .join('\n'),
    first,
  });
}

const chain = `#!ipxe
# Looks for the script of this machine: first by the NIC booted from, then by each other one.
echo ingot: looking for the boot script of \${mac}
chain --autofree --replace {{base}}/pxelinux.cfg/\${mac:hexhyp} ||
set index:int32 0

:next_nic
isset \${net\${index}/mac} || goto none
iseq \${net\${index}/mac} \${mac} && goto skip ||
chain --autofree --replace {{base}}/pxelinux.cfg/\${net\${index}/mac:hexhyp} ||
:skip
inc index
goto next_nic

:none
{{fallback}}
echo ingot: no node is waiting with one of these MAC addresses, going on to the next boot device
sleep 3
exit 1
`;

/** The script that every machine gets first; `fallback` is a URL that strangers are sent to. */
export function chainScript(httpUrl: string, fallback?: string): string {
  return fill(chain, {
    base: fileWord(httpUrl.replace(/\/+$/, ''), 'http_url'),
    fallback: fallback ? `chain ${fileWord(fallback, 'fallback script')} ||` : '',
  });
}
