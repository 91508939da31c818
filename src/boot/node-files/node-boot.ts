// A node's boot files, made when it is to start from the network and removed afterwards.
import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { defineError } from '#base/errors.ts';
import { linkTo, place, unlinkOf, writeWhole } from './atomic-files.ts';
import { type BootChoice, type BootImage, imageNames, isoName } from './boot-choice.ts';
import { grubConfig } from './grub-config.ts';
import { ipxeScript } from './ipxe-script.ts';
import { type BootFlavor, type BootRoots, linkNames, type NodeLinks, nodeFolder, rootFor } from './layout.ts';
import { pxelinuxConfig } from './pxelinux-config.ts';

/** Which node, how it boots, and where its files go. `httpUrl` is [deploy]http_url. */
export interface NodeBootPlace extends NodeLinks {
  readonly node: string;
  readonly flavor: BootFlavor;
  readonly roots: BootRoots;
  readonly httpUrl: string;
  /** Milliseconds for each download of iPXE ([pxe]ipxe_timeout, there in seconds); 0 for no limit. */
  readonly timeout?: number;
}

export const BootImageMissing = defineError(
  'BootImageMissing',
  500,
  (p: { node: string; image: string; place: string }) =>
    `The ${p.image} of node ${p.node} cannot be offered for booting: ${p.place} cannot be read.`,
);

export const NoPortsToBoot = defineError(
  'NoPortsToBoot',
  400,
  (p: { node: string }) =>
    `Node ${p.node} has no port to boot from: enroll a port with pxe_enabled and its MAC address.`,
);

/** Writes what the node is to start: images into its folder, the boot file, and a link to it for each port. */
export async function prepareNodeBoot(where: NodeBootPlace, choice: BootChoice): Promise<{ config: string }> {
  if (where.macs.length === 0) throw new NoPortsToBoot({ node: where.node });
  const root = rootFor(where.flavor, where.roots);
  const folder = nodeFolder(where.node);
  const links = linkNames(where.flavor, where);
  const files = await placeFiles(where, choice);
  const config = path.join(root, folder, 'config');
  await writeWhole(config, render(where, choice, files));
  for (const { name, up } of links) await linkTo(path.join(root, name), `${up}${folder}/config`);
  return { config };
}

/** The node starts its instance from now on. With `keep` false (local boot without fallback) its files are removed instead. */
export async function switchToInstance(
  where: NodeBootPlace,
  choice: Exclude<BootChoice, { readonly label: 'deploy' | 'rescue' }>,
  keep = true,
): Promise<void> {
  if (keep) await prepareNodeBoot(where, choice);
  else await cleanNodeBoot(where);
}

/** Removes the node's folder and its links; what is not there, or is another node's, is left alone. */
export async function cleanNodeBoot(where: NodeBootPlace): Promise<void> {
  const folder = nodeFolder(where.node);
  const root = rootFor(where.flavor, where.roots);
  for (const { name } of linkNames(where.flavor, where)) await unlinkOf(path.join(root, name), folder);
  await rm(path.join(root, folder), { recursive: true, force: true });
}

/** How the boot file names each image. */
interface PlacedFiles {
  readonly kernel?: string;
  readonly ramdisk?: string;
  readonly iso?: string;
}

async function placeFiles(where: NodeBootPlace, choice: BootChoice): Promise<PlacedFiles> {
  if ('kernel' in choice) return placeImages(where, choice);
  return 'iso' in choice && where.flavor === 'ipxe' ? { iso: await placeImage(where, choice.iso, isoName) } : {};
}

function render(where: NodeBootPlace, choice: BootChoice, files: PlacedFiles): string {
  if (where.flavor === 'pxelinux') return pxelinuxConfig(choice, files);
  if (where.flavor === 'grub') return grubConfig(choice, files);
  return ipxeScript(choice, { ...files, ...(where.timeout && { timeout: where.timeout }) });
}

type WithImages = Extract<BootChoice, { readonly kernel: BootImage }>;

async function placeImages(where: NodeBootPlace, choice: WithImages): Promise<{ kernel: string; ramdisk: string }> {
  const names = imageNames[choice.label];
  return {
    kernel: await placeImage(where, choice.kernel, names.kernel),
    ramdisk: await placeImage(where, choice.ramdisk, names.ramdisk),
  };
}

/** How the boot file names the image. */
async function placeImage(where: NodeBootPlace, image: BootImage, name: string): Promise<string> {
  const { flavor, roots, httpUrl, node } = where;
  if ('url' in image) {
    if (flavor === 'ipxe') return image.url;
    throw new BootImageMissing({
      node,
      image: name,
      place: `${image.url} (${flavor} boots from files of this machine)`,
    });
  }
  const folder = nodeFolder(node);
  try {
    await place(await realpath(image.file), path.join(rootFor(flavor, roots), folder, name));
  } catch (cause) {
    throw new BootImageMissing({ node, image: name, place: image.file }, { cause });
  }
  if (flavor === 'ipxe') return `${httpUrl.replace(/\/+$/, '')}/${folder}/${name}`;
  return flavor === 'grub' ? `/${folder}/${name}` : `${folder}/${name}`;
}
