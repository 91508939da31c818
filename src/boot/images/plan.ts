// What is to be done with the image of a deployment, decided from the node's fields and the options alone.

import { type ChecksumFields, type ChecksumRules, type ChecksumSource, checksumFor } from './checksum.ts';
import { BadImageSetting, ImageUnfit } from './faults.ts';
import type { GlanceFind } from './glance-image.ts';
import { type GlanceContent, type ImageReference, parseReference, withoutGlance } from './reference.ts';

/** The options that decide about images; the words in brackets are Ironic's. */
export interface ImageOptions {
  /** [agent]image_download_source */
  readonly downloadSource: 'http' | 'local' | 'swift';
  /** [DEFAULT]force_raw_images */
  readonly forceRaw: boolean;
  /** [DEFAULT]raw_image_growth_factor: how much larger than itself an image may become when it is converted. */
  readonly rawGrowth: number;
  /** [agent]stream_raw_images */
  readonly streamRaw: boolean;
  /** [agent]allow_md5_checksum */
  readonly allowMd5: boolean;
  /** The opposite of [conductor]disable_support_for_checksum_files. */
  readonly allowChecksumFiles: boolean;
  /** [conductor]permitted_image_formats */
  readonly permittedFormats: readonly string[];
  /** [conductor]conductor_always_validates_images */
  readonly alwaysValidate: boolean;
  /** The opposite of [conductor]disable_deep_image_inspection. */
  readonly inspect: boolean;
  /** [conductor]file_url_allowed_paths */
  readonly allowedFolders: readonly string[];
  /** [deploy]http_url, http_root, http_image_subdir */
  readonly httpUrl: string | null;
  readonly httpRoot: string;
  readonly httpImageSubdir: string;
}

/** The fields of a node that images depend on. */
export interface ImageNode {
  readonly uuid: string;
  readonly instance_info: Readonly<Record<string, unknown>> & ChecksumFields;
  readonly driver_info: Readonly<Record<string, unknown>>;
}

/** A decided image: where it is, what it must be, and who serves it to the agent. */
export interface ImagePlan {
  readonly reference: Exclude<ImageReference, { kind: 'glance' }> | GlanceContent;
  readonly checksum: ChecksumSource;
  readonly declaredFormat: string | null;
  /** `source`: the agent fetches it where it is; `conductor`: it is cached and served from here. */
  readonly servedBy: 'source' | 'conductor';
  readonly convert: boolean;
  /** Whether the conductor looks into the content. */
  readonly inspect: boolean;
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Which field makes this a partition image; undefined for a whole-disk image. */
export function partitionField(info: Readonly<Record<string, unknown>>): string | undefined {
  const type = textIn(info.image_type);
  if (type === 'partition') return 'image_type';
  if (type === 'whole-disk') return undefined;
  if (type !== undefined) {
    throw new BadImageSetting({
      field: 'instance_info.image_type',
      reason: `${type} is neither whole-disk nor partition`,
    });
  }
  return ['kernel', 'ramdisk'].find((field) => textIn(info[field]) !== undefined);
}

function refuseOthers(reference: ImageReference, info: Readonly<Record<string, unknown>>): void {
  const field = partitionField(info);
  if (field) {
    const image = reference.shown;
    throw new ImageUnfit({
      image,
      reason: `instance_info.${field} says that it is a partition image, and only whole-disk images can be deployed; remove that field or give a whole-disk image`,
    });
  }
  if (reference.kind === 'http' && reference.name === '') {
    throw new ImageUnfit({ image: reference.shown, reason: 'it names a folder, not an image' });
  }
}

function downloadSource(node: ImageNode, options: ImageOptions): 'http' | 'local' {
  const given = textIn(node.instance_info.image_download_source) ?? textIn(node.driver_info.image_download_source);
  const source = given ?? options.downloadSource;
  if (source === 'http' || source === 'local') return source;
  const reason =
    source === 'swift' ? 'no object store is connected; use http or local' : `${source} is not http or local`;
  throw new BadImageSetting({ field: 'image_download_source', reason });
}

/** The rules for checksums that the options mean. */
export const checksumRules = (options: ImageOptions): ChecksumRules => ({
  allowMd5: options.allowMd5,
  allowFiles: options.allowChecksumFiles,
});

/** The reference of a node's image, and who serves it to the agent: what can be judged before glance is asked. */
export function checkImage(
  node: ImageNode,
  options: ImageOptions,
): Pick<ImagePlan, 'servedBy'> & { reference: ImageReference } {
  const info = node.instance_info;
  const reference = parseReference(textIn(info.image_source));
  refuseOthers(reference, info);
  // What is in glance needs a token, and the agent has none.
  const here = downloadSource(node, options) === 'local' || reference.kind !== 'http';
  if (here && !options.httpUrl) {
    const reason =
      'this image is served by the conductor, so it must be the URL at which ramdisks reach [deploy]http_root';
    throw new BadImageSetting({ field: '[deploy]http_url', reason });
  }
  return { reference, servedBy: here ? 'conductor' : 'source' };
}

/**
 * Decide what is to be done with a node's image; `glance` is what was found there, where it is an image of glance. Throws a
 * declared error that names the field at fault.
 */
export function planImage(node: ImageNode, options: ImageOptions, glance?: GlanceFind): ImagePlan {
  const { reference: named, servedBy } = checkImage(node, options);
  const reference = glance?.content ?? withoutGlance(named);
  const info = { ...glance?.fields, ...node.instance_info };
  if (glance) refuseOthers(named, info);
  const checksum = checksumFor(reference, info, checksumRules(options));
  const declaredFormat = textIn(info.image_disk_format)?.toLowerCase() ?? null;
  return {
    reference,
    checksum,
    declaredFormat,
    servedBy,
    convert: servedBy === 'conductor' && options.forceRaw && options.streamRaw,
    inspect: options.inspect && (servedBy === 'conductor' || options.alwaysValidate),
  };
}

/** Why an image cannot be held in the machine's memory while it is written; sizes in MiB. Undefined when it can. */
export function memoryProblem(
  image: { readonly size: number; readonly streamed: boolean },
  memory: number,
  byAgent: number,
) {
  if (image.streamed || image.size + byAgent <= memory) return undefined;
  return `the image has ${image.size} MiB and the agent takes ${byAgent} MiB, but the machine has ${memory} MiB of memory; a raw image is streamed and needs no memory`;
}
