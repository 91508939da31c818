import { expect, test } from 'vitest';
import { findInGlance, type GlanceRecord, type ImageService } from './glance-image.ts';
import { type ImageNode, type ImageOptions, planImage } from './plan.ts';

const id = '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10';
const sha512 = 'c'.repeat(128);
const options: ImageOptions = {
  downloadSource: 'http',
  forceRaw: true,
  rawGrowth: 2,
  streamRaw: true,
  allowMd5: false,
  allowChecksumFiles: true,
  permittedFormats: ['raw', 'gpt', 'qcow2'],
  alwaysValidate: false,
  inspect: true,
  allowedFolders: [],
  httpUrl: 'http://192.0.2.1:8080',
  httpRoot: '/httpboot',
  httpImageSubdir: 'agent_images',
};
const record: GlanceRecord = {
  id,
  status: 'active',
  disk_format: 'qcow2',
  container_format: 'bare',
  checksum: 'a'.repeat(32),
  os_hash_algo: 'sha512',
  os_hash_value: sha512,
};
const service = (image: GlanceRecord | undefined): ImageService => ({
  image: async () => image,
  content: async () => ({ url: `http://glance/v2/images/${id}/file`, headers: { 'X-Auth-Token': 't' } }),
});

async function planned(image: GlanceRecord | undefined, info: Record<string, unknown> = {}) {
  const found = await findInGlance({ kind: 'glance', id, shown: id, name: id }, service(image));
  const node: ImageNode = { uuid: 'n', instance_info: { image_source: id, ...info }, driver_info: {} };
  return planImage(node, options, found);
}

test('an image of glance is served here, with the format and the checksum of its record', async () => {
  expect(await planned(record)).toEqual({
    reference: {
      kind: 'glance content',
      id,
      url: `http://glance/v2/images/${id}/file`,
      proof: { 'X-Auth-Token': 't' },
      shown: id,
      name: id,
    },
    checksum: { is: 'sum', checksum: { algorithm: 'sha512', value: sha512 } },
    declaredFormat: 'qcow2',
    servedBy: 'conductor',
    convert: true,
    inspect: true,
  });
});

test('what instance_info says goes before the record', async () => {
  const value = 'd'.repeat(64);
  const plan = await planned(record, {
    image_os_hash_algo: 'sha256',
    image_os_hash_value: value,
    image_disk_format: 'RAW',
  });
  expect(plan).toMatchObject({ checksum: { checksum: { algorithm: 'sha256', value } }, declaredFormat: 'raw' });
});

test.each([
  ['none that [glance] may see', undefined, {}],
  ['in status queued', { ...record, status: 'queued' }, {}],
  ['partition image', { ...record, kernel_id: 'k', ramdisk_id: 'r' }, {}],
  ['partition image', { ...record, img_type: 'partition' }, {}],
  ['allow_md5_checksum', { ...record, os_hash_algo: null, os_hash_value: null }, {}],
])('refused: %s', async (reason, image, info) => {
  await expect(planned(image, info)).rejects.toThrow(reason);
});

test('a whole-disk image may have a kernel', async () => {
  expect(await planned({ ...record, img_type: 'whole-disk', kernel_id: 'k' })).toMatchObject({ servedBy: 'conductor' });
});
