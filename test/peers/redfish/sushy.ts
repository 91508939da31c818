// A virtual environment with sushy and sushy-tools of PyPI, made once per list of versions and kept in .cache/clients/.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensureApt } from '../../setup/apt.ts';
import { freePort } from '../../setup/site.ts';

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../../.cache/clients');
const requirements = join(import.meta.dirname, 'requirements.txt');

/** The folder `bin` of the environment; the first call takes about a minute. */
export async function ensureSushy(): Promise<string> {
  const key = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cache, `sushy-${key}`);
  if (existsSync(join(folder, 'complete'))) return join(folder, 'bin');
  await ensureApt(['python3-venv', 'util-linux']);
  await mkdir(cache, { recursive: true });
  const make = `
    [ -e "$1/complete" ] && exit 0
    rm -rf "$1" && /usr/bin/python3 -m venv "$1" && "$1/bin/pip" install -q --disable-pip-version-check -r "$2" &&
      touch "$1/complete"`;
  await run('flock', [join(cache, 'sushy.lock'), 'sh', '-c', make, 'sh', folder, requirements], { timeout: 280_000 });
  return join(folder, 'bin');
}

/** Run a Python program with sushy; resolves with what it printed, as JSON. */
export async function askSushy(program: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const bin = await ensureSushy();
  const { stdout } = await run(join(bin, 'python'), [join(import.meta.dirname, program), ...args], {
    timeout: 120_000,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

export interface Emulator {
  readonly url: string;
  readonly system: string;
  close(): Promise<void>;
}

/** sushy-tools' emulator with one machine that is a record only; it wants the password `secret` of `admin`. */
export async function startEmulator(): Promise<Emulator> {
  const bin = await ensureSushy();
  const folder = await mkdtemp(join(tmpdir(), 'ingot-sushy-'));
  const uuid = 'da69abcc-dae0-4913-9a7b-d344043097c0';
  // bcrypt of "secret", as htpasswd -B writes it.
  const password = await run(join(bin, 'python'), [
    '-c',
    "import bcrypt; print('admin:' + bcrypt.hashpw(b'secret', bcrypt.gensalt(4)).decode())",
  ]);
  await writeFile(join(folder, 'users'), password.stdout);
  const machine = `{'uuid': '${uuid}', 'name': 'one', 'power_state': 'Off', 'external_notifier': False,
    'nics': [{'mac': '00:5c:52:31:3a:9c', 'ip': '172.22.0.100'}]}`;
  await writeFile(
    join(folder, 'emulator.py'),
    `SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_FAKE_SYSTEMS = [${machine}]
SUSHY_EMULATOR_STATE_DIR = ${JSON.stringify(folder)}
SUSHY_EMULATOR_AUTH_FILE = ${JSON.stringify(join(folder, 'users'))}
`,
  );
  const port = await freePort();
  const args = ['--config', join(folder, 'emulator.py'), '--fake', '-i', '127.0.0.1', '-p', String(port)];
  const child = spawn(join(bin, 'sushy-emulator'), args, { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}`);
    if (await fetch(`${url}/redfish/v1/`).catch(() => undefined)) break;
    await new Promise((wait) => setTimeout(wait, 50));
  }
  return {
    url,
    system: `/redfish/v1/Systems/${uuid}`,
    async close() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
