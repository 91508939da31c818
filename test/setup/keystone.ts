// A real keystone of Debian on an embedded database, and what tests need in it: projects, users, roles, an endpoint.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensureApt } from './apt.ts';
import { freePort } from './site.ts';

const run = promisify(execFile);

export interface Keystone {
  readonly url: string;
  /** A token of a user in a project, or for the whole system. */
  token(user: string, scope: { project: string } | { system: true }): Promise<string>;
  /** Ids, made where they are not there. */
  project(name: string): Promise<string>;
  user(name: string, roles: readonly { role: string; project?: string }[]): Promise<void>;
  endpoint(type: string, url: string): Promise<void>;
  revoke(token: string): Promise<void>;
  stop(): Promise<void>;
}

export const password = 'for-tests-only';

/** About half a minute, and a minute more where the packages are not there yet. */
export async function startKeystone(): Promise<Keystone> {
  await ensureApt(['python3-keystone', 'python3-openstackclient', 'python3-ironicclient']);
  const folder = await mkdtemp(join(tmpdir(), 'ingot-keystone-'));
  const url = `http://127.0.0.1:${await freePort()}/v3`;
  const program = await prepareKeystone({ folder, url, connection: `sqlite:///${folder}/keystone.sqlite` });
  const output = await open(join(folder, 'output.log'), 'a');
  const child = spawn(program.command, program.args, {
    env: { ...process.env, ...program.env },
    stdio: ['ignore', output.fd, output.fd],
  });
  try {
    await answers(url, child, join(folder, 'keystone.log'));
    const log = async () => (await readFile(join(folder, 'output.log'), 'utf8')).slice(-4000);
    return await keystoneAt(url, log, async () => {
      child.kill('SIGKILL');
      await output.close();
      await rm(folder, { recursive: true, force: true });
    });
  } catch (error) {
    child.kill('SIGKILL');
    await output.close();
    throw error;
  }
}

export interface KeystonePlace {
  /** Gets its keys, configuration and log. */
  readonly folder: string;
  readonly url: string;
  /** Of its database, as SQLAlchemy takes it. */
  readonly connection: string;
}

/** Tables, keys and the user `admin`; tells the program that then answers at the URL. */
export async function prepareKeystone({ folder, url, connection }: KeystonePlace) {
  const config = join(folder, 'keystone.conf');
  await Promise.all(['fernet', 'credential', 'empty'].map((name) => mkdir(join(folder, name), { mode: 0o700 })));
  await writeFile(config, configOf(folder, connection));
  const manage = (...args: string[]) =>
    run('/usr/bin/keystone-manage', ['--config-file', config, '--config-dir', join(folder, 'empty'), ...args], {
      timeout: 180_000,
    });
  await manage('db_sync');
  // Readers that linger must not keep writers out.
  const wal = 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode=WAL")';
  if (connection.startsWith('sqlite:///'))
    await run('/usr/bin/python3', ['-c', wal, connection.slice('sqlite:///'.length)]);
  const { uid, gid } = { uid: String(process.getuid?.() ?? 0), gid: String(process.getgid?.() ?? 0) };
  await manage('fernet_setup', '--keystone-user', uid, '--keystone-group', gid);
  const urls = ['public', 'internal', 'admin'].flatMap((kind) => [`--bootstrap-${kind}-url`, url]);
  await manage('bootstrap', '--bootstrap-password', password, '--bootstrap-region-id', 'RegionOne', ...urls);
  return {
    command: '/usr/bin/python3',
    args: ['/usr/bin/keystone-wsgi-public', '--host', '127.0.0.1', '--port', new URL(url).port],
    env: { OS_KEYSTONE_CONFIG_FILES: config, OS_KEYSTONE_CONFIG_DIR: join(folder, 'empty') },
  };
}

const configOf = (folder: string, connection: string): string => `[DEFAULT]
log_file = ${folder}/keystone.log
[database]
connection = ${connection}
[token]
provider = fernet
[fernet_tokens]
key_repository = ${folder}/fernet
[fernet_receipts]
key_repository = ${folder}/fernet
[credential]
key_repository = ${folder}/credential
[cache]
enabled = true
backend = dogpile.cache.memory
`;

async function answers(url: string, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (
      await fetch(url).then(
        (reply) => reply.ok,
        () => false,
      )
    )
      return;
    if (child.exitCode !== null) break;
    await pause(200);
  }
  throw new Error(`keystone does not answer at ${url}: ${(await readFile(log, 'utf8').catch(() => '')).slice(-2000)}`);
}

/** What tests ask of a keystone that answers at `url`. */
export async function keystoneAt(
  url: string,
  log: () => Promise<string>,
  stop: () => Promise<void>,
): Promise<Keystone> {
  const domain = { id: 'default' };
  const token: Keystone['token'] = async (user, scope) => {
    const identity = { methods: ['password'], password: { user: { name: user, domain, password } } };
    const wanted = 'project' in scope ? { project: { name: scope.project, domain } } : { system: { all: true } };
    const reply = await fetch(`${url}/auth/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ auth: { identity, scope: wanted } }),
    });
    const given = reply.headers.get('X-Subject-Token');
    if (!given) throw new Error(`no token for ${user}: ${reply.status} ${await reply.text()}`);
    return given;
  };
  const admin = await token('admin', { system: true });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { 'X-Auth-Token': admin, 'Content-Type': 'application/json' };
    const reply = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok)
      throw new Error(`${method} ${path}: ${reply.status} ${text} ${reply.status === 500 ? await log() : ''}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  type Listed = { id: string }[];
  const idOf = async (kind: 'project' | 'role' | 'user', name: string): Promise<string> => {
    const found = await call<Record<string, Listed>>('GET', `/${kind}s?name=${name}`);
    const known = found[`${kind}s`]![0]?.id;
    if (known) return known;
    const fresh = { name, ...(kind !== 'role' && { domain_id: 'default' }), ...(kind === 'user' && { password }) };
    return (await call<Record<string, { id: string }>>('POST', `/${kind}s`, { [kind]: fresh }))[kind]!.id;
  };
  return {
    url,
    token,
    project: (name) => idOf('project', name),
    async user(name, roles) {
      const user = await idOf('user', name);
      for (const { role, project } of roles) {
        const where = project ? `/projects/${await idOf('project', project)}` : '/system';
        await call('PUT', `${where}/users/${user}/roles/${await idOf('role', role)}`);
      }
    },
    async endpoint(type, target) {
      const { service } = await call<{ service: { id: string } }>('POST', '/services', {
        service: { type, name: type },
      });
      for (const kind of ['public', 'internal'])
        await call('POST', '/endpoints', {
          endpoint: { service_id: service.id, interface: kind, region_id: 'RegionOne', url: target },
        });
    },
    async revoke(revoked) {
      const headers = { 'X-Auth-Token': admin, 'X-Subject-Token': revoked };
      await fetch(`${url}/auth/tokens`, { method: 'DELETE', headers });
    },
    stop,
  };
}
