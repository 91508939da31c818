import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import { addressOf, type MachinesAnswer, type MachinesOrder, password, username } from './ipmi-machines.ts';

const port = 16_623;
const workers = 8;
const rounds = 2;
const statusTimeoutMs = 10_000;

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

interface Course {
  readonly what: string;
  readonly machines: ChildProcess;
  readonly count: number;
  /** Every so many-th BMC is dead; 0 for none. */
  readonly deadEach?: number;
  readonly lingerMs?: number;
}

async function lap(transport: IpmiTransport, course: Course): Promise<Lap> {
  const { what, machines, count, deadEach = 0, lingerMs = 0 } = course;
  await tell(machines, { deadEach });
  const machinesBefore = (await tell(machines, {})).cpu;
  const cpuBefore = cpuSeconds();
  const started = performance.now();
  let answered = 0;
  let lastAnswer = started;
  let firstFailure: string | undefined;
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
    } catch (error) {
      // Dead ones are counted by their absence; any other failure spoils the figures, so it is told.
      const dead = deadEach > 0 && index % deadEach === deadEach - 1;
      if (!dead) firstFailure ??= (error as Error).message;
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => read(index)));
  const seconds = (performance.now() - started) / 1000;
  const cpu = ((cpuSeconds() - cpuBefore) * 1000) / count;
  if (firstFailure) console.log(`a BMC that lives was not read: ${firstFailure}`);
  const machinesCpu = (((await tell(machines, {})).cpu - machinesBefore) * 1000) / count;
  return { what, asked: count, answered, livingSeconds: (lastAnswer - started) / 1000, seconds, cpu, machinesCpu };
}

const print = (l: Lap): void =>
  console.log(
    `${l.what.padEnd(34)} ${String(l.answered).padStart(6)} of ${l.asked} answered in ${l.livingSeconds.toFixed(2).padStart(6)} s` +
      ` (all over after ${l.seconds.toFixed(2).padStart(6)} s); CPU per status ${l.cpu.toFixed(3)} ms here, ${l.machinesCpu.toFixed(3)} ms there`,
  );

/** One lap on a transport of its own, so that none finds sessions, memories or open circuits of another. */
async function freshLap(course: Course): Promise<Lap> {
  const transport = await openTransport();
  const result = await lap(transport, course);
  await transport.close();
  print(result);
  return result;
}

/** The same laps with and without dead BMCs in turn, the best of each compared: the machine may have other work. */
async function compareDead(machines: ChildProcess, count: number, share: string, deadEach: number): Promise<void> {
  let without = Number.POSITIVE_INFINITY;
  let among = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const none = await freshLap({ what: 'new sessions, none dead', machines, count });
    const dead = await freshLap({ what: `new sessions, ${share} dead`, machines, count, deadEach });
    without = Math.min(without, none.livingSeconds);
    among = Math.min(among, dead.livingSeconds);
  }
  console.log(`  ${share} dead change the time of the living by ${(100 * (among / without - 1)).toFixed(1)} %`);
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
    await freshLap({ what: 'warm-up', machines, count: Math.min(count, 1000) });
    const fresh = await freshLap({ what: 'new sessions', machines, count });
    const transport = await openTransport();
    const kept = { what: 'kept sessions', machines, count, lingerMs: 120_000 };
    await lap(transport, kept);
    print(await lap(transport, kept));
    await transport.close();
    await compareDead(machines, count, '1 %', 100);
    await compareDead(machines, count, '5 %', 20);
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
