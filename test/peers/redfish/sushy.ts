// sushy and sushy-tools of PyPI.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePython } from '../../setup/python.ts';
import { freePort } from '../../setup/site.ts';

const run = promisify(execFile);

/** The folder `bin` of the environment; the first call takes about a minute. */
const ensureSushy = (): Promise<string> => ensurePython('sushy', join(import.meta.dirname, 'requirements.txt'));

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
