import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { openDb } from '#db/db.ts';
import { factsOf } from '#model/provision-states.ts';
import { startRack } from '../../../src/sim/rack.ts';
import { freePort, imageServer, siteSets } from '../../setup/site.ts';

// kill -9 at a random moment between enroll and available, again and again: after each restart every node comes to rest
// by itself, in a correct state. The machines live in this process, so they survive, as real ones do.

const runs = Number(process.env.INGOT_KILL_RUNS ?? 60);
const seed = Number(process.env.INGOT_KILL_SEED ?? Date.now() % 1_000_000);
const machines = 6;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Seen {
  readonly uuid: string;
  readonly name: string;
  readonly provision_state: string;
  readonly reservation: string | null;
  readonly target_power_state: string | null;
  readonly power_state: string | null;
  readonly last_error: string | null;
  readonly maintenance: boolean;
}

/** What an operator does next with a node at rest. */
const next: Readonly<Record<string, string>> = {
  enroll: 'manage',
  manageable: 'provide',
  available: 'active',
  active: 'deleted',
  error: 'deleted',
  'deploy failed': 'deleted',
  'clean failed': 'manage',
};

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

test(`after each of ${runs} kills every node comes to rest in a correct state (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'ingot-kill-'));
  const images = await imageServer(256 * 1024);
  const [apiPort, httpPort, tftpPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${apiPort}`;
  const sets = [
    ...siteSets(folder),
    `api.port=${apiPort}`,
    `ingot.http_port=${httpPort}`,
    `ingot.tftp_port=${tftpPort}`,
    `conductor.deploy_kernel=http://127.0.0.1:${images.port}/kernel`,
    `conductor.deploy_ramdisk=http://127.0.0.1:${images.port}/ramdisk`,
    'conductor.deploy_callback_timeout=60',
    'conductor.clean_callback_timeout=60',
    'conductor.power_state_change_timeout=20',
    'conductor.sync_power_state_interval=2',
    'agent.command_timeout=5',
    'ingot.boot_again_seconds=3',
    'ingot.log_format=json',
  ];
  const rack = await startRack({
    count: machines,
    ipmi: '127.0.0.1:0',
    bootUrl: `http://127.0.0.1:${httpPort}`,
    speed: 100,
    // Sessions of a killed client hold their slots for a minute; with the few of a real BMC the kills come too fast.
    faults: ['sessions=500'],
  });

  let child: ChildProcess | undefined;
  const start = async () => {
    const service = join(import.meta.dirname, 'service.ts');
    const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', service, JSON.stringify(sets)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process_.stderr.on('data', (part: Buffer) => appendFileSync(join(folder, 'service.log'), part));
    child = process_;
    const [line] = await Promise.race([
      once(createInterface(process_.stdout), 'line'),
      once(process_, 'exit').then(([code]) => [`the service ended with ${code} instead of starting`]),
    ]);
    if (!String(line).startsWith('ready')) throw new Error(String(line));
  };
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { 'X-OpenStack-Ironic-API-Version': 'latest', 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  const nodes = async () => (await api<{ nodes: Seen[] }>('GET', '/v1/nodes/detail')).nodes;

  /** Gives each node at rest its next order, until the service is gone. */
  const operate = async (until: () => boolean) => {
    while (!until()) {
      try {
        for (const node of await nodes()) {
          const verb = next[node.provision_state];
          if (!verb || node.reservation !== null) continue;
          if (node.maintenance) await api('DELETE', `/v1/nodes/${node.uuid}/maintenance`);
          if (until()) return;
          await api('PUT', `/v1/nodes/${node.uuid}/states/provision`, { target: verb }).catch((error: unknown) => {
            if (!/HTTP 4\d\d/.test(String(error))) throw error;
          });
        }
      } catch {
        // The service was killed under a request: that is the point.
      }
      await pause(10);
    }
  };

  const rests = (node: Seen) =>
    node.reservation === null &&
    node.target_power_state === null &&
    ['stable', 'failed'].includes(factsOf(node.provision_state)?.is ?? '');

  /** Resolves with the nodes when all rest; throws with those that don't. */
  const allRest = async (run: number): Promise<Seen[]> => {
    const patience = Date.now() + 100_000;
    for (;;) {
      const seen = await nodes();
      if (seen.every(rests)) return seen;
      if (Date.now() > patience)
        throw new Error(
          `run ${run}: these do not come to rest: ${JSON.stringify(
            seen.filter((n) => !rests(n)),
            null,
            1,
          )}`,
        );
      await pause(50);
    }
  };

  const check = async (run: number, seen: readonly Seen[]) => {
    for (const node of seen) {
      const failed = factsOf(node.provision_state)?.is === 'failed' || node.provision_state === 'error';
      if (failed) expect(node.last_error, `run ${run}: ${node.name} failed without a reason`).toBeTruthy();
      // Killed before its first order: nobody has asked this machine yet.
      if (node.provision_state === 'enroll' && node.power_state === null) continue;
      const body = rack.machine(node.name).body.power();
      expect(`${node.name} ${node.power_state}`, `run ${run}: the record is not what the machine is`).toBe(
        `${node.name} power ${body}`,
      );
    }
    const db = await openDb({
      url: `sqlite:///${join(folder, 'data', 'ingot.db')}`,
      readOnly: true,
      log: silent,
      clock: systemClock,
    });
    const waiting = await db.read
      .selectFrom('nodes')
      .select(['uuid', 'provision_state', 'deadline_at', 'reservation'])
      .execute();
    await db.close();
    for (const row of waiting) {
      if (factsOf(row.provision_state)?.is === 'waiting')
        expect(row.deadline_at, `run ${run}: waits without a deadline`).not.toBeNull();
    }
  };

  const killedIn = new Map<string, number>();
  const restedIn = new Map<string, number>();
  const reasons = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  try {
    await start();
    for (const { name, address, port, username, password, macs } of rack.descriptions) {
      const { uuid } = await api<Seen>('POST', '/v1/nodes', {
        name,
        driver: 'ipmi',
        driver_info: { ipmi_address: address, ipmi_port: port, ipmi_username: username, ipmi_password: password },
        instance_info: { image_source: images.image.url, image_checksum: images.image.sha256 },
      });
      for (const mac of macs) await api('POST', '/v1/ports', { node_uuid: uuid, address: mac });
    }
    const since = Date.now();
    for (let run = 1; run <= runs; run++) {
      let over = false;
      const working = operate(() => over);
      await pause(random() * 2500);
      for (const { provision_state } of await nodes().catch(() => [])) count(killedIn, provision_state);
      over = true;
      child!.kill('SIGKILL');
      await once(child!, 'exit');
      await working;
      await start();
      const seen = await allRest(run);
      await check(run, seen);
      for (const { provision_state, last_error } of seen) {
        count(restedIn, provision_state);
        if (last_error) count(reasons, last_error.replace(/[0-9a-f-]{36}|\d+/g, '#').slice(0, 160));
      }
      // An instance that was torn down took its image with it.
      for (const node of seen)
        await api('PATCH', `/v1/nodes/${node.uuid}`, [
          { op: 'add', path: '/instance_info/image_source', value: images.image.url },
          { op: 'add', path: '/instance_info/image_checksum', value: images.image.sha256 },
        ]);
      if (process.env.INGOT_KILL_TELL) console.log(`run ${run}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
      if (run % 25 === 0) console.log(`${run} kills in ${((Date.now() - since) / 1000).toFixed(0)} s`);
    }
    console.log('killed in', Object.fromEntries(killedIn), 'rested in', Object.fromEntries(restedIn));
    console.log('failed because', Object.fromEntries(reasons));
  } catch (error) {
    const artifacts = resolve(import.meta.dirname, '../../../artifacts/kill');
    await mkdir(artifacts, { recursive: true });
    await cp(folder, artifacts, { recursive: true });
    throw error;
  } finally {
    child?.kill('SIGKILL');
    await rack.close();
    images.server.closeAllConnections();
    images.server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
