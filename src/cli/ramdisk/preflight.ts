// What can be known before the first byte is fetched: a build that cannot end well does not begin.
import { execFile } from 'node:child_process';
import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { explain } from '#base/errors.ts';
import { CannotBuildRamdisk } from './errors.ts';

export interface Needs {
  readonly cache: string;
  readonly out: string;
  readonly cacheMiB: number;
  readonly outMiB: number;
  /** Absent when nothing has to be fetched from Debian. */
  readonly fetchFrom?: { readonly mirror: string; readonly suite: string };
  readonly signal?: AbortSignal | undefined;
}

const networkDeadlineMs = 15_000;

const isRunnable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

async function isOnPath(program: string): Promise<boolean> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'])
    if (folder && (await isRunnable(join(folder, program)))) return true;
  return false;
}

const output = (file: string, args: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => execFile(file, [...args], (error, out) => resolve(error ? undefined : out)));

/** The command that the machine's pip answers to. */
export async function findPip(): Promise<readonly [string, ...string[]]> {
  for (const pip of [['python3', '-m', 'pip'], ['/usr/bin/python3', '-m', 'pip'], ['pip3']] as const)
    if (await output(pip[0], [...pip.slice(1), '--version'])) return pip;
  throw new CannotBuildRamdisk({ why: 'pip is not installed', todo: 'apt-get install python3-pip brings it.' });
}

async function checkSpace(folder: string, needed: number, what: string, option: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new CannotBuildRamdisk({
      why: `${folder} cannot be made: ${explain(error)}`,
      todo: `Name another with ${option}.`,
    });
  });
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free >= needed) return;
  throw new CannotBuildRamdisk({
    why: `${what} needs about ${needed} MiB in ${folder}, and ${free} MiB are free`,
    todo: `Make room, or name another folder with ${option}.`,
  });
}

const proxyInUse = async (): Promise<boolean> => {
  if (process.env.http_proxy || process.env.HTTP_PROXY || process.env.all_proxy) return true;
  return /Acquire::https?::(.*::)?Proxy/i.test((await output('apt-config', ['dump'])) ?? '');
};

async function checkMirror(mirror: string, suite: string, signal?: AbortSignal): Promise<void> {
  if (!/^https?:/.test(mirror) || (await proxyInUse())) return; // apt has its own way there
  const url = `${mirror.replace(/\/$/, '')}/dists/${suite}/InRelease`;
  const deadline = AbortSignal.timeout(networkDeadlineMs);
  const todo = 'Check the network, or name another archive with --mirror or another suite with --suite.';
  const answer = await fetch(url, {
    method: 'HEAD',
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    const reason = deadline.aborted ? `no answer in ${networkDeadlineMs / 1000} s` : explain(error);
    throw new CannotBuildRamdisk({ why: `${url} cannot be reached (${reason})`, todo }, { cause: error });
  });
  if (!answer.ok) throw new CannotBuildRamdisk({ why: `${url} answered ${answer.status}`, todo });
}

/** Throw one sentence that says what is missing; the order is from cheap to dear. */
export async function preflight(needs: Needs): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new CannotBuildRamdisk({ why: 'it is built on Linux on x86-64 only', todo: 'Use such a machine.' });
  if (process.getuid?.() !== 0)
    throw new CannotBuildRamdisk({ why: 'only root can unpack a system', todo: 'Run it again with sudo.' });
  for (const [program, pkg] of [
    ['mmdebstrap', 'mmdebstrap'],
    ['chroot', 'coreutils'],
  ] as const)
    if (!(await isOnPath(program)))
      throw new CannotBuildRamdisk({ why: `${program} is not installed`, todo: `apt-get install ${pkg} brings it.` });
  await checkSpace(needs.cache, needs.cacheMiB, 'the build', '--cache');
  await checkSpace(needs.out, needs.outMiB, 'the result', '--out');
  if (needs.fetchFrom) await checkMirror(needs.fetchFrom.mirror, needs.fetchFrom.suite, needs.signal);
}
