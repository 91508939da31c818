// Debian packages that tests use as peers. Installed once; test processes that come at the same time wait for each other.
import { type ExecFileException, execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

interface Ended {
  code: number | string;
  output: string;
}

const run = (command: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    const ended = (error: ExecFileException | null, out: string, err: string) =>
      resolve({
        code: error ? (error.code ?? 'killed') : 0,
        output: error && !out && !err ? error.message : out + err,
      });
    execFile(command, [...args], { env, timeout: 15 * 60_000, maxBuffer: 64 << 20 }, ended);
  });

/** Runs apt-get with the service starts that packages bring switched off, as tests start what they need themselves. */
const script = `guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ] && printf '#!/bin/sh\\nexit 101\\n' >"$guard"; then
  chmod 755 "$guard"
  trap 'rm -f "$guard"' EXIT
  trap 'exit 1' HUP INT TERM
fi
apt-get "$@"`;

/** One apt-get under a lock of our own; waits while another program holds apt's or dpkg's. */
async function aptGet(...args: string[]): Promise<Ended> {
  const lock = join(tmpdir(), 'ingot-test-apt.lock');
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-q', '-y'];
  for (let round = 1; ; round++) {
    const ended = await run('flock', [lock, 'sh', '-c', script, 'apt-get', ...options, ...args]);
    const locked = /could not get lock|unable to (acquire|lock)|is held by process/i.test(ended.output);
    if (ended.code === 0 || !locked || round === 60) return ended;
    await pause(5_000);
  }
}

async function missingOf(packages: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  const { output } = await run('dpkg-query', ['-W', '-f', '${binary:Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set<string>();
  for (const line of output.split('\n')) {
    const [name, status] = line.split(' ');
    if (name && status === 'installed') installed.add(name.replace(/:.*/, ''));
  }
  return packages.filter((name) => !installed.has(name.replace(/[:=].*/, '')));
}

const haveLists = async (): Promise<boolean> => {
  const files = await readdir('/var/lib/apt/lists').catch(() => []);
  return files.some((file) => file.includes('_Packages'));
};

const tail = (output: string): string => output.trim().split('\n').slice(-6).join('\n');

/** Debian packages by name: installs the missing ones with apt-get, or throws a sentence that says which, and why not. */
export async function ensureApt(packages: string[]): Promise<void> {
  const missing = await missingOf(packages);
  if (missing.length === 0) return;
  const wanted = missing.join(' ');
  if (process.getuid?.() !== 0)
    throw new Error(`These tests need the Debian packages ${wanted}; as root: apt-get install ${wanted}`);
  if (!(await haveLists())) await aptGet('update');
  let ended = await aptGet('install', '--no-install-recommends', ...missing);
  if (ended.code !== 0) {
    // Lists that are older than the archive name files that are gone.
    await aptGet('update');
    ended = await aptGet('install', '--no-install-recommends', ...missing);
  }
  if (ended.code !== 0)
    throw new Error(
      `apt-get install ${wanted} ended with ${ended.code}, so these tests cannot run:\n${tail(ended.output)}`,
    );
}
