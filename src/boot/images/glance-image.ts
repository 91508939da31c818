// What the record of an image in glance means for a deployment.
import { ImageMissing, ImageUnfit } from './faults.ts';
import type { GlanceContent, ImageReference } from './reference.ts';

/** The record of an image, with the names of the Image API v2. */
export type GlanceRecord = Readonly<Record<string, unknown>>;

/** Where glance's images are asked for; joined in serve/. */
export interface ImageService {
  image(id: string, signal?: AbortSignal): Promise<GlanceRecord | undefined>;
  content(id: string, signal?: AbortSignal): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
}

/** An image of glance that can be fetched, and the fields of instance_info that its record stands for. */
export interface GlanceFind {
  readonly content: GlanceContent;
  readonly fields: Readonly<Record<string, string>>;
}

/** Ask glance for an image. Throws ImageNotFound, ImageUnacceptable, and what the service throws. */
export async function findInGlance(
  reference: Extract<ImageReference, { kind: 'glance' }>,
  service: ImageService,
  signal?: AbortSignal,
): Promise<GlanceFind> {
  const { id, shown, name } = reference;
  const record = await service.image(id, signal);
  if (!record) throw new ImageMissing({ image: shown, reason: 'glance has none that [glance] may see' });
  if (record.status !== 'active')
    throw new ImageUnfit({
      image: shown,
      reason: `glance has it in status ${record.status}, and only an active image has content`,
    });
  const { url, headers } = await service.content(id, signal);
  return { content: { kind: 'glance content', id, url, proof: headers, shown, name }, fields: fieldsOf(record) };
}

/** compat: a whole-disk image is one without kernel and ramdisk, or one that says so. */
function fieldsOf(record: GlanceRecord): Record<string, string> {
  const { os_hash_algo, os_hash_value, checksum } = record;
  const sum =
    os_hash_algo && os_hash_value
      ? { image_os_hash_algo: os_hash_algo, image_os_hash_value: os_hash_value }
      : { image_checksum: checksum };
  const fields = {
    image_type: record.img_type,
    kernel: record.kernel_id,
    ramdisk: record.ramdisk_id,
    image_disk_format: record.disk_format,
    image_container_format: record.container_format,
    ...sum,
  };
  const isText = (field: [string, unknown]): field is [string, string] =>
    typeof field[1] === 'string' && field[1] !== '';
  return Object.fromEntries(Object.entries(fields).filter(isText));
}
