// A site for power: a rack, a recorder in nova's place, and an Ingot that can be stopped and started again on its folder.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '#base/log.ts';
import { type Running, serve } from '../../src/serve/serve.ts';
import { type Rack, startRack } from '../../src/sim/rack.ts';
import { type NovaRecorder, novaRecorder } from './nova-recorder.ts';
import { type ApiNode, freePort, siteSets } from './site.ts';

export interface PowerSite {
  readonly running: Running;
  readonly rack: Rack;
  readonly nova: NovaRecorder;
  readonly folder: string;
  readonly sets: readonly string[];
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  text(path: string): Promise<string>;
  node(name: string): Promise<ApiNode & { instance_uuid: string | null; maintenance_reason: string | null }>;
  /** Enroll the n-th machine, bring it to manageable, and give it an instance, whose UUID comes back. */
  withInstance(name: string): Promise<string>;
  power(name: string, target: string): Promise<void>;
  /** Resolves when nobody holds the node and no power is aimed at. */
  rest(name: string): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Start Ingot on the folder as a process of its own, with a configuration file where one is named. */
  startProcess(config?: string): Promise<PowerProcess>;
  close(): Promise<void>;
}

/** Ends it at once when it is called (SIGKILL); `hup` tells it to read its configuration again. */
export type PowerProcess = (() => Promise<void>) & { readonly hup: () => void };

export async function powerSite(options: { machines: number; sets?: readonly string[] }): Promise<PowerSite> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-power-'));
  const nova = await novaRecorder();
  const [apiPort, httpPort, tftpPort] = [await freePort(), await freePort(), await freePort()];
  const sets = [
    ...siteSets(folder),
    `api.port=${apiPort}`,
    `ingot.http_port=${httpPort}`,
    `ingot.tftp_port=${tftpPort}`,
    `nova.endpoint_override=${nova.url}`,
    ...(options.sets ?? []),
  ];
  const rack = await startRack({
    count: options.machines,
    ipmi: '127.0.0.1:0',
    bootUrl: 'http://127.0.0.1:9',
    speed: 100,
  });
  const url = `http://127.0.0.1:${apiPort}`;
  let running = await serve({ sets, log: silent });

  const text = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();
  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: {
        'X-OpenStack-Ironic-API-Version': 'latest',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${answer}`);
    return (answer ? JSON.parse(answer) : undefined) as T;
  }
  const node = (name: string) => api<Awaited<ReturnType<PowerSite['node']>>>('GET', `/v1/nodes/${name}`);
  const rest = async (name: string): Promise<void> => {
    for (;;) {
      const seen = await node(name);
      if (seen.reservation === null && seen.target_power_state === null && seen.target_provision_state === null) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    get running() {
      return running;
    },
    rack,
    nova,
    folder,
    sets,
    api,
    text,
    node,
    rest,
    async withInstance(name) {
      const machine = rack.descriptions.find((d) => d.name === name)!;
      const driver_info = {
        ipmi_address: machine.address,
        ipmi_port: machine.port,
        ipmi_username: machine.username,
        ipmi_password: machine.password,
      };
      await api('POST', '/v1/nodes', { name, driver: 'ipmi', driver_info });
      await api('PUT', `/v1/nodes/${name}/states/provision`, { target: 'manage' });
      await rest(name);
      const instance = randomUUID();
      await api('PATCH', `/v1/nodes/${name}`, [{ op: 'add', path: '/instance_uuid', value: instance }]);
      return instance;
    },
    async power(name, target) {
      await api('PUT', `/v1/nodes/${name}/states/power`, { target });
      await rest(name);
    },
    stop: () => running.stop(),
    async start() {
      running = await serve({ sets, log: silent });
    },
    async startProcess(config) {
      const flags = [...(config === undefined ? [] : ['--config', config]), ...sets.flatMap((set) => ['--set', set])];
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', 'src/main.ts', 'serve', ...flags],
        {
          stdio: 'ignore',
        },
      );
      for (let up = false; !up && child.exitCode === null; ) {
        up = await fetch(`${url}/v1`).then(
          (reply) => reply.ok,
          () => false,
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (child.exitCode !== null) throw new Error(`ingot serve ended at once with code ${child.exitCode}`);
      const kill = async () => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      };
      return Object.assign(kill, { hup: () => void child.kill('SIGHUP') });
    },
    async close() {
      await running.stop();
      await rack.close();
      await nova.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
