// Virtual environments with packages of PyPI, made once per list of versions and kept in .cache/clients/.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensureApt } from './apt.ts';

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../.cache/clients');

/** The folder `bin` of the environment that `requirements` (a file) describes; the first call takes about a minute. */
export async function ensurePython(name: string, requirements: string): Promise<string> {
  const key = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cache, `${name}-${key}`);
  if (existsSync(join(folder, 'complete'))) return join(folder, 'bin');
  await ensureApt(['python3-venv', 'util-linux']);
  await mkdir(cache, { recursive: true });
  // Test processes that come at the same time make it once. Scripts of an environment name its folder: it is made in place.
  const make = `
    [ -e "$1/complete" ] && exit 0
    rm -rf "$1" && /usr/bin/python3 -m venv "$1" && "$1/bin/pip" install -q --disable-pip-version-check -r "$2" &&
      touch "$1/complete"`;
  const lock = join(cache, `${name}.lock`);
  await run('flock', [lock, 'sh', '-c', make, 'sh', folder, requirements], { timeout: 280_000 });
  return join(folder, 'bin');
}
