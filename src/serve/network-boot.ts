// Network boot as drivers ask for it, on the files that boot/ writes.
import type { BootImage } from '#boot/node-files/boot-choice.ts';
import type { BootFlavor, BootRoots } from '#boot/node-files/layout.ts';
import { cleanNodeBoot, prepareNodeBoot, switchToInstance } from '#boot/node-files/node-boot.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { NetworkBoot, RamdiskBoot } from '#drivers/house.ts';

export interface NetworkBootParts {
  readonly roots: BootRoots;
  readonly httpUrl: string;
  /** Whether machines are answered at all; files are written in any case, for whoever serves them. */
  readonly serves: boolean;
  /** Seconds that iPXE waits for a download; 0 for no limit. */
  readonly ipxeTimeoutSeconds: number;
}

/** `pxe` means PXELINUX on BIOS machines and GRUB on those with UEFI. */
const flavorOf = (boot: Pick<RamdiskBoot, 'firmware' | 'bootMode'>): BootFlavor =>
  boot.firmware === 'ipxe' ? 'ipxe' : boot.bootMode === 'uefi' ? 'grub' : 'pxelinux';

/** Where an image is that an option or a field names. Throws InvalidParameterValue naming the field. */
export function imageOf(text: string, field: string): BootImage {
  if (/^https?:\/\//i.test(text)) return { url: text };
  if (/^file:\/\//i.test(text)) return { file: decodeURIComponent(new URL(text).pathname) };
  if (text.startsWith('/')) return { file: text };
  throw new InvalidParameterValue({
    why: `${field} is "${text}": an http(s) URL, file:// URL or absolute path is accepted.`,
  });
}

export function networkBoot(parts: NetworkBootParts): NetworkBoot {
  const { roots, httpUrl, serves } = parts;
  const timeout = parts.ipxeTimeoutSeconds * 1000;
  const place = (uuid: string, macs: readonly string[], flavor: BootFlavor) => ({
    node: uuid,
    macs,
    flavor,
    roots,
    httpUrl,
    ...(timeout && { timeout }),
  });
  return {
    serves,
    async prepareRamdisk(order) {
      await prepareNodeBoot(place(order.uuid, order.macs, flavorOf(order)), {
        label: 'deploy',
        kernel: imageOf(order.kernel, 'deploy_kernel'),
        ramdisk: imageOf(order.ramdisk, 'deploy_ramdisk'),
        apiUrl: order.apiUrl,
        parameters: order.args.join(' '),
      });
    },
    async prepareInstance({ uuid, macs, bootMode, firmware, ramdisk }) {
      const choice = ramdisk
        ? ({
            label: 'boot_ramdisk',
            kernel: imageOf(ramdisk.kernel, 'instance_info/kernel'),
            ramdisk: imageOf(ramdisk.ramdisk, 'instance_info/ramdisk'),
            parameters: ramdisk.args.join(' '),
          } as const)
        : ({ label: 'boot_whole_disk' } as const);
      await switchToInstance(place(uuid, macs, flavorOf({ firmware, bootMode })), choice);
    },
    async cleanUp({ uuid, macs }) {
      for (const flavor of ['ipxe', 'pxelinux', 'grub'] as const) await cleanNodeBoot(place(uuid, macs, flavor));
    },
  };
}
