// A whole site in one process, for journeys: Ingot on an embedded database, boot files on loopback, a rack of simulated
// machines, a small image, and the API as clients use it.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '#base/log.ts';
import { type Running, serve } from '../../src/serve/serve.ts';
import { type Rack, type RackOptions, startRack } from '../../src/sim/rack.ts';

export interface ApiNode {
  readonly uuid: string;
  readonly name: string | null;
  readonly provision_state: string;
  readonly target_provision_state: string | null;
  readonly power_state: string | null;
  readonly target_power_state: string | null;
  readonly last_error: string | null;
  readonly maintenance: boolean;
  readonly fault: string | null;
  readonly reservation: string | null;
  readonly driver_internal_info: Record<string, unknown>;
}

export interface Site {
  readonly running: Running;
  readonly rack: Rack;
  readonly image: { url: string; sha256: string; size: number };
  readonly folder: string;
  /** A request to the API; throws with status and sentence unless it is a success. */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  node(name: string): Promise<ApiNode>;
  /** Enroll machine `name` of the rack over the API, with its ports. */
  enroll(name: string, driverInfo?: Record<string, unknown>): Promise<ApiNode>;
  provision(name: string, target: string, more?: Record<string, unknown>): Promise<void>;
  /** Resolves when the node rests in one of the states; throws at once when it rests in another. */
  until(name: string, ...states: string[]): Promise<ApiNode>;
  /** Breaks off every image download after so many bytes; undefined serves whole images again. */
  breakImageAfter(bytes: number | undefined): void;
  close(): Promise<void>;
}

export const siteSets = (folder: string): string[] => [
  `ingot.data_dir=${join(folder, 'data')}`,
  'ingot.boot_address=127.0.0.1',
  'ingot.boot_mode=off',
  'DEFAULT.host=site',
  'ingot.drain_seconds=0',
  'DEFAULT.enabled_hardware_types=fake-hardware,ipmi,manual-management',
  'DEFAULT.enabled_network_interfaces=noop,flat',
  'DEFAULT.default_network_interface=noop',
  'DEFAULT.enabled_deploy_interfaces=fake,direct',
  'DEFAULT.enabled_boot_interfaces=ipxe,pxe,fake',
  'conductor.deploy_kernel=http://127.0.0.1:9/kernel',
  'conductor.deploy_ramdisk=http://127.0.0.1:9/ramdisk',
  'conductor.node_locked_retry_interval=1',
];

export async function openSite(
  options: { machines?: number; sets?: readonly string[]; rack?: Partial<RackOptions>; imageBytes?: number } = {},
): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-site-'));
  const images = await imageServer(options.imageBytes ?? 3 * 1024 * 1024);
  const kernelUrl = `http://127.0.0.1:${images.port}`;
  const [apiPort, httpPort, tftpPort] = [await freePort(), await freePort(), await freePort()];
  const ports = [`api.port=${apiPort}`, `ingot.http_port=${httpPort}`, `ingot.tftp_port=${tftpPort}`];
  const sets = [
    ...siteSets(folder),
    ...ports,
    `conductor.deploy_kernel=${kernelUrl}/kernel`,
    `conductor.deploy_ramdisk=${kernelUrl}/ramdisk`,
  ];
  const running = await serve({ sets: [...sets, ...(options.sets ?? [])], log: silent });
  const rack = await startRack({
    count: options.machines ?? 1,
    ipmi: '127.0.0.1:0',
    bootUrl: running.bootUrl,
    speed: 100,
    ...options.rack,
  });
  const api = apiOf(running.url);
  const node = (name: string) => api<ApiNode>('GET', `/v1/nodes/${name}`);
  return {
    running,
    rack,
    image: images.image,
    folder,
    api,
    node,
    async enroll(name, driverInfo = {}) {
      const machine = rack.descriptions.find((d) => d.name === name)!;
      const created = await api<ApiNode>('POST', '/v1/nodes', {
        name,
        driver: 'ipmi',
        driver_info: {
          ipmi_address: machine.address,
          ipmi_port: machine.port,
          ipmi_username: machine.username,
          ipmi_password: machine.password,
          ...driverInfo,
        },
        instance_info: { image_source: images.image.url, image_checksum: images.image.sha256 },
      });
      for (const address of machine.macs) await api('POST', '/v1/ports', { node_uuid: created.uuid, address });
      return created;
    },
    provision: (name, target, more = {}) => api('PUT', `/v1/nodes/${name}/states/provision`, { target, ...more }),
    async until(name, ...states) {
      for (;;) {
        const seen = await node(name);
        const rests = seen.reservation === null && seen.target_power_state === null;
        if (rests && states.includes(seen.provision_state)) return seen;
        if (
          rests &&
          (seen.target_provision_state === null || / failed$|^error$/.test(seen.provision_state)) &&
          seen.last_error
        )
          throw new Error(
            `${name} came to rest in "${seen.provision_state}", not in ${states.join(' or ')}: ${seen.last_error}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    breakImageAfter: images.breakAfter,
    async close() {
      await rack.close();
      await running.stop();
      images.server.closeAllConnections();
      images.server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function apiOf(url: string) {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: {
        'X-OpenStack-Ironic-API-Version': 'latest',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
}

/**
 * A port that nobody has, below those the kernel hands out for connections (net.ipv4.ip_local_port_range): what a killed
 * service leaves is not taken by somebody else's connection before the service is back.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    if (given.has(port)) continue;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '0.0.0.0', () => resolve(true));
    });
    if (!free) continue;
    given.add(port);
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

const given = new Set<number>();

export async function imageServer(bytes: number) {
  const content = Buffer.alloc(bytes, 'ingot demo image ');
  content[510] = 0x55; // an MBR: a whole-disk image that inspectors know
  content[511] = 0xaa;
  let limit: number | undefined;
  const server: Server = createServer((request, response) => {
    if (request.url !== '/image.raw') return void response.writeHead(200, { 'Content-Length': 4 }).end('boot');
    response.writeHead(200, { 'Content-Length': content.length, 'Content-Type': 'application/octet-stream' });
    if (request.method === 'HEAD') return void response.end();
    if (limit === undefined) return void response.end(content);
    breakOff(response, content.subarray(0, limit));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    server,
    port,
    image: { url: `http://127.0.0.1:${port}/image.raw`, sha256, size: bytes },
    breakAfter: (n: number | undefined) => {
      limit = n;
    },
  };
}

function breakOff(response: ServerResponse, part: Buffer): void {
  response.write(part, () => response.destroy());
}
