// The deploy kernel and ramdisk for tests: built once per recipe, kept in .cache/ramdisk.
import { execFile } from 'node:child_process';
import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildRamdisk, type RamdiskOptions, recipeKey } from '../../src/cli/ramdisk/build.ts';
import { CannotBuildRamdisk } from '../../src/cli/ramdisk/errors.ts';
import { publicMirror } from '../../src/cli/ramdisk/recipe.ts';
import { ensureApt } from './apt.ts';

const folder = resolve(import.meta.dirname, '../../.cache/ramdisk');
const packages = ['mmdebstrap', 'debian-archive-keyring', 'python3', 'python3-pip'];

/** The archive that this machine's own apt gets Debian from. */
function machineMirror(): Promise<string> {
  const format = '$(ORIGIN) $(LABEL) $(REPO_URI)';
  return new Promise((found) =>
    execFile('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], (error, out) => {
      const line = error ? undefined : out.split('\n').find((text) => text.startsWith('Debian Debian http'));
      found(line?.split(' ')[2]?.replace(/\/$/, '') ?? publicMirror);
    }),
  );
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const keptMs = 24 * 3_600_000;

/** Results of older recipes go when they are a day old: until then a test that runs may still read them. */
async function forgetOld(current: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith('built-') || path === current) continue;
    if (Date.now() - (await stat(path)).mtimeMs > keptMs) await rm(path, { recursive: true, force: true });
  }
}

/** For virtual machines (Debian's cloud kernel), with the newest agent of PyPI. The first call takes one to two minutes. */
export async function ensureRamdisk(): Promise<{ kernel: string; ramdisk: string }> {
  const wanted: Partial<RamdiskOptions> = { kernel: 'cloud' };
  const out = join(folder, `built-${recipeKey(wanted)}`);
  const built = {
    kernel: join(out, 'ironic-python-agent.kernel'),
    ramdisk: join(out, 'ironic-python-agent.initramfs'),
  };
  for (;;) {
    if (await isThere(join(out, 'manifest.json'))) return built; // written last
    await ensureApt(packages);
    const mirror = await machineMirror();
    try {
      await buildRamdisk({ ...wanted, out, cache: join(folder, 'stages'), mirror });
    } catch (error) {
      if (!CannotBuildRamdisk.is(error) || !error.message.includes('is building')) throw error;
      await pause(2_000); // another test process builds the same
    }
    await forgetOld(out);
  }
}
