import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { ImageCache } from './cache.ts';
import { ImageClient } from './http-client.ts';
import { type ImageOptions, planImage } from './plan.ts';
import { type ImageTools, prepareImage, releaseImage } from './prepare.ts';

const uuid = '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10';
const hash = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex');
const raw = Buffer.alloc(50_000, 'disk');
const qcow2 = Buffer.alloc(196_608);
qcow2.write('QFI\xfb\0\0\0\x03', 0, 'latin1');
qcow2.writeUInt32BE(16, 20);
qcow2.writeBigUInt64BE(1_000_000n, 24);
qcow2.writeUInt32BE(104, 100);

let root = '';
let server: Server;
let base = '';
let requests: string[] = [];
const client = new ImageClient({ connectTimeout: 5_000, stallTimeout: 5_000 });

function answer(request: IncomingMessage, response: ServerResponse) {
  requests.push(`${request.method} ${request.url}`);
  const files: Record<string, Buffer | string> = {
    '/raw.img': raw,
    '/disk.qcow2': qcow2,
    '/SUMS': `${hash('sha512', raw)}  raw.img\n`,
    '/page': '<html></html>',
  };
  if (request.url === '/old.img') return response.writeHead(302, { location: '/raw.img' }).end();
  if (request.url === '/nohead.img') return response.writeHead(405).end();
  const body = files[request.url ?? ''];
  if (body === undefined) return response.writeHead(404).end();
  response.writeHead(200, {
    'content-length': Buffer.byteLength(body),
    'content-type': request.url === '/page' ? 'text/html; charset=utf-8' : 'application/octet-stream',
  });
  return response.end(request.method === 'HEAD' ? undefined : body);
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prepare-'));
  requests = [];
});
afterEach(() => rmSync(root, { recursive: true }));

async function prepare(info: Record<string, unknown>, change: Partial<ImageOptions> = {}, searchPath = '') {
  const options: ImageOptions = {
    downloadSource: 'local',
    forceRaw: true,
    rawGrowth: 2,
    streamRaw: true,
    allowMd5: true,
    allowChecksumFiles: true,
    permittedFormats: ['raw', 'gpt', 'qcow2', 'iso'],
    alwaysValidate: false,
    inspect: true,
    allowedFolders: [join(root, 'images')],
    httpUrl: 'http://192.0.2.1:8080/',
    httpRoot: join(root, 'http'),
    httpImageSubdir: 'agent_images',
    ...change,
  };
  const limits = { maxBytes: 0, maxAge: 0, concurrency: 4 };
  const cache = new ImageCache({ folder: join(root, 'masters'), clock: systemClock, log: silent, ...limits });
  await cache.open([join(root, 'http', 'agent_images')]);
  const convert = { searchPath, memoryLimit: 0, timeout: 20_000, attempts: 1 };
  const tools: ImageTools = { client, cache, clock: systemClock, options, convert };
  const plan = planImage({ uuid, instance_info: info, driver_info: {} }, options);
  return { tools, got: await prepareImage(plan, uuid, tools) };
}

const served = () => join(root, 'http', 'agent_images', uuid);
const of = (path: string, bytes: Buffer) => ({ image_source: base + path, image_checksum: hash('sha256', bytes) });

test('a web image is cached, linked for the node, and let go again', async () => {
  const { got, tools } = await prepare(of('/raw.img', raw));
  expect(got).toEqual({
    servedBy: 'conductor',
    url: `http://192.0.2.1:8080/agent_images/${uuid}`,
    checksum: { algorithm: 'sha256', value: hash('sha256', raw) },
    diskFormat: 'raw',
    size: raw.length,
    virtualSize: raw.length,
  });
  expect(readFileSync(served()).equals(raw)).toBe(true);
  await prepare(of('/raw.img', raw));
  expect(requests).toEqual(['GET /raw.img']);
  expect(statSync(served()).nlink).toBe(2);
  await releaseImage(uuid, tools);
  expect(existsSync(served())).toBe(false);
  expect(readdirSync(join(root, 'masters')).length).toBe(2);
});

test('a local file needs no checksum; its own is computed', async () => {
  mkdirSync(join(root, 'images'));
  writeFileSync(join(root, 'images', 'x.img'), raw);
  const { got } = await prepare({ image_source: `file://${root}/images/x.img` });
  expect(got.checksum).toEqual({ algorithm: 'sha256', value: hash('sha256', raw) });
  await expect(prepare({ image_source: 'file:///etc/hostname' })).rejects.toThrow('file_url_allowed_paths');
});

test('a checksum file is read', async () => {
  const { got } = await prepare({ image_source: `${base}/raw.img`, image_checksum: `${base}/SUMS` });
  expect(got.checksum).toEqual({ algorithm: 'sha512', value: hash('sha512', raw) });
});

