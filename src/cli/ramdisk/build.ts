import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Clock, systemClock } from '#base/clock.ts';
import { type Log, silent } from '#base/log.ts';
import { agentPackage, agentStage } from './agent-stage.ts';
import { type Compression, type CpioEntry, made, writeArchive } from './cpio.ts';
import { ownFiles } from './init-scripts.ts';
import { kernelStage } from './kernel-stage.ts';
import { findPip, preflight } from './preflight.ts';
import { type KernelKind, neededMiB, packagesFor, pruned, prunedModules, publicMirror } from './recipe.ts';
import { rootStage, type Source } from './root-stage.ts';
import { forgetOthers, holdCache, isBuilt, type Progress, runStages } from './stages.ts';

export interface RamdiskOptions {
  /** The folder that gets kernel, ramdisk and manifest. */
  readonly out: string;
  /** The folder that keeps finished stages, so that a build that was stopped goes on there. */
  readonly cache: string;
  readonly suite?: string | undefined;
  readonly mirror?: string | undefined;
  readonly kernel?: KernelKind | undefined;
  /** A version on PyPI; the newest when absent. */
  readonly agentVersion?: string | undefined;
  readonly compression?: Compression | undefined;
  /** Public keys that may log in as root by ssh. */
  readonly sshKeys?: readonly string[] | undefined;
  /** Files of this machine to put in: `to` is the path in the ramdisk. They win over what is there. */
  readonly extraFiles?: readonly { readonly from: string; readonly to: string }[] | undefined;
  /** A root shell on the console, without a password. */
  readonly debugShell?: boolean | undefined;
  /** Build everything again, with today's packages. */
  readonly fresh?: boolean | undefined;
  readonly progress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
}

interface RamdiskManifest {
  readonly agent: string;
  readonly kernel: string;
  readonly suite: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  readonly pypi: Readonly<Record<string, string>>;
  readonly debian: Readonly<Record<string, string>>;
  readonly builtAt: string;
}

export interface BuiltRamdisk {
  readonly kernel: string;
  readonly ramdisk: string;
  readonly manifest: RamdiskManifest;
}

const names = {
  kernel: 'ironic-python-agent.kernel',
  ramdisk: 'ironic-python-agent.initramfs',
  manifest: 'manifest.json',
};
const outMiB = 200;

/** A name for what these options give: the same until an option, the recipe or the ramdisk's own files change. */
export function recipeKey(
  options: Pick<RamdiskOptions, 'kernel' | 'suite' | 'agentVersion' | 'sshKeys' | 'debugShell'>,
): string {
  const { kernel = 'cloud', suite = 'trixie', agentVersion = 'newest', sshKeys = [], debugShell = false } = options;
  const own = [...ownFiles({ debugShell, sshKeys })];
  const all = [kernel, suite, agentVersion, packagesFor(kernel), pruned, prunedModules, own];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
}

/** Build the deploy kernel and ramdisk with the agent of PyPI on Debian's packages. Throws one sentence when it cannot. */
export async function buildRamdisk(options: RamdiskOptions): Promise<BuiltRamdisk> {
  const { signal, log = silent, clock = systemClock, kernel = 'cloud', compression = 'zstd' } = options;
  const [cache, out] = [resolve(options.cache), resolve(options.out)];
  const suite = options.suite ?? 'trixie';
  const mirror = options.mirror ?? publicMirror;
  const source: Source = { suite, mirror, logFile: join(cache, 'build.log'), signal };
  const fresh = options.fresh ? new Date(clock.now()).toISOString() : undefined;

  const root = rootStage(source, kernel, compression, fresh);
  const kernelPart = kernelStage(source, kernel, compression, fresh);
  const haveDebian = (await isBuilt(cache, root)) && (await isBuilt(cache, kernelPart));
  await preflight({
    cache,
    out,
    cacheMiB: haveDebian ? 100 : neededMiB[kernel],
    outMiB,
    ...(haveDebian ? {} : { fetchFrom: { mirror, suite } }),
    signal,
  });
  const agent = agentStage(
    source,
    await findPip(),
    options.agentVersion,
    compression,
    JSON.stringify(root.inputs),
    fresh,
  );

  const release = await holdCache(cache);
  try {
    const report = (progress: Progress) => {
      log.debug(progress, 'building the ramdisk');
      options.progress?.(progress);
    };
    const begun = clock.now();
    const stages = [root, kernelPart, agent];
    const [rootFolder = '', kernelFolder = '', agentFolder = ''] = await runStages(
      cache,
      stages,
      report,
      clock.now,
      signal,
    );
    await forgetOthers(cache, stages);
    const built = await assemble(out, { rootFolder, kernelFolder, agentFolder }, options, compression, suite, clock);
    report({ stage: 'ramdisk', doing: 'written', percent: 100, seconds: (clock.now() - begun) / 1000 });
    return built;
  } finally {
    await release();
  }
}

