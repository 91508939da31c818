// Sends the recorded requests of a file to a running service, one after the other, and has the answers judged.
import { readFileSync } from 'node:fs';
import { type Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Before, type Exchange, Judge } from './judge.ts';

/** What changes rows behind the service's back, for the recordings that begin with it. */
export interface Admin {
  force(node: string, set: Record<string, unknown>): Promise<void>;
  lock(node: string, by: string | null): Promise<void>;
  /** The UUID that the next new thing gets, when the service makes one. */
  nextId(uuid: string | undefined): void;
}

export interface Verdict {
  readonly name: string;
  readonly differences: readonly string[];
}

export const recordingOf = (file: URL): Exchange[] => exchangesIn(readFileSync(file, 'utf8'));

export const exchangesIn = (text: string): Exchange[] =>
  text
    .split('\n')
    .filter((line) => line.trim())
    // One recorded answer holds NaN, which Python writes and JSON does not know.
    .map((line) => JSON.parse(line.replace(/: NaN\b/g, ': null')) as Exchange);

/** Replays a file; one verdict for every exchange that is judged. */
export async function replay(o: {
  base: string;
  exchanges: readonly Exchange[];
  admin: Admin;
  agent: Agent;
}): Promise<Verdict[]> {
  const judge = new Judge(o.base);
  const verdicts: Verdict[] = [];
  for (const exchange of o.exchanges) {
    const befores = exchange.before ?? [];
    const unmet: string[] = [];
    for (const before of Array.isArray(befores) ? befores : [befores]) unmet.push(...(await prepare(o, judge, before)));
    o.admin.nextId(recordedId(exchange));
    const got = await send(o, judge, exchange);
    const differences = [...unmet, ...judge.differences(exchange, got), ...(await rest(o, judge, exchange))];
    verdicts.push({ name: exchange.name, differences });
  }
  return verdicts;
}

const anyUuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The UUID that the recorded service made for what this request created: lists are sorted by them. */
function recordedId({ request, response }: Exchange): string | undefined {
  const asked = JSON.stringify(request);
  const made = (response.body as { uuid?: string } | null)?.uuid;
  const told = made ? [made] : (JSON.stringify(response.body).match(anyUuid) ?? []);
  return request.method === 'POST' ? told.find((uuid) => !asked.includes(uuid)) : undefined;
}

/** Do what came before the request; tells what did not come about. */
async function prepare(
  o: { base: string; admin: Admin; agent: Agent },
  judge: Judge,
  { wait, force, lock, unlock }: Before,
): Promise<string[]> {
  if (force) await o.admin.force(judge.ours(force.node), force.set);
  if (lock) await o.admin.lock(judge.ours(lock.node), lock.by);
  if (unlock) await o.admin.lock(judge.ours(typeof unlock === 'string' ? unlock : unlock.node), null);
  if (!wait) return [];
  const { allocation, node, provision_state } = wait;
  return allocation
    ? settle(o, judge, `/v1/allocations/${allocation}`, ({ state }) => state !== 'allocating')
    : settle(o, judge, `/v1/nodes/${node}`, restsIn(provision_state));
}

/** Where a node came to rest after the answer, for the recordings that say it. */
async function rest(o: { base: string; agent: Agent }, judge: Judge, { request, after }: Exchange): Promise<string[]> {
  if (!after) return [];
  const path = request.path.replace(/\/states\/.*/, '');
  const unmet = await settle(o, judge, path, restsIn(after.provision_state));
  return [...unmet, ...judge.resting(after, (await look(o, judge, path)).body)];
}

type Row = Readonly<Record<string, unknown>>;

const restsIn =
  (state: unknown) =>
  (row: Row): boolean =>
    !row.reservation && !row.target_power_state && row.provision_state === state;

const look = (o: { base: string; agent: Agent }, judge: Judge, path: string) =>
  ask(o, 'GET', judge.ours(path), { 'X-OpenStack-Ironic-API-Version': 'latest' }, undefined);

/** Milliseconds: of waiting in all, and for a row that nobody works on and that stays as it is. */
const patience = 10_000;
const stillness = 2_000;

/** Wait until what is at `path` has come to rest as in the recording, or is gone; tells where it is instead. */
async function settle(
  o: { base: string; agent: Agent },
  judge: Judge,
  path: string,
  rests: (row: Row) => boolean,
): Promise<string[]> {
  const start = Date.now();
  let since = start;
  let last: Row = {};
  while (Date.now() - start < patience && Date.now() - since < stillness) {
    const { status, body } = await look(o, judge, path);
    const row = (body ?? {}) as Row;
    if (status === 404 || rests(row)) return [];
    if (row.reservation || row.updated_at !== last.updated_at) since = Date.now();
    last = row;
    await pause(10);
  }
  return [`${path} did not come to rest as recorded, but is ${last.provision_state ?? last.state}`];
}

function send(o: { base: string; agent: Agent }, judge: Judge, { request }: Exchange): Promise<Answer> {
  const { body } = request;
  const data = request.raw
    ? Buffer.from((body as { text: string }).text, 'latin1')
    : body === null
      ? undefined
      : Buffer.from(judge.ours(JSON.stringify(body)));
  return ask(o, request.method, judge.ours(request.path), request.headers, data);
}

const plain = /[A-Za-z0-9/?&=%+,:;@!$'()*~#[\]\-._]/;
const encoded = (path: string): string =>
  [...path].map((letter) => (plain.test(letter) ? letter : encodeURIComponent(letter))).join('');

export function ask(
  o: { base: string; agent: Agent },
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  data: Buffer | undefined,
): Promise<Answer> {
  const { hostname, port } = new URL(o.base);
  const length = data || method !== 'GET' ? { 'Content-Length': String(data?.length ?? 0) } : {};
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, method, path: encoded(path), headers: { ...headers, ...length }, agent: o.agent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Answer['headers'],
            body: json(text),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(data);
  });
}

function json(text: string): unknown {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