for (const [reason, info, change] of [
  ['There is no image', () => ({ image_source: `${base}/none.img`, image_checksum: 'a'.repeat(64) }), {}],
  ['sha256 checksum of', () => of('/raw.img', qcow2), {}],
  [
    'image_disk_format says qcow2, but its content is raw',
    () => ({ ...of('/raw.img', raw), image_disk_format: 'qcow2' }),
    {},
  ],
  ['permitted_image_formats has only raw', () => of('/disk.qcow2', qcow2), { permittedFormats: ['raw'] }],
  ['qemu-img is not installed here', () => of('/disk.qcow2', qcow2), {}],
  ['text/html', () => of('/page', raw), { downloadSource: 'http' }],
  ['There is no image', () => of('/none', raw), { downloadSource: 'http' }],
] as const) {
  test(`refused, and nothing is left: ${reason}`, async () => {
    await expect(prepare(info(), change as Partial<ImageOptions>)).rejects.toThrow(reason);
    expect(readdirSync(join(root, 'masters'))).toEqual([]);
    expect(existsSync(served())).toBe(false);
  });
}

function fakeQemuImg(script: string): string {
  const bin = join(root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'qemu-img'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'qemu-img'), 0o755);
  return bin;
}

test('a qcow2 image is converted, and its checksum computed anew: sha256 in place of md5', async () => {
  const path = fakeQemuImg('[ "$1 $2 $3 $4 $5" = "convert -f qcow2 -O raw" ] || exit 3; printf converted > "$7"');
  const info = { image_source: `${base}/disk.qcow2`, image_checksum: hash('md5', qcow2) };
  const { got } = await prepare(info, {}, path);
  expect(got).toMatchObject({ diskFormat: 'raw', size: 9 });
  expect(got.checksum).toEqual({ algorithm: 'sha256', value: hash('sha256', Buffer.from('converted')) });
  const strong = { image_source: `${base}/disk.qcow2`, image_checksum: hash('sha512', qcow2) };
  expect((await prepare(strong, {}, path)).got.checksum?.algorithm).toBe('sha512');
});

test('a conversion that fails says what qemu-img said', async () => {
  const path = fakeQemuImg('echo "qemu-img: Image is corrupt" >&2; exit 1');
  await expect(prepare(of('/disk.qcow2', qcow2), {}, path)).rejects.toThrow(
    'qemu-img ended with 1: qemu-img: Image is corrupt',
  );
  expect(readdirSync(join(root, 'masters'))).toEqual([]);
});

test('a qcow2 image stays qcow2 when raw is not forced', async () => {
  const { got } = await prepare(of('/disk.qcow2', qcow2), { forceRaw: false });
  expect(got).toMatchObject({ diskFormat: 'qcow2', size: qcow2.length, virtualSize: 1_000_000 });
});

test('for an agent that pulls, the source is only looked up, and where it moved to is told', async () => {
  const { got } = await prepare(of('/old.img', raw), { downloadSource: 'http' });
  const url = `${base}/raw.img`;
  expect(got).toEqual({ servedBy: 'source', url, movedTo: url, diskFormat: null, size: raw.length });
  expect(requests).toEqual(['HEAD /old.img', 'HEAD /raw.img', 'GET /raw.img']);
});

test('an agent that pulls is told the format that the first bytes show', async () => {
  const { got } = await prepare(of('/disk.qcow2', qcow2), { downloadSource: 'http' });
  expect(got).toMatchObject({ servedBy: 'source', diskFormat: 'qcow2' });
});

test('a source with credentials is left where it is, for the agent to be let in', async () => {
  const url = `${base.replace('//', '//u:p@')}/old.img`;
  const { got } = await prepare({ image_source: url, image_checksum: 'a'.repeat(64) }, { downloadSource: 'http' });
  expect(got).toMatchObject({ url });
  expect(got).not.toHaveProperty('movedTo');
});

test('a server without HEAD is left to the agent', async () => {
  const { got } = await prepare(of('/nohead.img', raw), { downloadSource: 'http' });
  expect(got).toMatchObject({ servedBy: 'source', url: `${base}/nohead.img`, diskFormat: null });
});

test('with conductor_always_validates_images the conductor looks at what the agent will pull', async () => {
  const { got } = await prepare(of('/disk.qcow2', qcow2), { downloadSource: 'http', alwaysValidate: true });
  expect(got).toMatchObject({ url: `${base}/disk.qcow2`, diskFormat: 'qcow2', virtualSize: 1_000_000 });
  const hostile = { ...of('/raw.img', raw), image_disk_format: 'qcow2' };
  const options = { downloadSource: 'http', alwaysValidate: true } as const;
  await expect(prepare(hostile, options)).rejects.toThrow('image_disk_format says qcow2');
});
