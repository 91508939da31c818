// A real OpenStack of Debian on loopback: keystone, placement, glance, neutron's server, and nova with its ironic driver.
import { ensureApt } from '../apt.ts';
import { type Keystone, keystoneAt, prepareKeystone } from '../keystone.ts';
import { freePort } from '../site.ts';
import { Daemons } from './daemons.ts';
import { startGlance } from './glance.ts';
import { answers, type Ground } from './ground.ts';
import { type MariaDb, startMariaDb } from './mariadb.ts';
import { startNeutron } from './neutron.ts';
import { prepareNova } from './nova.ts';
import { type NovaClient, novaClient } from './nova-client.ts';
import { startPlacement } from './placement.ts';
import { startRabbitMq } from './rabbitmq.ts';
import { type RecordingProxy, recordingProxy } from './recording-proxy.ts';

const packages = [
  'python3-keystone',
  'mariadb-server',
  'rabbitmq-server',
  'python3-pymysql',
  'python3-placement',
  'glance-api',
  'neutron-server',
  'python3-ironic-neutron-agent',
  'nova-api',
  'nova-conductor',
  'nova-scheduler',
  'nova-compute-ironic',
];

/** States as nova's table of instances has them. */
export interface InstanceRow {
  readonly power: 'on' | 'off' | string;
  readonly vm: string;
  readonly task: string | null;
}

export interface OpenStack {
  readonly keystone: Keystone;
  readonly nova: NovaClient;
  /** What Ingot tells nova goes through here. */
  readonly proxy: RecordingProxy;
  readonly daemons: Daemons;
  /** The instance in nova's database. */
  instance(id: string): Promise<InstanceRow>;
  startCompute(): Promise<void>;
  stopNovaApi(): Promise<void>;
  startNovaApi(): Promise<void>;
  close(): Promise<void>;
}

/** Some 80 s, and a minute more where the packages are not there yet. `ironic`: URL of the Bare Metal API to be. */
export async function startOpenStack(ironic: string): Promise<OpenStack> {
  await ensureApt(packages);
  const daemons = await Daemons.open('ingot-openstack');
  const ends: (() => unknown)[] = [() => daemons.close()];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await build(daemons, ironic, ends, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(daemons: Daemons, ironic: string, ends: (() => unknown)[], close: () => Promise<void>) {
  const [mariadb, rabbit] = await Promise.all([startMariaDb(daemons), startRabbitMq(daemons)]);
  ends.push(() => mariadb.close());
  const keystone = await startIdentity(daemons, mariadb);
  const ground: Ground = { daemons, mariadb, keystone, bus: rabbit.url };
  const [glance, placement, nova, neutron] = await Promise.all([
    startGlance(ground),
    startPlacement(ground),
    prepareNova(ground),
    rabbit.ready().then(() => startNeutron(ground)),
  ]);
  const proxy = await recordingProxy(nova.url);
  ends.push(() => proxy.down());
  const endpoints = { placement, image: glance, network: neutron, compute: `${proxy.url}/v2.1`, baremetal: ironic };
  for (const [type, url] of Object.entries(endpoints)) await keystone.endpoint(type, url);
  await nova.start();
  const token = await keystone.token('admin', { project: 'admin' });
  return {
    keystone,
    nova: novaClient({ nova: `${nova.url}/v2.1`, glance, placement, token }),
    proxy,
    daemons,
    async instance(id: string) {
      const columns = "power_state, vm_state, IFNULL(task_state, '')";
      const row = await mariadb.row(`SELECT ${columns} FROM nova.instances WHERE uuid = '${id}'`);
      if (row === undefined) throw new Error(`nova's database has no instance ${id}`);
      const [power, vm, task] = row.split('\t');
      return { power: powers[power!] ?? `${power}`, vm: vm!, task: task || null };
    },
    startCompute: nova.startCompute,
    async stopNovaApi() {
      await proxy.down();
      await nova.stopApi();
    },
    async startNovaApi() {
      await nova.startApi();
      await proxy.up();
    },
    close,
  };
}

/** nova.compute.power_state: RUNNING and SHUTDOWN. */
const powers: Readonly<Record<string, string>> = { 1: 'on', 4: 'off' };

async function startIdentity(daemons: Daemons, mariadb: MariaDb): Promise<Keystone> {
  const url = `http://127.0.0.1:${await freePort()}/v3`;
  const folder = daemons.path('lib');
  const program = await prepareKeystone({ folder, url, connection: await mariadb.create('keystone') });
  await daemons.start('keystone', program);
  await daemons.until('keystone', () => answers(url));
  const keystone = await keystoneAt(
    url,
    () => daemons.tail('keystone'),
    () => daemons.stop('keystone'),
  );
  const roles = ['admin', 'service'].map((role) => ({ role, project: 'service' }));
  for (const name of ['nova', 'ironic']) await keystone.user(name, roles);
  return keystone;
}
