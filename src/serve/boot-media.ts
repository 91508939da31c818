// Virtual media as drivers ask for them, on boot/media/ and the image cache.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { ImageCache } from '#boot/images/cache.ts';
import { driveText, unpackDrive } from '#boot/images/config-drive/read.ts';
import type { ImageClient } from '#boot/images/http-client.ts';
import { writeIso } from '#boot/iso/build.ts';
import type { IsoContent } from '#boot/iso/tree.ts';
import { bootIso } from '#boot/media/boot-iso.ts';
import { type BringTools, bring, checkSum } from '#boot/media/bring.ts';
import { biosLoaders, ownEsp } from '#boot/media/iso-loaders.ts';
import { PublishedMedia } from '#boot/media/published.ts';
import type { Config } from '#config/schema.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { BootMedia, MediumContent, MediumOrder } from '#drivers/boot-media.ts';
import { trustedFiles } from './trusted-files.ts';

export interface BootMediaParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly cache: ImageCache;
  readonly client: ImageClient;
  /** Where the HTTP root is, and how machines reach it. */
  readonly httpRoot: string;
  readonly httpUrl: string;
  /** Whether anything is served there at all. */
  readonly serves: boolean;
}

const folder = 'redfish';
type Ramdisk = Extract<MediumContent, { is: 'ramdisk' }>;

export function bootMedia(parts: BootMediaParts): BootMedia & { sweep(): Promise<void> } {
  const { config, httpRoot } = parts;
  const place = join(httpRoot, folder);
  const published = new PublishedMedia(place, config.redfish.file_permission);
  return {
    sweep: () => published.sweep(),
    async publish(order) {
      if (!parts.serves)
        throw new InvalidParameterValue({
          why: 'Virtual media are fetched by HTTP, and no boot HTTP server runs here: name an interface with [ingot] boot_interface, or the URL of the server that shows http_root as [deploy] http_url.',
        });
      const name = await published.publish(order.slot, order.node, endingOf(order), (path) => make(parts, order, path));
      const base = order.baseUrl ?? config.deploy.external_http_url ?? parts.httpUrl;
      return `${base.replace(/\/+$/, '')}/${folder}/${name}`;
    },
    withdraw: (node, slot) => published.withdraw(slot, node),
  };
}

/** Some BMCs go by the ending of a name. */
function endingOf({ slot, content }: MediumOrder): string {
  if (slot === 'firmware' && content.is === 'given')
    return /\.([a-z0-9]{1,8})$/i.exec(URL.parse(content.url)?.pathname ?? '')?.[1] ?? 'bin';
  return slot === 'boot' || slot === 'cdrom' ? 'iso' : 'img';
}

/** Files that the configuration names are the operator's own; what the API names must lie in an allowed folder. */
function toolsOf({ cache, client, clock, config }: BootMediaParts): BringTools {
  const allowedFolders = config.conductor.file_url_allowed_paths;
  return { cache, client, clock, allowedFolders, isTrusted: trustedFiles(config) };
}

async function make(parts: BootMediaParts, order: MediumOrder, path: string): Promise<void> {
  const { content, signal } = order;
  if (content.is === 'given') {
    await bring(content.url, path, toolsOf(parts), signal);
    if (content.checksum) await checkSum(path, content.checksum, content.url, signal);
    return;
  }
  if (content.is === 'drive') return writeFile(path, driveBytes(content.text));
  // Beside the file to be: links need the same disk.
  const scratch = await mkdtemp(join(path, '..', '.parts-'));
  try {
    await makeIso(parts, order, content, scratch, path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function driveBytes(text: string): Buffer {
  const told = driveText(text);
  if (told.is === 'url')
    throw new InvalidParameterValue({ why: `The config drive ${told.url} is a URL, not a drive.` });
  return unpackDrive(told.text);
}

async function makeIso(
  parts: BootMediaParts,
  { signal }: MediumOrder,
  content: Ramdisk,
  scratch: string,
  path: string,
): Promise<void> {
  const tools = toolsOf(parts);
  const brought = async (name: string, source: string): Promise<IsoContent> => {
    const file = join(scratch, name);
    return { file, size: await bring(source, file, tools, signal) };
  };
  const kernel = await brought('kernel', content.kernel);
  const ramdisk = await brought('ramdisk', content.ramdisk);
  const loaders = await loadersFor(parts.config, content, brought);
  const { files, options } = bootIso({
    kernel,
    ramdisk,
    args: content.args,
    ...loaders,
    grubConfigPath: parts.config.DEFAULT.grub_config_path,
    ...(content.publisher && { publisher: content.publisher }),
    ...(content.networkData && { networkData: content.networkData }),
    date: new Date(parts.clock.now()),
  });
  await writeIso(path, files, options, signal);
  await stat(path);
}

async function loadersFor(
  { DEFAULT }: Config,
  { bootloader, bootMode }: Ramdisk,
  brought: (name: string, source: string) => Promise<IsoContent>,
) {
  const named = bootloader ?? DEFAULT.esp_image;
  const efi = named ? await brought('esp', named) : await ownEsp();
  const bios = await biosLoaders({ isolinux: DEFAULT.isolinux_bin, ldlinux: DEFAULT.ldlinux_c32 });
  if (bootMode === 'uefi' && !efi)
    throw new InvalidParameterValue({
      why: 'An ISO that boots by UEFI needs a boot loader: set [conductor] bootloader to an EFI system partition image, or install shim-signed and grub-efi-amd64-signed on this machine.',
    });
  if (bootMode === 'bios' && !bios)
    throw new InvalidParameterValue({
      why: 'An ISO that boots by BIOS needs isolinux: install isolinux and syslinux-common on this machine, or set [DEFAULT] isolinux_bin and ldlinux_c32.',
    });
  return { ...(efi && { efi }), ...(bios && { bios }) };
}
