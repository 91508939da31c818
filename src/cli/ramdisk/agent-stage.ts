// ironic-python-agent from PyPI. What it requires is Debian's where Debian's is new enough, and PyPI's where not.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './child.ts';
import { type Compression, type CpioEntry, made, tree, writeArchive } from './cpio.ts';
import { CannotBuildRamdisk, ToolFailed } from './errors.ts';
import { pythonOf, rootTree, type Source } from './root-stage.ts';
import type { Stage } from './stages.ts';

export const agentPackage = 'ironic-python-agent';
const inRoot = 'opt/ipa';
const rounds = 6;

// Runs inside the root: prints the requirements, one a line, that no installed package meets. Packages from PyPI are
// followed too; Debian's are Debian's own business.
const unmetProgram = `
import importlib.metadata as metadata, sys
from packaging.requirements import Requirement
todo = [line for dist in metadata.distributions(path=['/${inRoot}']) for line in dist.requires or []]
unmet = set()
for line in todo:
    want = Requirement(line)
    if want.marker and not want.marker.evaluate({'extra': ''}):
        continue
    try:
        have = metadata.version(want.name)
    except metadata.PackageNotFoundError:
        have = None
    if have is None or not want.specifier.contains(have, prereleases=True):
        unmet.add(want.name + str(want.specifier))
print('\\n'.join(sorted(unmet)))
`;

// Runs inside the pruned root: every module of the agent must import there.
const importProgram = `
import importlib, pkgutil, sys
import ironic_python_agent as agent
skip = ('.tests', '.cmd.')
names = [m.name for m in pkgutil.walk_packages(agent.__path__, 'ironic_python_agent.') if not any(s in m.name for s in skip)]
for name in names + ['ironic_python_agent.cmd.agent']:
    importlib.import_module(name)
print(len(names))
`;

async function* entries(folder: string): AsyncGenerator<CpioEntry> {
  yield made('opt', 0o755, 'folder');
  yield made(inRoot, 0o755, 'folder');
  for await (const entry of tree(folder)) yield { ...entry, path: `${inRoot}/${entry.path}` };
}

/** The versions of what pip put into `folder`, by name. */
async function installed(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.dist-info')) continue;
    const metadata = await readFile(join(folder, name, 'METADATA'), 'utf8');
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, 'mi').exec(metadata)?.[1]?.trim() ?? '';
    found[field('Name')] = field('Version');
  }
  return found;
}

/** The agent's part: `versions.json`, `agent.cpio`. `pip` is the command that the host's pip answers to. */
export function agentStage(
  source: Source,
  pip: readonly [string, ...string[]],
  wanted: string | undefined,
  compression: Compression,
  rootKey: string,
  fresh?: string,
): Stage {
  return {
    name: 'agent',
    inputs: { recipe: 1, wanted: wanted ?? 'newest', root: rootKey, unmetProgram, compression, fresh },
    usual: 15,
    async build(dir, at, [rootFolder = '']) {
      const root = join(rootFolder, rootTree);
      const target = join(root, inRoot);
      const run = { logFile: source.logFile, signal: source.signal };
      await rm(target, { recursive: true, force: true });
      const python = await pythonOf(root);
      const install = (requirement: string) =>
        runTool(
          [
            ...pip,
            'install',
            '--quiet',
            '--no-deps',
            '--no-compile',
            '--upgrade',
            '--only-binary=:all:',
            '--implementation=cp',
            `--python-version=${python}`,
            `--target=${target}`,
            requirement,
          ],
          run,
        );
      try {
        at(0.05, `fetching ${agentPackage}`);
        await install(wanted ? `${agentPackage}==${wanted}` : agentPackage);
        await completeFromPypi(root, python, install, run, at);
        at(0.5, 'importing every module of the agent');
        await writeFile(join(root, 'proc/cmdline'), ''); // the agent reads it while it is imported
        await inside(root, run, importProgram);
        at(0.7, 'compiling');
        await rm(join(target, 'ironic_python_agent/tests'), { recursive: true, force: true });
        await runTool(['chroot', root, '/usr/bin/python3', '-m', 'compileall', '-q', `/${inRoot}`], run);
        await writeFile(join(dir, 'versions.json'), JSON.stringify(await installed(target), null, 1));
        await writeArchive(join(dir, 'agent.cpio'), entries(target), compression, source.signal);
      } finally {
        await rm(join(root, 'proc/cmdline'), { force: true });
        await rm(target, { recursive: true, force: true });
      }
    },
  };
}

const inside = (root: string, run: { logFile: string; signal?: AbortSignal | undefined }, program: string) =>
  runTool(
    [
      'chroot',
      root,
      '/usr/bin/env',
      `PYTHONPATH=/${inRoot}`,
      'PYTHONDONTWRITEBYTECODE=1',
      '/usr/bin/python3',
      '-c',
      program,
    ],
    run,
  );

async function completeFromPypi(
  root: string,
  python: string,
  install: (requirement: string) => Promise<string>,
  run: { logFile: string; signal?: AbortSignal | undefined },
  at: (part: number, doing: string) => void,
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const unmet = (await inside(root, run, unmetProgram)).split('\n').filter(Boolean);
    if (unmet.length === 0) return;
    for (const requirement of unmet) {
      at(0.2 + 0.05 * round, `fetching ${requirement}`);
      await install(requirement).catch((error: unknown) => {
        if (!ToolFailed.is(error)) throw error;
        const why = `Debian has no ${requirement}, and PyPI no wheel of it for Python ${python}`;
        throw new CannotBuildRamdisk({ why, todo: 'Name an older agent with --agent-version.' }, { cause: error });
      });
    }
  }
  throw new CannotBuildRamdisk({
    why: `the agent's requirements were not met after ${rounds} rounds`,
    todo: 'Name another agent with --agent-version.',
  });
}
