// The ramdisk that `ingot ramdisk build` makes, with the unmodified agent in it, booted in QEMU.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { QemuBody } from '#sim/qemu-body.ts';
import { ensureLabPackages } from '../setup/lab/packages.ts';
import { ensureRamdisk } from '../setup/ramdisk.ts';

const mac = '52:54:00:77:00:20';
const node = '11111111-2222-3333-4444-555555555555';
const patience = { timeout: 240_000, interval: 200 };
const calls: { seconds: number; method: string; url: URL; body: string }[] = [];
const started = performance.now();
let server: Server;
let folder: string;
let built: Awaited<ReturnType<typeof ensureRamdisk>>;

const root = {
  name: 'OpenStack Ironic API',
  default_version: { id: 'v1', version: '1.99', min_version: '1.1', status: 'CURRENT', links: [] },
  versions: [],
};
const lookup = {
  node: { uuid: node, properties: {}, instance_info: {}, driver_internal_info: {} },
  config: {
    metrics: { backend: 'noop' },
    heartbeat_timeout: 300,
    agent_token: 'x'.repeat(43),
    agent_token_required: true,
  },
};

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = new URL(request.url ?? '/', 'http://ingot');
  calls.push({ seconds: (performance.now() - started) / 1000, method: request.method ?? '', url, body });
  const send = (status: number, document: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  };
  if (request.method === 'POST') send(202, null);
  else if (url.pathname === '/') send(200, root);
  else if (url.pathname === '/v1/lookup') send(200, lookup);
  else send(404, {});
}

beforeAll(async () => {
  await ensureLabPackages();
  built = await ensureRamdisk();
  folder = await mkdtemp(join(tmpdir(), 'ingot-ramdisk-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 900_000);

afterAll(async () => {
  server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('kernel, ramdisk and manifest are there, and the manifest says what they are', async () => {
  const manifest = JSON.parse(await readFile(join(dirname(built.kernel), 'manifest.json'), 'utf8'));
  expect(manifest.agent).toMatch(/^\d+\.\d+/);
  expect(manifest.files['ironic-python-agent.kernel'].bytes).toBe((await stat(built.kernel)).size);
  expect(manifest.files['ironic-python-agent.initramfs'].bytes).toBe((await stat(built.ramdisk)).size);
  expect(Object.keys(manifest.debian)).toContain('qemu-utils');
});

test('the agent in it finds its NIC, asks for its node and sends a heartbeat', async () => {
  const { port } = server.address() as AddressInfo;
  const serialLog = join(folder, 'serial.log');
  const kernelLine = `console=ttyS0 quiet ipa-api-url=http://10.0.2.2:${port} BOOTIF=${mac}`;
  const body = await QemuBody.open({
    name: 'agent',
    firmware: 'bios',
    memoryMiB: 1024,
    cpus: 2,
    disks: [{ path: join(folder, 'disk.raw'), sizeGiB: 5 }],
    nics: [{ mac, link: { netdev: 'user' } }],
    runDir: join(folder, 'agent'),
    serialLog,
    more: ['-kernel', built.kernel, '-initrd', built.ramdisk, '-append', kernelLine],
  });
  try {
    const begun = performance.now();
    await body.set('on', { device: 'pxe' });
    const seen = (method: string, path: string) =>
      vi.waitFor(() => {
        const call = calls.find((one) => one.method === method && one.url.pathname === path);
        expect(call, `${method} ${path}`).toBeDefined();
        console.log(`${method} ${path} after ${(call!.seconds - (begun - started) / 1000).toFixed(1)} s`);
        return call!;
      }, patience);
    const asked = await seen('GET', '/v1/lookup');
    expect(asked.url.searchParams.get('addresses')).toBe(mac);
    const beat = JSON.parse((await seen('POST', `/v1/heartbeat/${node}`)).body);
    expect(beat).toMatchObject({ agent_token: 'x'.repeat(43), callback_url: expect.stringMatching(/^https:.*:9999$/) });

    await body.set('soft', { device: 'pxe' });
    await vi.waitFor(() => expect(body.power()).toBe('off'), patience);
  } catch (error) {
    console.log((await readFile(serialLog, 'latin1').catch(() => '')).split('\n').slice(-60).join('\n'));
    throw error;
  } finally {
    await body.close();
  }
});
