// Runs inside a network namespace of its own: Ingot on the bridge, two QEMU machines (BIOS and UEFI) with IPMI BMCs, the
// unmodified agent. Walks both machines the whole way and prints one JSON line per phase; exits 0 when both arrived.

import { createReadStream, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { makeLog } from '../../../src/serve/log.ts';
import { serve } from '../../../src/serve/serve.ts';
import { qemuBodies } from '../../../src/sim/qemu-rack.ts';
import { type MachineDescription, startRack } from '../../../src/sim/rack.ts';

interface Order {
  readonly folder: string;
  readonly bridge: string;
  readonly address: string;
  readonly kernel: string;
  readonly ramdisk: string;
  readonly image: string;
  readonly sha256: string;
}

interface Seen {
  readonly uuid: string;
  readonly provision_state: string;
  readonly target_provision_state: string | null;
  readonly power_state: string | null;
  readonly reservation: string | null;
  readonly last_error: string | null;
}

const order = JSON.parse(process.argv[2]!) as Order;
const started = Date.now();
const say = (machine: string, phase: string, since: number) =>
  process.stdout.write(
    `${JSON.stringify({ machine, phase, seconds: (Date.now() - since) / 1000, at: (Date.now() - started) / 1000 })}\n`,
  );

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const phonedHome = new Map<string, { firmware: string | null; body: unknown }>();

const web = createServer((request, response) => {
  const url = new URL(request.url ?? '/', `http://${order.address}`);
  if (url.pathname === '/image.raw') {
    const { size } = statSync(order.image);
    response.writeHead(200, { 'Content-Length': size, 'Content-Type': 'application/octet-stream' });
    if (request.method === 'HEAD') response.end();
    else createReadStream(order.image).pipe(response);
    return;
  }
  let text = '';
  request.on('data', (part: Buffer) => {
    text += part;
  });
  request.on('end', () => {
    const mac = url.searchParams.get('mac') ?? 'unknown';
    phonedHome.set(mac, { firmware: url.searchParams.get('firmware'), body: JSON.parse(text || 'null') });
    response.end('ok');
  });
});
await new Promise<void>((resolve) => web.listen(8000, order.address, resolve));

const running = await serve({
  env: {},
  sets: [
    `ingot.data_dir=${join(order.folder, 'data')}`,
    `ingot.boot_interface=${order.bridge}`,
    'ingot.log_level=debug',
    'ingot.log_format=text',
    'DEFAULT.host=lab',
    'DEFAULT.enabled_hardware_types=ipmi',
    'DEFAULT.enabled_deploy_interfaces=direct',
    'DEFAULT.enabled_boot_interfaces=ipxe,pxe',
    'DEFAULT.default_network_interface=flat',
    `conductor.deploy_kernel=file://${order.kernel}`,
    `conductor.deploy_ramdisk=file://${order.ramdisk}`,
    'conductor.deploy_callback_timeout=900',
    'conductor.clean_callback_timeout=900',
    'pxe.kernel_append_params=console=ttyS0,115200 nofb',
    'deploy.power_off_after_deploy_failure=false',
  ],
  log: makeLog({ level: 'debug', format: 'text' }),
});

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const reply = await fetch(`${running.url}${path}`, {
    method,
    headers: { 'X-OpenStack-Ironic-API-Version': 'latest', 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

async function until(name: string, wanted: string): Promise<Seen> {
  let before = '';
  for (;;) {
    const seen = await api<Seen>('GET', `/v1/nodes/${name}`);
    if (seen.provision_state !== before) say(name, `  ${seen.provision_state}`, started);
    before = seen.provision_state;
    if (seen.reservation === null && seen.provision_state === wanted) return seen;
    if (seen.reservation === null && /failed$|^error$|^enroll$/.test(seen.provision_state) && seen.last_error)
      throw new Error(`${name} is "${seen.provision_state}" instead of "${wanted}": ${seen.last_error}`);
    await pause(200);
  }
}

async function phase(name: string, what: string, work: () => Promise<unknown>): Promise<void> {
  const since = Date.now();
  await work();
  say(name, what, since);
}

const go = (name: string, target: string, more = {}) =>
  api('PUT', `/v1/nodes/${name}/states/provision`, { target, ...more });

async function wholeWay(firmware: 'bios' | 'uefi', machine: MachineDescription): Promise<void> {
  const { name } = machine;
  const created = await api<Seen>('POST', '/v1/nodes', {
    name,
    driver: 'ipmi',
    driver_info: {
      ipmi_address: machine.address,
      ipmi_port: machine.port,
      ipmi_username: machine.username,
      ipmi_password: machine.password,
    },
    properties: { capabilities: `boot_mode:${firmware}` },
    instance_info: { image_source: `http://${order.address}:8000/image.raw`, image_checksum: order.sha256 },
  });
  for (const address of machine.macs) await api('POST', '/v1/ports', { node_uuid: created.uuid, address });
  await phase(name, 'enroll and manage', async () => {
    await go(name, 'manage');
    await until(name, 'manageable');
  });
  await phase(name, 'provide: cleaned by the agent', async () => {
    await go(name, 'provide');
    await until(name, 'available');
  });
  await phase(name, 'deploy', async () => {
    await go(name, 'active', {
      configdrive: {
        meta_data: { phone_home: `http://${order.address}:8000/home`, marker: `${name}-${created.uuid}` },
      },
    });
    await until(name, 'active');
  });
  await phase(name, 'the deployed system phoned home', async () => {
    const mac = machine.macs[0]!;
    const patience = Date.now() + 300_000;
    while (!phonedHome.has(mac)) {
      if (Date.now() > patience) throw new Error(`${name} did not phone home`);
      await pause(200);
    }
    const heard = phonedHome.get(mac)!;
    const meta = heard.body as { marker?: string; uuid?: string };
    if (meta.marker !== `${name}-${created.uuid}`) throw new Error(`phoned home with ${JSON.stringify(heard)}`);
    const expected = firmware === 'bios' ? 'pc' : 'efi';
    if (heard.firmware !== expected) throw new Error(`booted by ${heard.firmware}, not by ${expected}`);
  });
  await phase(name, 'undeploy: torn down and cleaned', async () => {
    await go(name, 'deleted');
    await until(name, 'available');
  });
}

const racks = await Promise.all(
  (['bios', 'uefi'] as const).map((firmware, n) =>
    startRack({
      count: 1,
      ipmi: '127.0.0.1:0',
      nics: 1,
      namePrefix: firmware,
      body: qemuBodies({ folder: join(order.folder, 'machines'), firmware, link: { tapPrefix: `${firmware}tap` } }),
    }).then((rack) => ({ firmware, rack, n })),
  ),
);
const ends = await Promise.allSettled(racks.map(({ firmware, rack }) => wholeWay(firmware, rack.descriptions[0]!)));
const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
for (const { rack } of racks) {
  const name = rack.descriptions[0]!.name;
  const timeline = await api<unknown>('GET', `/v1/nodes/${name}/history?detail=true`).catch(String);
  await writeFile(join(order.folder, `${name}-history.json`), JSON.stringify(timeline, null, 1));
}
for (const { rack } of racks) await rack.close();
await running.stop();
web.closeAllConnections();
web.close();
for (const failure of failures) process.stdout.write(`${JSON.stringify({ failure })}\n`);
process.exit(failures.length ? 1 : 0);
