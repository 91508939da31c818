// The first five minutes of a user, as commands: `npm start` on a fresh folder, again, and in each way in which it can fail.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { lockDataDir } from '#db/data-dir.ts';

const root = join(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;
const running = new Set<ChildProcess>();
let place: string;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'ingot-first-'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What standard error holds so far. */
  err(): string;
  /** Resolves when standard error holds `text`; rejects when the process ends before. */
  said(text: string): Promise<void>;
}

function ingot(words: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(join(root, 'ingot'), words, { cwd: root, env: { ...process.env, ...env } });
  running.add(child);
  let [out, err] = ['', ''];
  const heard = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
    for (const look of heard) look();
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, out, err });
    }),
  );
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => err.includes(text) && resolve();
      heard.add(look);
      look();
      void ended.then((end) => reject(new Error(`ended with ${end.code} before it said "${text}": ${end.err}`)));
    });
  return { child, ended, said, err: () => err };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const folder = (name: string) => join(place, name);
const upIn = async (name: string, ...more: string[]) =>
  ingot(['up', '--data-dir', folder(name), '--port', String(await freePort()), '--ipmi', '127.0.0.1:0', ...more]);

/** One sentence to a person: its first line begins with the program's name, and there is no stack. */
function expectSentence({ code, err }: Ended, sentence: RegExp): void {
  const told = err.split('\n').filter((line) => line.startsWith('ingot: ') && !line.includes('ingot: installing'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(sentence);
  expect(err).not.toMatch(/^\s+at /m);
  expect(code).toBe(1);
}

test('the first start deploys a machine, shows how it goes, and ends with 0; the second one finds it as it was', async () => {
  const first = await (await upIn('a', '--once')).ended;
  expect(first.err).toMatch(/8 machines are enrolled/);
  // Which moments are seen depends on how fast they pass.
  expect(first.err).toMatch(/sim-1 {2}clean.*%.* s/);
  expect(first.err).toMatch(/sim-1 {2}(deploying|wait call-back).*step \d\/\d deploy\./);
  expect(first.err).toMatch(/sim-1 is active after/);
  expect(first.code).toBe(0);
  const second = await (await upIn('a', '--once')).ended;
  expect(second.err).toMatch(/8 nodes are there from before\.\nsim-1 is active, as it was left\./);
  expect(second.code).toBe(0);
});

test('without --once it stays up, its commands can be pasted, and SIGTERM ends it with 0', async () => {
  const up = await upIn('a');
  await up.said('Ingot runs until Ctrl-C.');
  const url = /Ingot answers at (\S+);/.exec(up.err())![1]!;
  const list = await ingot(['node', 'list', '--json', '--fields', 'name,provision_state,power_state'], {
    INGOT_URL: url,
  }).ended;
  expect(JSON.parse(list.out)).toHaveLength(8);
  expect(JSON.parse(list.out)[0]).toEqual({ name: 'sim-1', provision_state: 'active', power_state: 'power on' });
  const undeploy = await ingot(['node', 'undeploy', 'sim-1', '--watch'], { INGOT_URL: url }).ended;
  expect(undeploy.err).toMatch(/Node sim-1 is available after/);
  up.child.kill('SIGTERM');
  expect((await up.ended).code).toBe(0);
});

test('a port in use is one sentence', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ended = await ingot(['up', '--once', '--data-dir', folder('b'), '--port', String(port)]).ended;
  server.close();
  expectSentence(ended, new RegExp(`127\\.0\\.0\\.1:${port}: another program has that port.*--port`));
});

test('a data folder of another running Ingot is one sentence', async () => {
  const unlock = lockDataDir(folder('c'));
  const ended = await (await upIn('c', '--once')).ended;
  unlock();
  expectSentence(ended, new RegExp(`in use by another Ingot .process ${process.pid}.`));
});

test('a database of a newer version is one sentence', async () => {
  expect((await ingot(['db', 'migrate', '--data-dir', folder('d')]).ended).code).toBe(0);
  const database = new Database(join(folder('d'), 'ingot.db'));
  database.prepare("UPDATE meta SET value = '999' WHERE key = 'schema'").run();
  database.close();
  expectSentence(await (await upIn('d', '--once')).ended, /written by a newer Ingot .schema 999/);
});

test('a data folder that cannot be made is one sentence', async () => {
  writeFileSync(folder('file'), '');
  expectSentence(await (await upIn('file/e', '--once')).ended, /data folder .*file\/e cannot be used/);
});

test.skipIf(!isRoot)('a full disk is one sentence (needs root: a small file system is mounted)', async () => {
  execFileSync('mkdir', [folder('f')]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'ingot-test', folder('f')]);
  try {
    expectSentence(await (await upIn('f', '--once')).ended, /disk under .* is full/);
  } finally {
    execFileSync('umount', [folder('f')]);
  }
});

test('nobody answers: a command says where it asked and how to start, and ends with 5', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const ended = await ingot(['node', 'list'], { INGOT_URL: url }).ended;
  expect(ended).toMatchObject({ code: 5, out: '' });
  expect(ended.err).toMatch(new RegExp(`${url}.*ingot up`));
});
