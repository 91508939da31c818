// The program of gopher/, built once per version of its sources with the machine's Go, and kept in .cache/clients/.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensureApt } from '../setup/apt.ts';

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../.cache/clients');
const sources = join(import.meta.dirname, 'gopher');

/** Go from the path or from Debian. From 1.21 on Go fetches by itself the version that a module asks for. */
async function ensureGo(): Promise<string> {
  const places = [...(process.env.PATH ?? '').split(':'), '/usr/local/go/bin', '/usr/lib/go/bin'];
  const find = () => places.map((folder) => join(folder, 'go')).find((path) => existsSync(path));
  if (!find()) await ensureApt(['golang-go', 'ca-certificates']);
  const go = find() ?? 'go';
  const { stdout } = await run(go, ['env', 'GOVERSION']);
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1]);
  if (minor < 21) throw new Error(`These tests need Go 1.21 or later; ${go} is ${stdout.trim()}.`);
  return go;
}

/** The path of the built program; the first call fetches gophercloud and takes about a minute. */
export async function ensureGopher(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(await readFile(join(sources, file)));
  const program = join(cache, `gopher-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(program)) return program;
  const go = await ensureGo();
  await mkdir(cache, { recursive: true });
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOCACHE: join(cache, 'go-build'), CGO_ENABLED: '0' };
  await run(go, ['build', '-o', program, '.'], { cwd: sources, env, timeout: 280_000 });
  return program;
}
