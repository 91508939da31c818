// What was confirmed is there after kill -9, and nothing is there by halves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { check } from './check.ts';
import { openDb } from './db.ts';
import { readHappenings } from './happenings.ts';
import { listNodes } from './node-list.ts';

const here = import.meta.dirname;

const writer = `
import { systemClock } from '${here}/../base/clock.ts';
import { newUuid } from '${here}/../base/ids.ts';
import { silent } from '${here}/../base/log.ts';
import { openDb } from '${here}/db.ts';
import { recordHappenings } from '${here}/happenings.ts';
import { createNode } from '${here}/nodes.ts';
const db = await openDb({ url: 'sqlite:///' + process.argv[2], log: silent, clock: systemClock });
const caller = async () => {
  while (true) {
    const uuid = newUuid();
    await db.write(async (tx) => {
      await createNode(tx, { uuid, driver: 'fake-hardware' });
      await new Promise(setImmediate);
      await recordHappenings(tx, [{ kind: 'node.created', node: uuid }]);
    });
    process.stdout.write(uuid + '\\n');
  }
};
for (let n = 0; n < 20; n++) void caller();
`;

test('after kill -9 every confirmed node is there, each with its happening, and the file is whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-db-'));
  try {
    const program = join(folder, 'writer.ts');
    const file = join(folder, 'ingot.sqlite');
    await writeFile(program, writer);
    const confirmed = await writeAndDie(program, file, 300);

    const db = await openDb({ url: `sqlite:///${file}`, log: silent, clock: systemClock });
    const stored = (await listNodes(db.read, {}, {}, ['uuid'])).map((node) => node.uuid);
    const told = (await readHappenings(db.read, 0, 100_000)).map((happening) => happening.node_uuid);
    const checked = await check(db);
    await db.close();
    expect(confirmed.filter((uuid) => !stored.includes(uuid))).toEqual([]);
    expect([...stored].sort()).toEqual([...told].sort());
    expect(checked.flatMap((finding) => finding.wrong)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Runs the writer until it has confirmed `count` nodes, kills it in the middle of its work, tells what it confirmed. */
async function writeAndDie(program: string, file: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, file], { cwd: here, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const confirmed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.length === 36) confirmed.push(line);
    if (confirmed.length === count) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return confirmed;
}
