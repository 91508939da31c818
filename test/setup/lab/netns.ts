// A network of its own for one test run: a namespace with a bridge and taps. It goes with the run.
import { randomBytes } from 'node:crypto';
import { tool } from './tool.ts';

export interface LabNetwork extends AsyncDisposable {
  readonly name: string;
  readonly bridge: string;
  /** The bridge's own address, where the service listens. */
  readonly address: string;
  readonly taps: readonly string[];
}

const prefix = 'ingot-lab-';

/** The command that runs `argv` in the namespace; it becomes the program by exec, so the process id stays. */
export const inNetns = (name: string, argv: readonly string[]): string[] => ['ip', 'netns', 'exec', name, ...argv];

const ip = (...args: string[]) => tool(['ip', ...args]);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function remove(name: string): Promise<void> {
  const pids = (await ip('netns', 'pids', name).catch(() => ''))
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  await ip('netns', 'delete', name).catch(() => undefined);
}

/** Namespaces of runs that were killed carry the id of a process that is gone. */
async function removeLeftovers(): Promise<void> {
  const list = await ip('netns', 'list').catch(() => '');
  for (const line of list.split('\n')) {
    const [, name, pid] = new RegExp(`^(${prefix}(\\d+)-\\w+)`).exec(line) ?? [];
    if (name && !isAlive(Number(pid))) await remove(name);
  }
}

/** Needs root. `await using network = await openLabNetwork({ taps: 2 })` removes it at the end, with what still runs in it. */
export async function openLabNetwork(wanted: {
  taps?: number;
  tapNames?: readonly string[];
  address?: string;
}): Promise<LabNetwork> {
  await removeLeftovers();
  const name = `${prefix}${process.pid}-${randomBytes(3).toString('hex')}`;
  const address = wanted.address ?? '192.168.77.1';
  const bridge = 'br0';
  const taps = wanted.tapNames ?? Array.from({ length: wanted.taps ?? 1 }, (_, n) => `tap${n}`);
  const inside = (...argv: string[]) => tool(inNetns(name, argv));
  await ip('netns', 'add', name);
  try {
    await inside('ip', 'link', 'set', 'lo', 'up');
    await inside('ip', 'link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    await inside('ip', 'addr', 'add', `${address}/24`, 'dev', bridge);
    await inside('ip', 'link', 'set', bridge, 'up');
    for (const tap of taps) {
      await inside('ip', 'tuntap', 'add', tap, 'mode', 'tap');
      await inside('ip', 'link', 'set', tap, 'master', bridge, 'up');
    }
  } catch (error) {
    await remove(name);
    throw error;
  }
  return { name, bridge, address, taps, [Symbol.asyncDispose]: () => remove(name) };
}
