// Power sync over 10,000 nodes in the database and on the wire: at full speed, with dead BMCs, beside the API, and spread.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { buildApi } from '#api/server.ts';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import type { Conductor } from '#conductor/conductor.ts';
import { newPowerWatch } from '#conductor/power-sync/watch.ts';
import { round } from '#conductor/ticks/power-sync.ts';
import { createNode } from '#db/nodes.ts';
import { type Bench, conductorBench } from '../test/setup/conductor.ts';
import { addressOf, type MachinesAnswer, type MachinesOrder, password, username } from './ipmi-machines.ts';

const aimSeconds = 20;
const aimShare = 0.05;
const aimApiMs = 20;

async function tell(machines: ChildProcess, order: MachinesOrder): Promise<void> {
  const answer = once(machines, 'message') as Promise<[MachinesAnswer]>;
  machines.send(order);
  await answer;
}

/** The nodes of the machines, recorded as they are. */
async function enroll({ conductor, db }: Bench, count: number, port: number): Promise<string[]> {
  const common = {
    driver: 'ipmi',
    power_interface: 'ipmitool',
    management_interface: 'ipmitool',
    provision_state: 'active',
  };
  const uuids = Array.from({ length: count }, newUuid);
  const interfaces = conductor.drivers.interfacesFor({ driver: 'ipmi', ...noInterfaces } as never);
  const one = (uuid: string, index: number) =>
    db.write((tx) =>
      createNode(tx, {
        uuid,
        ...interfaces,
        ...common,
        power_state: index % 2 === 0 ? 'power on' : 'power off',
        properties: { vendor: 'tin' },
        driver_info: {
          ipmi_address: addressOf(index),
          ipmi_port: port,
          ipmi_username: username,
          ipmi_password: password,
        },
      }),
    );
  await Promise.all(uuids.map(one));
  return uuids;
}

const kinds = 'bios boot console deploy firmware inspect management network power raid rescue storage vendor'.split(
  ' ',
);
const noInterfaces = Object.fromEntries(kinds.map((kind) => [`${kind}_interface`, null]));

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Every write of the database is counted from now on. */
function countWrites(db: Bench['db']): () => number {
  let writes = 0;
  const write = db.write.bind(db);
  (db as { write: typeof db.write }).write = (work) => {
    writes++;
    return write(work);
  };
  return () => writes;
}

interface Lap {
  readonly seconds: number;
  readonly cpu: number;
  readonly writes: number;
}

async function lap(what: string, conductor: Conductor, writes: () => number, spreadMs = 0): Promise<Lap> {
  const watch = newPowerWatch();
  const [started, cpu, before] = [performance.now(), cpuSeconds(), writes()];
  await round(conductor, watch, spreadMs);
  const result = {
    seconds: (performance.now() - started) / 1000,
    cpu: cpuSeconds() - cpu,
    writes: writes() - before,
  };
  const { verdicts, roundNodes } = watch.counts;
  console.log(
    `${what.padEnd(32)} ${roundNodes} nodes in ${result.seconds.toFixed(2)} s, CPU ${result.cpu.toFixed(2)} s ` +
      `(${((100 * result.cpu) / result.seconds).toFixed(1)} % of a core), ${result.writes} writes, ` +
      `${verdicts.agree} agree, ${verdicts.wait} silent, ${verdicts.record + verdicts.force + verdicts.learn} wrong`,
  );
  return result;
}

/** Asks the API for one node after the other until told to stop; its p99 in milliseconds. */
async function askApi(api: number, uuids: readonly string[], over: AbortSignal): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let n = 0; !over.aborted; n++) {
    const started = performance.now();
    await new Promise<void>((resolve, reject) => {
      const path = `/v1/nodes/${uuids[(n * 7919) % uuids.length]}`;
      request({ host: '127.0.0.1', port: api, path, agent }, (reply) => reply.resume().on('end', resolve))
        .on('error', reject)
        .end();
    });
    times.push(performance.now() - started);
    await systemClock.sleep(2);
  }
  agent.destroy();
  return times.sort((a, b) => a - b)[Math.floor((times.length - 1) * 0.99)] ?? 0;
}

async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '10000' },
      spread: { type: 'string', default: '120' },
      port: { type: 'string', default: '16624' },
    },
  });
  const [count, spread, port] = [Number(values.count), Number(values.spread), Number(values.port)];
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)} before`,
  );
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-'));
  const machines = fork(new URL('ipmi-machines.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const bench = await conductorBench({ url: `sqlite:///${folder}/bench.sqlite` });
  const { conductor, db, orders } = bench;
  const api = buildApi({ db, orders, clock: systemClock, log: silent });
  try {
    await tell(machines, { start: { count, port } });
    const uuids = await enroll(bench, count, port);
    const apiPort = await api.listen('127.0.0.1', 0);
    const writes = countWrites(db);
    const beside = async (what: string, work: () => Promise<unknown>): Promise<number> => {
      const over = new AbortController();
      const loop = monitorEventLoopDelay({ resolution: 1 });
      const asking = askApi(apiPort, uuids, over.signal);
      loop.enable();
      await work();
      loop.disable();
      over.abort();
      const p99 = await asking;
      const turns = [loop.percentile(50), loop.percentile(99), loop.max].map((ns) => (ns / 1e6 - 1).toFixed(1));
      console.log(
        `  a node over the API ${what}, p99: ${p99.toFixed(1)} ms; the loop's delay p50, p99, most: ${turns.join(', ')} ms`,
      );
      return p99;
    };
    const full = await lap('full speed, new sessions', conductor, writes);
    await lap('full speed, again', conductor, writes);
    await beside('before', () => systemClock.sleep(3000));
    const during = await beside('meanwhile', () => lap('full speed, the API asked too', conductor, writes));
    await tell(machines, { deadEach: 20 });
    const dead = await lap('full speed, 5 % dead', conductor, writes);
    await tell(machines, { deadEach: 0 });
    const met = (ok: boolean): string => (ok ? 'met' : 'MISSED');
    console.log(`aim: the API's p99 below ${aimApiMs} ms meanwhile: ${met(during < aimApiMs)}`);
    console.log(
      `aim: a full sync in under ${aimSeconds} s: ${met(full.seconds < aimSeconds)}, with 5 % dead ${met(dead.seconds < aimSeconds)}`,
    );
    if (!spread) return;
    const slow = await lap(`spread over ${spread} s`, conductor, writes, spread * 1000);
    const share = slow.cpu / slow.seconds;
    console.log(
      `aim: under ${aimShare * 100} % of a core when spread: ${met(share < aimShare)} (${(share * 100).toFixed(1)} %)`,
    );
  } finally {
    machines.disconnect();
    await api.close();
    await bench.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export default {
  name: 'power-sync',
  about:
    'power sync of 10,000 nodes and BMCs: full speed, dead BMCs, beside the API, spread (--count N, --spread SECONDS, 0 for none)',
  run,
};
