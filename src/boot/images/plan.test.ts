import { expect, test } from 'vitest';
import { imageInfoOf, instanceInfoOf } from './image-info.ts';
import { type ImageNode, type ImageOptions, memoryProblem, planImage } from './plan.ts';
import { type PreparedImage, servedUrl } from './prepare.ts';

const uuid = '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10';
const sha256 = 'b'.repeat(64);
const sha512 = 'c'.repeat(128);
const usual: ImageOptions = {
  downloadSource: 'http',
  forceRaw: true,
  rawGrowth: 2,
  streamRaw: true,
  allowMd5: true,
  allowChecksumFiles: true,
  permittedFormats: ['raw', 'gpt', 'qcow2', 'iso'],
  alwaysValidate: false,
  inspect: true,
  allowedFolders: ['/var/lib/ironic'],
  httpUrl: 'http://192.0.2.1:8080',
  httpRoot: '/httpboot',
  httpImageSubdir: 'agent_images',
};
const web = { image_source: 'http://host/debian.qcow2', image_checksum: sha256 };
const node = (instance_info: Record<string, unknown>, driver_info: Record<string, unknown> = {}): ImageNode => ({
  uuid,
  instance_info,
  driver_info,
});

for (const [when, info, options, expected] of [
  ['the agent pulls by default', web, {}, { servedBy: 'source', convert: false, inspect: false, declaredFormat: null }],
  ['the conductor looks when told to', web, { alwaysValidate: true }, { servedBy: 'source', inspect: true }],
  [
    'local is cached and converted',
    web,
    { downloadSource: 'local' },
    { servedBy: 'conductor', convert: true, inspect: true },
  ],
  [
    'without raw streaming nothing is converted',
    web,
    { downloadSource: 'local', streamRaw: false },
    { convert: false },
  ],
  ['without force_raw nothing is converted', web, { downloadSource: 'local', forceRaw: false }, { convert: false }],
  ['inspection can be off', web, { downloadSource: 'local', inspect: false }, { inspect: false }],
  [
    'a file is always local',
    { image_source: 'file:///var/lib/ironic/x' },
    {},
    { servedBy: 'conductor', checksum: { is: 'none' } },
  ],
  ['whole-disk may be said', { ...web, image_type: 'whole-disk', kernel: 'http://host/k' }, {}, { servedBy: 'source' }],
  ['the format is declared', { ...web, image_disk_format: 'QCOW2' }, {}, { declaredFormat: 'qcow2' }],
  ['the node chooses', { ...web, image_download_source: 'local' }, {}, { servedBy: 'conductor' }],
] as const) {
  test(`${when}`, () => expect(planImage(node(info), { ...usual, ...options })).toMatchObject(expected));
}

test('driver_info may choose the download source too', () => {
  expect(planImage(node(web, { image_download_source: 'local' }), usual).servedBy).toBe('conductor');
});

for (const [reason, info, options] of [
  ['instance_info.image_source is missing', {}, {}],
  ['image_checksum is missing', { image_source: web.image_source }, {}],
  ['instance_info.kernel says that it is a partition image', { ...web, kernel: 'http://host/k' }, {}],
  ['instance_info.ramdisk says', { ...web, ramdisk: 'r' }, {}],
  ['instance_info.image_type says', { ...web, image_type: 'partition' }, {}],
  ['neither whole-disk nor partition', { ...web, image_type: 'lvm' }, {}],
  ['it names a folder', { ...web, image_source: 'http://host/' }, {}],
  ['image of glance', { image_source: uuid }, {}],
  ['no object store is connected', web, { downloadSource: 'swift' }],
  ['[deploy]http_url cannot be used', web, { downloadSource: 'local', httpUrl: null }],
] as const) {
  test(`refused: ${reason}`, () => expect(() => planImage(node(info), { ...usual, ...options })).toThrow(reason));
}

const fromSource: PreparedImage = { servedBy: 'source', url: 'http://host/debian.qcow2', diskFormat: 'qcow2' };
const auth = { strategy: 'http_basic', user: 'u', password: 'p' };

test('image_info of an image that the agent pulls has the checksum as it was given', () => {
  const about = node(
    { ...web, image_os_hash_algo: 'sha512', image_os_hash_value: sha512, image_disk_format: 'qcow2' },
    { image_https_proxy: 'https://proxy:1', image_no_proxy: 'host2' },
  );
  const { reference } = planImage(about, usual);
  expect(imageInfoOf(about, reference, fromSource, { streamRaw: true, auth })).toEqual({
    id: 'debian.qcow2',
    urls: ['http://host/debian.qcow2'],
    disk_format: 'qcow2',
    container_format: 'bare',
    stream_raw_images: true,
    checksum: sha256,
    os_hash_algo: 'sha512',
    os_hash_value: sha512,
    image_server_auth_strategy: 'http_basic',
    image_server_user: 'u',
    image_server_password: 'p',
    proxies: { https: 'https://proxy:1' },
    no_proxy: 'host2',
    node_uuid: uuid,
  });
});

test('image_info of an image served here has its own checksum, and nobody else’s password', () => {
  const about = node({ ...web, image_checksum: 'a'.repeat(32), image_container_format: 'bare' });
  const url = servedUrl(usual, uuid);
  const prepared: PreparedImage = {
    servedBy: 'conductor',
    url,
    diskFormat: 'raw',
    checksum: { algorithm: 'sha256', value: sha256 },
    size: 5,
  };
  expect(url).toBe(`http://192.0.2.1:8080/agent_images/${uuid}`);
  expect(instanceInfoOf(prepared)).toEqual({
    image_url: url,
    image_disk_format: 'raw',
    image_checksum: null,
    image_os_hash_algo: 'sha256',
    image_os_hash_value: sha256,
  });
  expect(imageInfoOf(about, planImage(about, usual).reference, prepared, { streamRaw: true, auth })).toEqual({
    id: 'debian.qcow2',
    urls: [url],
    disk_format: 'raw',
    container_format: 'bare',
    stream_raw_images: true,
    os_hash_algo: 'sha256',
    os_hash_value: sha256,
    node_uuid: uuid,
  });
});

test('where the source moved to is stored', () => {
  const moved = { ...fromSource, url: 'http://mirror/x', movedTo: 'http://mirror/x' };
  expect(instanceInfoOf(moved)).toMatchObject({ image_source: 'http://mirror/x', image_url: 'http://mirror/x' });
});

for (const [size, streamed, fits] of [
  [900, false, true],
  [1000, false, false],
  [1000, true, true],
] as const) {
  test(`${size} MiB ${streamed ? 'streamed' : 'held'} ${fits ? 'fit' : 'do not fit'} into 1024`, () => {
    expect(memoryProblem({ size, streamed }, 1024, 100) === undefined).toBe(fits);
  });
}
