// The whole service as a process of its own, on a new database, with what the kernel says of its CPU and memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Served {
  readonly port: number;
  /** Seconds of CPU that it has used. */
  cpu(): number;
  /** Resident memory in MB. */
  memory(): number;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const ticksPerSecond = 100; // USER_HZ, the same on every Linux

/** Start `ingot serve`; with `profile` its CPU profile is written into that folder when it stops. */
export async function startServed(options: { profile?: string | undefined } = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-'));
  const port = await freePort();
  const sets = [
    `ingot.data_dir=${join(folder, 'data')}`,
    `api.port=${port}`,
    `ingot.http_port=${await freePort()}`,
    `ingot.tftp_port=${await freePort()}`,
    'ingot.boot_address=127.0.0.1',
    'ingot.boot_mode=off',
    'ingot.drain_seconds=0',
    'DEFAULT.enabled_hardware_types=fake-hardware',
  ].flatMap((set) => ['--set', set]);
  const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
  const node = ['--disable-warning=ExperimentalWarning', ...profiling, join(root, 'src/main.ts'), 'serve', ...sets];
  const child = spawn(process.execPath, node, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  await answering(child);
  return {
    port,
    cpu: () => cpuOf(child.pid!),
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answering(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const ended = (code: number | null) => reject(new Error(`ingot serve ended with ${code}: ${said}`));
    child.once('exit', ended);
    child.stderr!.on('data', (part: Buffer) => {
      if (said.length > 100_000) return;
      said += part.toString();
      if (!said.includes('Ingot answers at')) return;
      said = 'x'.repeat(100_001); // what comes later is read and dropped
      child.off('exit', ended);
      resolve();
    });
  });
}

function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
