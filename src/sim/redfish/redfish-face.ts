// The Redfish service of a rack: one HTTP(S) port for the BMCs of all its machines, told apart by their paths.
import { createHash } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Credentials } from '../ipmi-face.ts';
import type { Machine } from '../machine.ts';
import type { Place } from '../places.ts';
import { selfSigned } from '../self-signed.ts';
import type { Around } from './around.ts';
import { type Board, newBoard } from './board.ts';
import { type Answer, type Json, notFound, wrong } from './reply.ts';
import { routeOf } from './routes.ts';
import { Scratch } from './scratch.ts';
import { RedfishUsers } from './sessions.ts';
import { Subscriptions } from './subscriptions.ts';
import { Tasks } from './tasks.ts';

export interface RedfishFaceOptions {
  readonly place: Place;
  readonly machines: readonly Machine[];
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: Log;
  readonly speed: number;
  /** HTTPS with a certificate that nobody signed. */
  readonly tls?: boolean;
  /** Drives of each machine's RAID controller; usually 4. */
  readonly drives?: number;
}

export interface RedfishFace {
  /** Where the service answers, without a path. */
  readonly url: string;
  readonly boards: ReadonlyMap<string, Board>;
  /** Sessions that are open. */
  readonly sessions: () => number;
  close(): Promise<void>;
}

const mostBody = 1024 * 1024;
/** What may be read by anybody (DSP0266 §13.3.4). */
const open = /^\/redfish(\/v1\/?)?$/;

export async function openRedfishFace(options: RedfishFaceOptions): Promise<RedfishFace> {
  const { machines, credentials, clock, speed, place } = options;
  const boards = new Map(machines.map((machine) => [machine.name, newBoard(machine, options.drives ?? 4)]));
  const users = new RedfishUsers(credentials.username, credentials.password);
  const scratch = new Scratch();
  const around: Around = {
    clock,
    boards,
    users,
    speed,
    tasks: new Tasks(clock),
    subscriptions: new Subscriptions(),
    fetch: (url) => scratch.fetch(url),
    discard: (file) => scratch.discard(file),
  };
  const answering = (message: IncomingMessage, response: http.ServerResponse) =>
    void serve(message, response, around).catch((error: unknown) => {
      options.log.debug({ error }, `a Redfish request broke off: ${explain(error)}`);
      response.destroy();
    });
  const made = options.tls ? selfSigned(place.address, clock.now()) : undefined;
  const server = made
    ? https.createServer({ key: made.key, cert: made.certificate }, answering)
    : http.createServer(answering);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = place.address.includes(':') ? `[${place.address}]` : place.address;
  return {
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    boards,
    sessions: () => users.open,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await scratch.close();
    },
  };
}

async function serve(message: IncomingMessage, response: http.ServerResponse, around: Around): Promise<void> {
  const path = (message.url ?? '/').split('?', 1)[0]!;
  const body = await bodyOf(message);
  around.tasks.settle();
  const found = routeOf(path);
  const board = around.boards.get(found?.names.machine ?? '');
  const faults = board?.machine.hardware.faults;
  if (faults?.has('silent')) return void response.destroy();
  const latency = Number(faults?.get('latency') ?? 0);
  if (latency) await around.clock.sleep(latency);
  const answer = await answerOf(message, path, body, around);
  const lost = faults?.has('drop-reply-after-power') && path.endsWith('ComputerSystem.Reset');
  if (lost) return void response.destroy();
  send(response, answer, message.method === 'HEAD');
}

async function answerOf(
  message: IncomingMessage,
  path: string,
  body: Json | undefined,
  around: Around,
): Promise<Answer> {
  const found = routeOf(path);
  const board = around.boards.get(found?.names.machine ?? '');
  const faults = board?.machine.hardware.faults;
  const method = message.method === 'HEAD' ? 'GET' : (message.method ?? 'GET');
  const loggingIn = method === 'POST' && path.replace(/\/$/, '').endsWith('/SessionService/Sessions');
  const known = around.users.knows(message.headers) && !faults?.has('wrong-password');
  if (!known && !open.test(path) && !loggingIn)
    return wrong(401, 'NoValidSession', 'There is no valid session, and no right password came with the request.');
  if (Math.random() < Number(faults?.get('bmc-busy') ?? 0))
    return wrong(
      503,
      'ServiceTemporarilyUnavailable',
      'The service is temporarily unavailable. Retry in 1 second.',
      '1',
    );
  if (!found) return notFound(path);
  const handler = found.methods[method];
  if (!handler) return wrong(405, 'OperationNotAllowed', `${method} is not allowed on ${path}.`);
  if (!body) return wrong(400, 'MalformedJSON', 'The request body is not a JSON object.');
  const tag = message.headers['if-match'];
  const asked = { method, path, names: found.names, body, headers: message.headers };
  if (method === 'PATCH' && tag && tag !== '*' && found.methods.GET) {
    const now = await found.methods.GET({ ...asked, method: 'GET', body: {} }, around);
    if (tag !== etagOf(now.body)) return wrong(412, 'PreconditionFailed', 'The ETag does not match the resource.');
  }
  return handler(asked, around);
}

/** The body as an object; undefined where it is none. */
async function bodyOf(message: IncomingMessage): Promise<Json | undefined> {
  let text = '';
  for await (const chunk of message) {
    text += chunk;
    if (text.length > mostBody) return undefined;
  }
  if (!text.trim()) return {};
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Json) : undefined;
  } catch {
    return undefined;
  }
}

const etagOf = (body: Json | undefined): string =>
  `"${createHash('sha256')
    .update(JSON.stringify(body ?? {}))
    .digest('hex')
    .slice(0, 16)}"`;

function send(response: http.ServerResponse, { status, body, headers }: Answer, bare: boolean): void {
  const text = body ? JSON.stringify(body) : '';
  response.writeHead(status, {
    'OData-Version': '4.0',
    ...(body && { 'Content-Type': 'application/json; charset=utf-8', ETag: etagOf(body) }),
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(bare ? undefined : text);
}
