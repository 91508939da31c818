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
    for (const before of Array.isArray(befores) ? befores : [befores]) await prepare(o, judge, before);
    o.admin.nextId(recordedId(exchange));
    const got = await send(o, judge, exchange);
    const differences = judge.differences(exchange, got);
    if (exchange.judge !== false) verdicts.push({ name: exchange.name, differences });
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

async function prepare(o: { base: string; admin: Admin; agent: Agent }, judge: Judge, before: Before): Promise<void> {
  if (before.force) return o.admin.force(judge.ours(before.force.node), before.force.set);
  if (before.lock) return o.admin.lock(judge.ours(before.lock.node), before.lock.by);
  if (before.unlock)
    return o.admin.lock(judge.ours(typeof before.unlock === 'string' ? before.unlock : before.unlock.node), null);
  if (before.wait) return settle(o, judge, before.wait);
}

const patience = 10_000;

/** Wait until the node (or allocation) rests as it did in the recording; a state that never comes is the next answer's fault. */
async function settle(
  o: { base: string; agent: Agent },
  judge: Judge,
  wait: NonNullable<Before['wait']>,
): Promise<void> {
  const path = judge.ours(wait.allocation ? `/v1/allocations/${wait.allocation}` : `/v1/nodes/${wait.node}`);
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const { status, body } = await ask(o, 'GET', path, { 'X-OpenStack-Ironic-API-Version': 'latest' }, undefined);
    const row = (body ?? {}) as Record<string, unknown>;
    if (wait.allocation ? row.state !== 'allocating' : status === 404) return;
    if (!wait.allocation && !row.reservation && !row.target_power_state && row.provision_state === wait.provision_state)
      return;
    await pause(10);
  }
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
