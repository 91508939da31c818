// The ramdisk that `ingot ramdisk build` makes, with the unmodified agent in it, booted in QEMU.
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { QemuBody } from '#sim/qemu-body.ts';
import { AgentClient } from '../setup/lab/agent-client.ts';
import { ensureTargetImage, makeConfigDrive, type TargetImage } from '../setup/lab/target-image.ts';
import { ensureRamdisk } from '../setup/ramdisk.ts';

const mac = '52:54:00:77:00:20';
const token = 'x'.repeat(43);
const node = '11111111-2222-3333-4444-555555555555';
const patience = { timeout: 480_000, interval: 200 };
const calls: { method: string; url: URL; body: string }[] = [];
let server: Server;
let folder: string;
let image: TargetImage;
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
  calls.push({ method: request.method ?? '', url, body });
  const send = (status: number, document: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  };
  if (url.pathname === '/target.qcow2') createReadStream(image.qcow2).pipe(response);
  else if (request.method === 'POST') send(202, null);
  else if (url.pathname === '/') send(200, root);
  else if (url.pathname === '/v1/lookup') send(200, lookup);
  else send(404, {});
}

beforeAll(async () => {
  image = await ensureTargetImage();
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

const since = (begun: number) => ((performance.now() - begun) / 1000).toFixed(1);

/** A UEFI machine that starts the ramdisk itself, without a network boot; `more` decides what it starts. */
const machine = (agentPort: number, more: string[]) =>
  QemuBody.open({
    name: 'agent',
    firmware: 'uefi',
    memoryMiB: 1024,
    cpus: 2,
    disks: [{ path: join(folder, 'disk.raw'), sizeGiB: 5 }],
    nics: [{ mac, link: { netdev: `user,hostfwd=tcp:127.0.0.1:${agentPort}-:9999` } }],
    runDir: join(folder, 'agent'),
    serialLog: join(folder, 'serial.log'),
    more,
  });

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const seen = (method: string, path: string) =>
  vi.waitFor(() => {
    const call = calls.find((one) => one.method === method && one.url.pathname === path);
    expect(call, `${method} ${path}`).toBeDefined();
    return call!;
  }, patience);

async function configDrive(content: object): Promise<string> {
  const file = join(folder, 'config.iso');
  await makeConfigDrive(file, content);
  return gzipSync(await readFile(file)).toString('base64');
}

test('the agent in it cleans, writes an image with a config drive, makes it bootable and goes; the system comes up', async () => {
  const { port } = server.address() as AddressInfo;
  const here = `http://10.0.2.2:${port}`;
  const agentPort = await freePort();
  const kernelLine = `console=ttyS0 quiet ipa-api-url=${here} BOOTIF=${mac}`;
  const bodies: QemuBody[] = [];
  const begun = performance.now();
  const say = (what: string) => console.log(`${since(begun).padStart(6)} s  ${what}`);
  try {
    const body = await machine(agentPort, ['-kernel', built.kernel, '-initrd', built.ramdisk, '-append', kernelLine]);
    bodies.push(body);
    await body.set('on', { device: 'pxe' });
    const asked = await seen('GET', '/v1/lookup');
    expect(asked.url.searchParams.get('addresses')).toBe(mac);
    say('lookup');
    const beat = JSON.parse((await seen('POST', `/v1/heartbeat/${node}`)).body);
    expect(beat).toMatchObject({ agent_token: token, callback_url: expect.stringMatching(/^https:.*:9999$/) });
    say('heartbeat');

    const agent = new AgentClient(agentPort, token, beat.agent_verify_ca);
    const about = { node: lookup.node, ports: [{ address: mac }] };
    const found = (await agent.run('clean.get_clean_steps', about)).command_result as {
      clean_steps: Record<string, { step: string; interface: string }[]>;
      hardware_manager_version: object;
    };
    const erase = found.clean_steps.GenericHardwareManager?.find((step) => step.step === 'erase_devices_metadata');
    const clean = { ...about, step: erase, clean_version: found.hardware_manager_version };
    await agent.run('clean.execute_clean_step', clean);
    say('disk metadata erased');

    const imageInfo = {
      id: 'target',
      urls: [`${here}/target.qcow2`],
      disk_format: 'qcow2',
      container_format: 'bare',
      stream_raw_images: true,
      os_hash_algo: 'sha512',
      os_hash_value: image.qcow2Sha512,
      node_uuid: node,
    };
    const meta = { uuid: node, meta: { phone_home: `${here}/home` } };
    const args = { image_info: imageInfo, configdrive: await configDrive(meta) };
    const write = { step: 'write_image', interface: 'deploy', priority: 80, args };
    const deploy = await agent.run('deploy.get_deploy_steps', about);
    const deploy_version = deploy.command_result?.hardware_manager_version;
    await agent.run('deploy.execute_deploy_step', { ...about, step: write, deploy_version });
    say('image and config drive written');
    const boot = { root_uuid: null, efi_system_part_uuid: null, prep_boot_part_uuid: null, target_boot_mode: 'uefi' };
    await agent.run('image.install_bootloader', boot);
    say('boot entry made');
    await agent.run('standby.power_off', {});
    await vi.waitFor(() => expect(body.power()).toBe('off'), patience);
    say('off');
    await body.close();

    const deployed = await machine(agentPort, []);
    bodies.push(deployed);
    await deployed.set('on', { device: 'disk' });
    const home = await seen('POST', '/home');
    say(`phoned home from ${home.url.searchParams.get('drive')}`);
    expect(JSON.parse(home.body)).toMatchObject({ uuid: node });
    expect(home.url.searchParams.get('firmware')).toBe('efi');
    expect(home.url.searchParams.get('drive')).toBe('/dev/vda3');
  } catch (error) {
    const said = (await readFile(join(folder, 'serial.log'), 'latin1').catch(() => '')).split('\n');
    console.log(said.slice(-80).join('\n'));
    throw error;
  } finally {
    for (const body of bodies) await body.close();
  }
}, 900_000);
