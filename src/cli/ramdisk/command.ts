import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { explain } from '#base/errors.ts';
import { buildRamdisk } from './build.ts';
import { CannotBuildRamdisk } from './errors.ts';
import type { KernelKind } from './recipe.ts';
import { publicMirror } from './recipe.ts';
import type { Progress } from './stages.ts';

interface Flags {
  out: string;
  cache: string;
  suite: string;
  mirror: string;
  kernel: KernelKind;
  compression: 'zstd' | 'gzip';
  agentVersion?: string;
  sshKey: string[];
  file: { from: string; to: string }[];
  debugShell: boolean;
  fresh: boolean;
  json: boolean;
}

const defaultCache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ingot-ramdisk');

function parseFile(text: string, before: Flags['file']): Flags['file'] {
  const [from, to, ...rest] = text.split(':');
  if (!from || !to?.startsWith('/') || rest.length > 0)
    throw new InvalidArgumentError('Write it as FILE:/PATH/IN/RAMDISK.');
  return [...before, { from, to }];
}

/** One line for each step of the progress; on a terminal it stays one line. */
function progressLine(write: (text: string) => void, isTerminal: boolean): (progress: Progress) => void {
  let last = '';
  return ({ stage, doing, percent, seconds }) => {
    const key = isTerminal ? `${stage} ${percent} ${doing}` : `${stage} ${Math.floor(percent / 5)}`;
    if (key === last) return;
    last = key;
    const line = `${String(percent).padStart(3)} %  ${seconds.toFixed(0).padStart(4)} s  ${stage}: ${doing}`;
    write(isTerminal ? `\r\x1b[K${line.slice(0, 100)}${percent === 100 ? '\n' : ''}` : `${line}\n`);
  };
}

/** `ingot ramdisk`, to be added to the program. Exit codes: 0 built, 1 not built, 130 stopped. */
export function ramdiskCommand(): Command {
  const build = new Command('build')
    .description('make the deploy kernel and ramdisk: ironic-python-agent of PyPI on Debian packages')
    .requiredOption('--out <dir>', 'where kernel, ramdisk and manifest.json go')
    .option('--cache <dir>', 'finished stages are kept here; a build that was stopped goes on', defaultCache)
    .addOption(
      new Option('--kernel <kind>', 'cloud for virtual machines, generic for real ones')
        .choices(['cloud', 'generic'])
        .default('cloud'),
    )
    .option('--agent-version <version>', 'of ironic-python-agent on PyPI (default: the newest)')
    .option('--suite <name>', 'Debian release', 'trixie')
    .option('--mirror <url>', 'Debian archive', publicMirror)
    .addOption(new Option('--compression <kind>', 'of the ramdisk').choices(['zstd', 'gzip']).default('zstd'))
    .option(
      '--ssh-key <file>',
      'public key that may log in as root; repeatable',
      (file, all: string[]) => [...all, file],
      [],
    )
    .option('--file <from:to>', 'file to put in; repeatable', parseFile, [])
    .option('--debug-shell', 'a root shell on the console, without a password', false)
    .option('--fresh', 'keep nothing of earlier builds', false)
    .option('--json', 'print the manifest as JSON at the end, no progress', false)
    .action(async (flags: Flags) => {
      process.exitCode = await runBuild(flags);
    });
  return new Command('ramdisk').description('the system that machines boot to be provisioned').addCommand(build);
}

async function runBuild(flags: Flags): Promise<number> {
  const stop = new AbortController();
  const stopNow = () => stop.abort(new Error('stopped; the next build goes on from the last finished stage'));
  process.once('SIGINT', stopNow);
  process.once('SIGTERM', stopNow);
  try {
    const { sshKey, file, json, ...options } = flags;
    const sshKeys = await Promise.all(sshKey.map((path) => readFile(path, 'utf8')));
    const progress = json ? undefined : progressLine((text) => process.stderr.write(text), process.stderr.isTTY);
    const built = await buildRamdisk({ ...options, sshKeys, extraFiles: file, progress, signal: stop.signal });
    const { agent, kernel } = built.manifest;
    process.stdout.write(
      json
        ? `${JSON.stringify({ kernel: built.kernel, ramdisk: built.ramdisk, manifest: built.manifest })}\n`
        : `kernel   ${built.kernel}  (Linux ${kernel})\nramdisk  ${built.ramdisk}  (ironic-python-agent ${agent})\n`,
    );
    return 0;
  } catch (error) {
    process.stderr.write(`${CannotBuildRamdisk.is(error) ? error.message : explain(error)}\n`);
    return stop.signal.aborted ? 130 : 1;
  } finally {
    process.off('SIGINT', stopNow);
    process.off('SIGTERM', stopNow);
  }
}