/** Our own files and the user's, the last part of the archive: Linux lets a later part replace what an earlier one brought. */
async function ownEntries(options: RamdiskOptions): Promise<CpioEntry[]> {
  const entries: CpioEntry[] = [];
  const seen = new Set<string>();
  const put = (path: string, mode: number, content: string | Uint8Array) => {
    const parts = path.split('/').filter((part) => part && part !== '.' && part !== '..');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (!seen.has(folder))
        entries.push(made(folder, folder === 'root/.ssh' || folder === 'root' ? 0o700 : 0o755, 'folder'));
      seen.add(folder);
    }
    entries.push(made(parts.join('/'), mode, 'file', content));
  };
  for (const folder of ['.', 'proc', 'sys', 'dev', 'run', 'tmp']) entries.push(made(folder, 0o755, 'folder'));
  const own = ownFiles({ debugShell: options.debugShell ?? false, sshKeys: options.sshKeys ?? [] });
  for (const [path, file] of own) put(path, file.mode, file.text);
  for (const { from, to } of options.extraFiles ?? []) put(to, (await stat(from)).mode & 0o7777, await readFile(from));
  return entries;
}

async function assemble(
  out: string,
  parts: { rootFolder: string; kernelFolder: string; agentFolder: string },
  options: RamdiskOptions,
  compression: Compression,
  suite: string,
  clock: Clock,
): Promise<BuiltRamdisk> {
  await mkdir(out, { recursive: true });
  const { signal } = options;
  const ramdisk = join(out, names.ramdisk);
  const kernel = join(out, names.kernel);
  const own = join(out, '.own.cpio');
  const part = join(out, '.ramdisk.part');
  try {
    await writeArchive(own, await ownEntries(options), compression, signal);
    const pieces = [
      join(parts.rootFolder, 'root.cpio'),
      join(parts.kernelFolder, 'modules.cpio'),
      join(parts.agentFolder, 'agent.cpio'),
      own,
    ];
    await rm(part, { force: true });
    for (const piece of pieces) await append(piece, part, signal);
    await rename(part, ramdisk);
    await copyFile(join(parts.kernelFolder, 'vmlinuz'), `${part}.kernel`);
    await rename(`${part}.kernel`, kernel);
  } finally {
    for (const file of [own, part, `${part}.kernel`]) await rm(file, { force: true });
  }
  const json = async (file: string): Promise<Record<string, string>> => JSON.parse(await readFile(file, 'utf8'));
  const pypi = await json(join(parts.agentFolder, 'versions.json'));
  const manifest: RamdiskManifest = {
    agent: pypi[agentPackage] ?? 'unknown',
    kernel: await readFile(join(parts.kernelFolder, 'release.txt'), 'utf8'),
    suite,
    files: { [names.kernel]: await facts(kernel), [names.ramdisk]: await facts(ramdisk) },
    pypi,
    debian: await json(join(parts.rootFolder, 'packages.json')),
    builtAt: new Date(clock.now()).toISOString(),
  };
  await writeFile(join(out, names.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  return { kernel, ramdisk, manifest };
}

async function append(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const copy = [createReadStream(from), createWriteStream(to, { flags: 'a' })] as const;
  await (signal ? pipeline(...copy, { signal }) : pipeline(...copy));
  const { size } = await stat(to);
  await writeFile(to, Buffer.alloc((4 - (size % 4)) % 4), { flag: 'a' }); // each part begins at a multiple of four
}

async function facts(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
