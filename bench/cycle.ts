// Full cycles of fake hardware over HTTP: manage, provide, active, deleted; how many per second with 1 and with 50 nodes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { silent } from '#base/log.ts';
import { serve } from '../src/serve/serve.ts';

interface Row {
  readonly uuid: string;
  readonly provision_state: string;
  readonly reservation: string | null;
  readonly last_error: string | null;
}

const next: Readonly<Record<string, string>> = { manageable: 'provide', available: 'active', active: 'deleted' };

const sets = (folder: string, port: number): string[] => [
  `ingot.data_dir=${folder}`,
  `api.port=${port}`,
  'DEFAULT.enabled_hardware_types=fake-hardware',
  'DEFAULT.enabled_boot_interfaces=fake',
  'DEFAULT.enabled_deploy_interfaces=fake',
  'DEFAULT.enabled_network_interfaces=noop',
  'conductor.automated_clean=true',
  'conductor.node_locked_retry_interval=0',
];

async function cycles(nodes: number, seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-cycle-'));
  const port = 17385 + nodes;
  const running = await serve({ sets: sets(folder, port), log: silent });
  const pool = new Pool(running.url, { connections: 16 });
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> => {
    const reply = await pool.request({
      method,
      path,
      headers: { 'x-openstack-ironic-api-version': '1.115', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.body.text();
    if (reply.statusCode === 409) return undefined;
    if (reply.statusCode >= 400) throw new Error(`${method} ${path}: HTTP ${reply.statusCode} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const order = (uuid: string, target: string) => call('PUT', `/v1/nodes/${uuid}/states/provision`, { target });
  const list = async () =>
    ((await call('GET', '/v1/nodes?fields=uuid,provision_state,reservation,last_error')) as { nodes: Row[] }).nodes;
  const atRest = (row: Row, state: string) => row.reservation === null && row.provision_state === state;

  for (let n = 0; n < nodes; n++) {
    const { uuid } = (await call('POST', '/v1/nodes', { driver: 'fake-hardware' })) as Row;
    await order(uuid, 'manage');
  }
  while (!(await list()).every((row) => atRest(row, 'manageable')));
  const cpu = process.cpuUsage();
  const since = performance.now();
  let done = 0;
  while (performance.now() - since < seconds * 1000) {
    const rows = await list();
    const orders = rows.flatMap((row) => {
      const verb = row.reservation === null ? next[row.provision_state] : undefined;
      if (row.last_error) throw new Error(row.last_error);
      if (verb === 'deleted') done++;
      // The first way leads by "provide"; from then on "deleted" ends in "available" by cleaning, as "provide" does.
      return verb ? [order(row.uuid, verb)] : [];
    });
    if (orders.length) await Promise.all(orders);
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took = (performance.now() - since) / 1000;
  const used = process.cpuUsage(cpu);
  const ms = (used.user + used.system) / 1000 / Math.max(1, done);
  console.log(
    `${String(nodes).padStart(3)} nodes: ${(done / took).toFixed(1)} cycles/s, ${ms.toFixed(1)} ms CPU per cycle (client included)`,
  );
  await pool.close();
  await running.stop();
  await rm(folder, { recursive: true, force: true });
}

export default {
  name: 'cycle',
  about: 'full fake-hardware cycles per second over HTTP, with 1 and with 50 nodes (aim: 100 with 50)',
  async run(args: readonly string[]): Promise<void> {
    const seconds = Number(args[0] ?? 10);
    for (const nodes of [1, 50]) await cycles(nodes, seconds);
  },
};
