// Network boot as drivers ask for it, on the files that boot/ writes.
import { openableFile } from '#boot/images/reference.ts';
import type { BootChoice, BootImage } from '#boot/node-files/boot-choice.ts';
import type { BootFlavor, BootRoots } from '#boot/node-files/layout.ts';
import { cleanNodeBoot, prepareNodeBoot, switchToInstance } from '#boot/node-files/node-boot.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { InstanceRamdisk, NetworkBoot, RamdiskBoot } from '#drivers/house.ts';

export interface NetworkBootParts {
  readonly roots: BootRoots;
  readonly httpUrl: string;
  /** Whether machines are answered at all; files are written in any case, for whoever serves them. */
  readonly serves: boolean;
  /** Seconds that iPXE waits for a download; 0 for no limit. */
  readonly ipxeTimeoutSeconds: number;
  /** [conductor]file_url_allowed_paths: where the files of this machine lie that nodes may name. */
  readonly allowedFolders: readonly string[];
  /** Whether the operator named it in the configuration: then it may lie anywhere. */
  readonly isTrusted: (source: string) => boolean;
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

/** As `imageOf`; a file that a node names must lie in an allowed folder, so that no other is offered to the boot network. */
async function offered(text: string, field: string, parts: NetworkBootParts): Promise<BootImage> {
  const image = imageOf(text, field);
  if ('url' in image || parts.isTrusted(text)) return image;
  const reference = { kind: 'file', path: image.file, shown: `${field} ${text}`, name: field } as const;
  return { file: (await openableFile(reference, parts.allowedFolders)).path };
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
        kernel: await offered(order.kernel, 'deploy_kernel', parts),
        ramdisk: await offered(order.ramdisk, 'deploy_ramdisk', parts),
        apiUrl: order.apiUrl,
        parameters: order.args.join(' '),
      });
    },
    async prepareInstance({ uuid, macs, bootMode, firmware, ramdisk }) {
      const choice = ramdisk ? await instanceChoice(ramdisk, parts) : ({ label: 'boot_whole_disk' } as const);
      await switchToInstance(place(uuid, macs, flavorOf({ firmware, bootMode })), choice);
    },
    async cleanUp({ uuid, macs }) {
      for (const flavor of ['ipxe', 'pxelinux', 'grub'] as const) await cleanNodeBoot(place(uuid, macs, flavor));
    },
  };
}

async function instanceChoice(
  instance: InstanceRamdisk,
  parts: NetworkBootParts,
): Promise<Extract<BootChoice, { label: 'boot_ramdisk' }>> {
  const from = (text: string, field: string) => offered(text, `instance_info/${field}`, parts);
  if ('iso' in instance) return { label: 'boot_ramdisk', iso: await from(instance.iso, 'boot_iso') };
  return {
    label: 'boot_ramdisk',
    kernel: await from(instance.kernel, 'kernel'),
    ramdisk: await from(instance.ramdisk, 'ramdisk'),
    parameters: instance.args.join(' '),
  };
}
