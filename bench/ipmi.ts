import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import { addressOf, type MachinesAnswer, type MachinesOrder, password, username } from './ipmi-machines.ts';

const port = 16_623;
const workers = 8;
const statusTimeoutMs = 5_000;

interface Lap {
  readonly what: string;
  readonly asked: number;
  readonly answered: number;
  /** Until the last BMC that lives had answered, and until all was over. */
  readonly livingSeconds: number;
  readonly seconds: number;
  /** Milliseconds of CPU per status, here and in the process of the BMCs. */
  readonly cpu: number;
  readonly machinesCpu: number;
}

async function tell(machines: ChildProcess, order: MachinesOrder): Promise<MachinesAnswer> {
  const answer = once(machines, 'message');
  machines.send(order);
  const [first] = (await answer) as [MachinesAnswer];
  return first;
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function lap(
  what: string,
  machines: ChildProcess,
  transport: IpmiTransport,
  count: number,
  lingerMs: number,
): Promise<Lap> {
  const machinesBefore = (await tell(machines, {})).cpu;
  const cpuBefore = cpuSeconds();
  const started = performance.now();
  let answered = 0;
  let lastAnswer = started;
  const read = async (index: number) => {
    const options = {
      address: addressOf(index),
      port,
      username,
      password,
      lingerMs,
      commandTimeoutMs: statusTimeoutMs,
    };
    try {
      await transport.bmc(options).chassisStatus({ rank: 'background' });
      answered++;
      lastAnswer = performance.now();
    } catch {
      // A dead one: counted by its absence.
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => read(index)));
  const seconds = (performance.now() - started) / 1000;
  const cpu = ((cpuSeconds() - cpuBefore) * 1000) / count;
  const machinesCpu = (((await tell(machines, {})).cpu - machinesBefore) * 1000) / count;
  return { what, asked: count, answered, livingSeconds: (lastAnswer - started) / 1000, seconds, cpu, machinesCpu };
}

const print = (l: Lap): void =>
  console.log(
    `${l.what.padEnd(34)} ${String(l.answered).padStart(6)} of ${l.asked} answered in ${l.livingSeconds.toFixed(2).padStart(6)} s` +
      ` (all over after ${l.seconds.toFixed(2).padStart(6)} s); CPU per status ${l.cpu.toFixed(3)} ms here, ${l.machinesCpu.toFixed(3)} ms there`,
  );

/** One lap on a transport of its own, so that none finds sessions, memories or open circuits of another. */
async function freshLap(what: string, machines: ChildProcess, count: number): Promise<Lap> {
  const transport = await openTransport();
  const result = await lap(what, machines, transport, count, 0);
  await transport.close();
  print(result);
  return result;
}

/** Seconds per status of `ipmitool`, eight at a time. */
async function ipmitoolSeconds(sample: number): Promise<number | undefined> {
  const run = promisify(execFile);
  const started = performance.now();
  let next = 0;
  const work = async () => {
    for (let index = next++; index < sample; index = next++) {
      const where = ['-I', 'lanplus', '-C', '17', '-H', addressOf(index), '-p', String(port)];
      await run('ipmitool', [...where, '-U', username, '-P', password, 'power', 'status']);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } catch (error) {
    console.log(`ipmitool did not run: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
  return (performance.now() - started) / 1000 / sample;
}

async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string', default: '10000' }, sample: { type: 'string', default: '200' } },
  });
  const count = Number(values.count);
  const sample = Math.min(count, Number(values.sample));
  const load = loadavg()[0]!.toFixed(1);
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}, load ${load} before`,
  );
  const machines = fork(new URL('ipmi-machines.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    const { memoryMb } = await tell(machines, { start: { count, port } });
    console.log(`${count} simulated BMCs in another process, ${memoryMb.toFixed(0)} MB before their first packet`);
    await freshLap('warm-up', machines, Math.min(count, 1000));
    const fresh = await freshLap('new sessions', machines, count);
    const transport = await openTransport();
    await lap('', machines, transport, count, 120_000);
    print(await lap('kept sessions', machines, transport, count, 120_000));
    await transport.close();
    for (const [share, each] of [
      ['1 %', 100],
      ['5 %', 20],
    ] as const) {
      await tell(machines, { deadEach: 0 });
      const before = await freshLap(`new sessions, none dead`, machines, count);
      await tell(machines, { deadEach: each });
      const dead = await freshLap(`new sessions, ${share} dead`, machines, count);
      const change = (100 * (dead.livingSeconds / before.livingSeconds - 1)).toFixed(1);
      console.log(`  ${share} dead change the time of the living by ${change} %`);
    }
    await tell(machines, { deadEach: 0 });
    const each = await ipmitoolSeconds(sample);
    if (each === undefined) return;
    const ratio = (each * count) / fresh.livingSeconds;
    console.log(
      `ipmitool, ${workers} at a time, ${sample} BMCs: ${(each * 1000).toFixed(1)} ms each, ${(each * count).toFixed(0)} s for ${count}: ${ratio.toFixed(1)} times as long`,
    );
  } finally {
    machines.disconnect();
  }
}

export default {
  name: 'ipmi',
  about:
    'power status of 10,000 simulated BMCs: new and kept sessions, dead BMCs, against ipmitool (--count N, --sample N)',
  run,
};
