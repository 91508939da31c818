import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import { runCommand } from '#cli/testing/run-command.ts';
import { openDb } from '#db/db.ts';
import { createNode } from '#db/nodes.ts';
import { configCommand } from './config.ts';
import { dbCommand } from './db.ts';
import { simCommand } from './sim.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-commands-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const db = (...words: string[]) => runCommand(dbCommand, ['db', '--data-dir', folder, ...words]);

async function withNode(): Promise<void> {
  expect((await db('migrate')).code).toBe(0);
  const open = await openDb({ url: `sqlite:///${folder}/ingot.db`, log: silent, clock: systemClock });
  await open.write((tx) => createNode(tx, { uuid: newUuid(), name: 'n1', driver: 'fake-hardware' }));
  await open.close();
}

test('a node is forced, locked and unlocked by hand, and each is said', async () => {
  await withNode();
  expect((await db('force', 'n1', '{"provision_state": "available"}')).out).toBe(
    'Node n1 was set by hand: available, not locked.\n',
  );
  expect((await db('lock', 'n1', 'elsewhere')).out).toMatch(/available, locked by elsewhere/);
  expect((await db('unlock', 'n1')).out).toMatch(/available, not locked/);
});

test('the options of the database may stand behind the command, too', async () => {
  await withNode();
  const ran = await runCommand(dbCommand, ['db', 'unlock', 'n1', '--data-dir', folder]);
  expect(ran.code).toBe(0);
});

test('columns that are no JSON, unknown columns and unknown nodes are refused', async () => {
  await withNode();
  expect(await db('force', 'n1', 'available')).toMatchObject({ code: 2, err: expect.stringMatching(/not JSON/) });
  expect((await db('force', 'n1', '{"colour": "red"}')).err).toMatch(/no column "colour"/);
  expect((await db('unlock', 'n2')).code).not.toBe(0);
});

test('check tells each thing that it looked at; a copy is made once', async () => {
  await withNode();
  expect((await db('check')).out).toMatch(/^ok {4}integrity/);
  const copy = join(folder, 'copy.db');
  expect((await db('backup', copy)).code).toBe(0);
  expect(statSync(copy).size).toBeGreaterThan(0);
  expect(await db('backup', copy)).toMatchObject({ code: 2, err: expect.stringMatching(/is there already/) });
});

test('a database that is not there is not made by looking at it', async () => {
  expect((await db('check')).err).toMatch(/there is no such file; name the data folder/);
});

test('a configuration is checked: values that are set, warnings, problems', async () => {
  const check = (...sets: string[]) =>
    runCommand(configCommand, ['config', 'check', ...sets.flatMap((set) => ['--set', set])]);
  expect(await check('api.port=7000')).toMatchObject({ code: 0, out: 'api.port = 7000  (--set api.port)\n' });
  expect((await check('api.prot=7000')).err).toMatch(/warning: .*prot.*port/);
  expect(await check('api.port=x')).toMatchObject({ code: 1, err: expect.stringMatching(/wrong: \[api\] port/) });
});

test('the sample is printed', async () => {
  expect((await runCommand(configCommand, ['config', 'sample'])).out).toMatch(/^\[DEFAULT\]$/m);
});

test('simulated machines are told one JSON line each, and end when they are stopped', async () => {
  const stop = new AbortController();
  const { code, out } = await runCommand(
    simCommand,
    ['sim', '--count', '2', '--ipmi', '127.0.0.1:0'],
    {},
    stop.signal,
    (text) => text.includes('sim-2') && stop.abort(),
  );
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(Object.keys(lines[0])).toEqual(['name', 'address', 'port', 'username', 'password', 'macs']);
});

test('a QEMU body without a place for its disks is a usage error', async () => {
  expect((await runCommand(simCommand, ['sim', '--body', 'qemu'])).code).toBe(2);
});
