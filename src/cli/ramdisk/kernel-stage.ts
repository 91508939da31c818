import { copyFile, cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './child.ts';
import { type Compression, type CpioEntry, made, tree, writeArchive } from './cpio.ts';
import { type KernelKind, kernelPackages, prunedModules } from './recipe.ts';
import { mmdebstrap, rootTree, type Source } from './root-stage.ts';
import type { Stage } from './stages.ts';

/** Parent folders of `path`, then what is in the tree: so that the archive can stand alone. */
async function* under(path: string, root: string): AsyncGenerator<CpioEntry> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) yield made(parts.slice(0, depth).join('/'), 0o755, 'folder');
  for await (const entry of tree(root)) yield { ...entry, path: `${path}/${entry.path}` };
}

/** Debian's kernel: `vmlinuz`, `release.txt`, `modules.cpio`. Extracted only: nothing of it is configured or booted here. */
export function kernelStage(source: Source, kernel: KernelKind, compression: Compression, fresh?: string): Stage {
  const name = kernelPackages[kernel];
  return {
    name: `kernel-${kernel}`,
    inputs: { recipe: 1, suite: source.suite, name, prunedModules, compression, fresh },
    usual: 15,
    async build(dir, at, [rootFolder = '']) {
      const unpacked = join(dir, 'unpacked');
      at(0.05, `fetching ${name}`);
      await runTool([...mmdebstrap(source, 'extract', [name], unpacked)], {
        logFile: source.logFile,
        signal: source.signal,
      });
      const [release] = await readdir(join(unpacked, 'usr/lib/modules'));
      if (!release) throw new Error(`${name} of ${source.suite} brought no /usr/lib/modules.`);
      await copyFile(join(unpacked, `boot/vmlinuz-${release}`), join(dir, 'vmlinuz'));
      await writeFile(join(dir, 'release.txt'), release);
      at(0.8, 'packing the modules');
      const modules = join(unpacked, 'usr/lib/modules');
      for (const folder of prunedModules) await rm(join(modules, release, folder), { recursive: true, force: true });
      await indexModules(modules, release, rootFolder, source);
      await writeArchive(join(dir, 'modules.cpio'), under('usr/lib/modules', modules), compression, source.signal);
      await rm(unpacked, { recursive: true });
    },
  };
}

// depmod runs from the ramdisk's own root, so that the host needs none.
async function indexModules(modules: string, release: string, rootFolder: string, source: Source): Promise<void> {
  const root = join(rootFolder, rootTree);
  const inside = join(root, 'usr/lib/modules');
  await rm(inside, { recursive: true, force: true });
  try {
    await cp(modules, inside, { recursive: true });
    await runTool(['chroot', root, '/usr/sbin/depmod', release], { logFile: source.logFile, signal: source.signal });
    const indexed = join(inside, release);
    for (const file of await readdir(indexed))
      if (file.startsWith('modules.')) await copyFile(join(indexed, file), join(modules, release, file));
  } finally {
    await rm(inside, { recursive: true, force: true });
  }
}
