import { glob, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './child.ts';
import { type Compression, tree, writeArchive } from './cpio.ts';
import { type KernelKind, packagesFor, pruned } from './recipe.ts';
import type { Stage } from './stages.ts';

/** Where Debian comes from, and what hears of the programs at work. */
export interface Source {
  readonly suite: string;
  readonly mirror: string;
  readonly logFile: string;
  readonly signal?: AbortSignal | undefined;
}

const withoutDocs = ['doc', 'man', 'info', 'locale', 'lintian', 'bug'].map(
  (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
);

// mmdebstrap mounts /proc, /sys and /dev in the new root. Here it does so where nobody else sees it, and everything dies
// with us, also when we are killed: no later build meets live mounts in a folder that it removes.
const apart = [
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
] as const;

/** `mmdebstrap` with what every call has; `--verbose` shows each package, from which the progress is counted. */
export const mmdebstrap = (source: Source, variant: 'essential' | 'extract', packages: readonly string[], to: string) =>
  [
    ...apart,
    'mmdebstrap',
    '--verbose',
    `--variant=${variant}`,
    `--include=${packages.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Retries "3"',
    '--dpkgopt=force-unsafe-io',
    ...withoutDocs,
    source.suite,
    to,
    source.mirror,
  ] as const;

/** Packages (`name` to `version`) in the words of dpkg's status file. */
export function parseDpkgStatus(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of text.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const [name, version] = [field('Package'), field('Version')];
    if (name && version && field('Status') === 'install ok installed') found[name] = version;
  }
  return found;
}

async function prune(root: string): Promise<void> {
  for await (const path of glob([...pruned], { cwd: root }))
    await rm(join(root, path), { recursive: true, force: true });
}

/** The name that a root with this system's packages is unpacked under, inside the stage's folder. */
export const rootTree = 'tree';

/** Debian's part: `tree/` (the next stages work in it), `packages.json`, `root.cpio`. */
export function rootStage(source: Source, kernel: KernelKind, compression: Compression, fresh?: string): Stage {
  const packages = packagesFor(kernel);
  return {
    name: `root-${kernel}`,
    inputs: { recipe: 1, suite: source.suite, packages, pruned, compression, fresh },
    usual: 85,
    async build(dir, at) {
      const root = join(dir, rootTree);
      let settled = 0;
      const usualSteps = 520; // "Unpacking" and "Setting up" lines of a whole run
      await runTool([...mmdebstrap(source, 'essential', packages, root)], {
        logFile: source.logFile,
        signal: source.signal,
        onLine(line) {
          if (!/^(Unpacking|Setting up) /.test(line)) return;
          settled += 1;
          at((settled / usualSteps) * 0.85, line.replace(/ \.\.\.$/, ''));
        },
      });
      at(0.88, 'leaving out what the agent never opens');
      const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
      await writeFile(join(dir, 'packages.json'), JSON.stringify(parseDpkgStatus(status), null, 1));
      await prune(root);
      at(0.9, 'packing');
      await writeArchive(join(dir, 'root.cpio'), tree(root), compression, source.signal);
    },
  };
}

/** The `3.13` of the root's Python. */
export async function pythonOf(root: string): Promise<string> {
  const names = await readdir(join(root, 'usr/lib'));
  const found = names.flatMap((name) => /^python(3\.\d+)$/.exec(name)?.[1] ?? []);
  if (!found[0]) throw new Error(`${root} has no /usr/lib/python3.N: its packages did not bring Python.`);
  return found[0];
}
