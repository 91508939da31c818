// Ingot as a process of its own behind a real keystone, simulated machines with BMCs, and a real nova that boots them.
import { type Rack, startRack } from '../../../src/sim/rack.ts';
import { type ApiNode, freePort, imageServer, siteSets } from '../site.ts';
import { asUser } from './ground.ts';
import { type OpenStack, startOpenStack } from './openstack.ts';

export interface NovaSite {
  readonly openstack: OpenStack;
  readonly rack: Rack;
  readonly resourceClass: string;
  /** The content of a whole-disk image. */
  readonly image: Uint8Array;
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  node(name: string): Promise<ApiNode & { instance_uuid: string | null }>;
  /** Machine `name` as a node that nova may use. */
  offer(name: string): Promise<void>;
  /** Resolves when the node rests in that state; throws at once when it has failed. */
  until(name: string, state: string): Promise<void>;
  /** Ask for a power state and return at once. */
  power(name: string, target: string): Promise<void>;
  killIngot(): Promise<void>;
  startIngot(): Promise<void>;
  close(): Promise<void>;
}

const resourceClass = 'metal';
/** So often Ingot compares its record with the BMCs. */
export const syncSeconds = 3;

/** `[keystone_authtoken]`, `[nova]` and what else an operator sets for a nova, as `--set` takes it. */
function openStackSets(openstack: OpenStack): string[] {
  const { url } = openstack.keystone;
  const section = (name: string, options: object) =>
    Object.entries(options).map(([option, value]) => `${name}.${option}=${value}`);
  const ironic = asUser({ url }, 'ironic');
  const { region_name: _, ...whoAmI } = ironic;
  return [
    'DEFAULT.auth_strategy=keystone',
    'DEFAULT.rbac_service_role_elevated_access=true',
    ...section('keystone_authtoken', { ...whoAmI, www_authenticate_uri: url }),
    ...section('nova', ironic),
    ...section('glance', ironic),
    `conductor.sync_power_state_interval=${syncSeconds}`,
    'conductor.force_power_state_during_sync=false',
  ];
}

export async function openNovaSite(machines: number): Promise<NovaSite> {
  const [apiPort, httpPort, tftpPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${apiPort}`;
  const openstack = await startOpenStack(url);
  const { daemons, keystone } = openstack;
  const rack = await startRack({
    count: machines,
    ipmi: '127.0.0.1:0',
    bootUrl: `http://127.0.0.1:${httpPort}`,
    speed: 100,
  });
  const images = await imageServer(256 * 1024);
  const sets = [
    ...siteSets(daemons.path('lib')),
    `api.port=${apiPort}`,
    `ingot.http_port=${httpPort}`,
    `ingot.tftp_port=${tftpPort}`,
    'api.host_ip=127.0.0.1',
    `conductor.deploy_kernel=http://127.0.0.1:${images.port}/kernel`,
    `conductor.deploy_ramdisk=http://127.0.0.1:${images.port}/ramdisk`,
    ...openStackSets(openstack),
  ].flatMap((set) => ['--set', set]);
  const close = async () => {
    await rack.close();
    images.server.closeAllConnections();
    images.server.close();
    await openstack.close();
  };
  const startIngot = async () => {
    const args = ['--disable-warning=ExperimentalWarning', 'src/main.ts', 'serve', ...sets];
    await daemons.start('ingot', { command: process.execPath, args });
    await daemons.until('ingot', async () => (await fetch(`${url}/v1`)).ok);
  };
  try {
    await startIngot();
    await openstack.startCompute();
  } catch (error) {
    await close();
    throw error;
  }
  const token = await keystone.token('admin', { system: true });
  const api = apiWith(url, token);
  const node: NovaSite['node'] = (name) => api('GET', `/v1/nodes/${name}`);
  const until = async (name: string, state: string) => {
    for (;;) {
      const seen = await node(name);
      if (seen.reservation === null && seen.target_power_state === null && seen.provision_state === state) return;
      if (/ failed$|^error$/.test(seen.provision_state))
        throw new Error(`${name} is in "${seen.provision_state}", not in ${state}: ${seen.last_error}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    openstack,
    rack,
    resourceClass,
    image: wholeDisk(),
    api,
    node,
    until,
    async offer(name) {
      const machine = rack.descriptions.find((d) => d.name === name)!;
      const driver_info = {
        ipmi_address: machine.address,
        ipmi_port: machine.port,
        ipmi_username: machine.username,
        ipmi_password: machine.password,
      };
      const properties = { cpus: 1, memory_mb: 1024, local_gb: 10, cpu_arch: 'x86_64' };
      const fresh = { name, driver: 'ipmi', resource_class: resourceClass, properties, driver_info };
      const { uuid } = await api<ApiNode>('POST', '/v1/nodes', fresh);
      for (const address of machine.macs) await api('POST', '/v1/ports', { node_uuid: uuid, address });
      for (const [target, state] of [
        ['manage', 'manageable'],
        ['provide', 'available'],
      ] as const) {
        await api('PUT', `/v1/nodes/${name}/states/provision`, { target });
        await until(name, state);
      }
    },
    power: (name, target) => api('PUT', `/v1/nodes/${name}/states/power`, { target }),
    killIngot: () => daemons.stop('ingot', 'SIGKILL'),
    startIngot,
    close,
  };
}

function apiWith(url: string, token: string): NovaSite['api'] {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = {
      'X-Auth-Token': token,
      'X-OpenStack-Ironic-API-Version': 'latest',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const reply = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
}

function wholeDisk(): Uint8Array {
  const content = Buffer.alloc(1 << 20, 'a whole disk ');
  content[510] = 0x55; // an MBR: what inspectors know as a disk
  content[511] = 0xaa;
  return content;
}
