// Records what the original answers to the scripts: `record.ts URL DATABASE FOLDER [script ...]`. It runs with the options of
// ../golden/ironic.conf on SQLite; its tables are emptied before each script. The wording of errors is not kept.
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { Answer, Before, Exchange } from '../judge.ts';
import { ask } from '../replay.ts';
import type { Line } from './script.ts';
import { scriptOf, scripts } from './scripts.ts';

const [base = '', database = '', folder = '', ...wanted] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

async function recorded(line: Line): Promise<Exchange> {
  const before: Before[] = [];
  if (line.settle) before.push({ wait: await settled(line.settle) });
  for (const entry of line.before ?? []) {
    if (entry.force) set(entry.force.node, entry.force.set);
    if (entry.lock) set(entry.lock.node, { reservation: entry.lock.by });
    if (entry.unlock) set((entry.unlock as { node: string }).node, { reservation: null });
    if (entry.wait?.allocation) await allocated(entry.wait.allocation);
    before.push(entry);
  }
  const { method, path, headers, body, raw } = line.request;
  const data = raw
    ? Buffer.from((body as { text: string }).text)
    : body === null
      ? undefined
      : Buffer.from(JSON.stringify(body));
  const answer = await ask({ base, agent }, method, path, headers, data);
  return { name: line.name, ...(before.length && { before }), request: line.request, response: kept(answer) };
}

const headersKept = [
  'location',
  'content-type',
  'x-openstack-ironic-api-version',
  'x-openstack-ironic-api-minimum-version',
  'x-openstack-ironic-api-maximum-version',
];

function kept({ status, headers, body }: Answer): Exchange['response'] {
  const some = headersKept.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  return { status, headers: Object.fromEntries(some), body: wordless(body) };
}

/** A body without the sentences of the original. */
function wordless(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('error_message' in body)) return body;
  const { error_message } = body as { error_message: unknown };
  if (typeof error_message !== 'string') return body;
  try {
    const fault = JSON.parse(error_message) as Record<string, unknown>;
    for (const key of ['faultstring', 'description', 'debuginfo'])
      if (typeof fault[key] === 'string') fault[key] = fault[key] && '-';
    return { error_message: JSON.stringify(fault) };
  } catch {
    return { error_message: error_message && '-' };
  }
}

async function look(path: string): Promise<Record<string, unknown>> {
  const { body } = await ask({ base, agent }, 'GET', path, { 'X-OpenStack-Ironic-API-Version': 'latest' }, undefined);
  return (body ?? {}) as Record<string, unknown>;
}

const passing = /ing$/;

/** Waits until nobody works on the node; tells in which state it is then. */
async function settled(node: string): Promise<NonNullable<Before['wait']>> {
  for (let times = 0; times < 600; times++) {
    const row = await look(`/v1/nodes/${node}`);
    const state = row.provision_state as string | undefined;
    const restless = times < 100 && passing.test(state ?? ''); // some stay so for ever
    if (!row.reservation && !row.target_power_state && !restless)
      return { node, ...(state && { provision_state: state }) };
    await pause(20);
  }
  throw new Error(`node ${node} does not come to rest`);
}

async function allocated(uuid: string): Promise<void> {
  for (let times = 0; times < 300; times++) {
    if ((await look(`/v1/allocations/${uuid}`)).state !== 'allocating') return;
    await pause(20);
  }
}

function inDatabase(work: (db: Database.Database) => void): void {
  const db = new Database(database, { timeout: 10_000 });
  work(db);
  db.close();
}

function set(node: string, columns: Record<string, unknown>): void {
  const names = Object.keys(columns);
  inDatabase((db) =>
    db
      .prepare(`UPDATE nodes SET ${names.map((name) => `${name} = ?`).join()} WHERE uuid = ?`)
      .run(...names.map((name) => columns[name]), node),
  );
}

function emptied(): void {
  const stays = /^(alembic_version|sqlite_.*|conductors|conductor_hardware_interfaces)$/;
  inDatabase((db) => {
    db.pragma('foreign_keys = OFF');
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    for (const table of tables) if (!stays.test(table)) db.prepare(`DELETE FROM "${table}"`).run();
  });
}

for (const name of wanted.length ? wanted : Object.keys(scripts)) {
  emptied();
  const started = Date.now();
  const out: string[] = [];
  for (const line of scriptOf(name).lines) {
    const exchange = await recorded(line).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') return undefined; // its server does not answer such a request at all
      throw error;
    });
    if (exchange) out.push(JSON.stringify(exchange));
  }
  writeFileSync(join(folder, `${name}.jsonl.gz`), gzipSync(`${out.join('\n')}\n`, { level: 9 }));
  console.log(`${name}: ${out.length} exchanges in ${Math.round((Date.now() - started) / 1000)} s`);
}
agent.destroy();
