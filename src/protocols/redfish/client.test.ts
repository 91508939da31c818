// The client against a small BMC over HTTP on loopback.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { RedfishClient } from './client.ts';
import type { RedfishDoor } from './door.ts';

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string | Buffer;
  readonly headers?: Record<string, string>;
}
type Handler = (message: IncomingMessage, body: Record<string, unknown>) => Reply | undefined;

let server: Server;
let client: RedfishClient;
let door: RedfishDoor;
let asked: string[];
let handle: Handler;
const { signal } = new AbortController();

beforeEach(async () => {
  asked = [];
  handle = () => undefined;
  server = createServer(async (message, response) => {
    let text = '';
    for await (const chunk of message) text += chunk;
    asked.push(`${message.method} ${message.url}`);
    const reply = handle(message, text ? JSON.parse(text) : {}) ?? { status: 404 };
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const known = { username: 'admin', password: 'secret', auth: 'auto', verify: true } as const;
  door = { origin, service: '/redfish/v1/', ...known };
  client = new RedfishClient({
    clock: systemClock,
    connectTimeoutMs: 5000,
    readTimeoutMs: 5000,
    attempts: 3,
    pauseMs: 1,
    sessions: 1,
  });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A BMC with sessions; `tokens` are those that are good. */
function withSessions(tokens: Set<string>, room = 99): Handler {
  let made = 0;
  return (message, body) => {
    const { url = '', method } = message;
    if (url === '/redfish/v1/')
      return { status: 200, body: { Links: { Sessions: { '@odata.id': '/redfish/v1/SessionService/Sessions' } } } };
    if (url === '/redfish/v1/SessionService/Sessions' && method === 'POST') {
      if (body.UserName !== 'admin' || body.Password !== 'secret') return { status: 401 };
      if (tokens.size >= room) return { status: 503, body: { error: { message: 'maximum number of sessions' } } };
      made += 1;
      tokens.add(`t${made}`);
      const location = `https://elsewhere.example${url}/${made}`;
      return { status: 201, headers: { 'x-auth-token': `t${made}`, location } };
    }
    const token = message.headers['x-auth-token'];
    const isBasic = message.headers.authorization === `Basic ${Buffer.from('admin:secret').toString('base64')}`;
    if (!isBasic && !(typeof token === 'string' && tokens.has(token))) return { status: 401 };
    if (method === 'DELETE') return { status: tokens.delete(`t${url.split('/').at(-1)}`) ? 204 : 404 };
    return { status: 200, body: { token: token ?? 'basic' } };
  };
}

test('one session serves all requests, and is closed at the end', async () => {
  const tokens = new Set<string>();
  handle = withSessions(tokens);
  const read = await Promise.all([1, 2, 3].map(() => client.get(door, '/redfish/v1/Systems', signal)));
  expect(read.map(({ body }) => body.token)).toEqual(['t1', 't1', 't1']);
  await client.close();
  expect(tokens.size).toBe(0);
  expect(asked.at(-1)).toBe('DELETE /redfish/v1/SessionService/Sessions/1');
});

test('a session that was refused is opened anew, once', async () => {
  const tokens = new Set<string>();
  handle = withSessions(tokens);
  await client.get(door, '/x', signal);
  tokens.clear();
  expect((await client.get(door, '/x', signal)).body.token).toBe('t2');
  const usual = handle;
  handle = (message, body) => (message.url === '/x' ? { status: 401 } : usual(message, body));
  asked.length = 0;
  await expect(client.get(door, '/x', signal)).rejects.toThrow(/refused to user "admin" with HTTP 401/);
  expect(asked.filter((line) => line === 'GET /x')).toHaveLength(2);
});

test('a BMC without room for a session is asked with the password; a session that was demanded is missed', async () => {
  handle = withSessions(new Set(['other']), 1);
  expect((await client.get(door, '/x', signal)).body.token).toBe('basic');
  await expect(client.get({ ...door, auth: 'session' }, '/x', signal)).rejects.toThrow(
    /gives no session.*maximum number/,
  );
});

test('a wrong password is not tried another way', async () => {
  handle = withSessions(new Set());
  await expect(client.get({ ...door, password: 'x' }, '/x', signal)).rejects.toThrow(/refused to user "admin"/);
  expect(asked).toEqual(['GET /redfish/v1/', 'POST /redfish/v1/SessionService/Sessions']);
});

test('more sessions than may be kept are closed, the oldest first', async () => {
  const tokens = new Set<string>();
  handle = withSessions(tokens);
  await client.get(door, '/x', signal);
  await client.get({ ...door, service: '/redfish/v1' }, '/x', signal).catch(() => {});
  await client.get({ ...door, origin: door.origin.replace('127.0.0.1', 'localhost') }, '/x', signal).catch(() => {});
  await expect.poll(() => tokens.has('t1')).toBe(false);
});

test('what links name is asked of the BMC of the door only', async () => {
  door = { ...door, auth: 'basic' };
  handle = ({ url }) =>
    url === '/moved'
      ? { status: 308, headers: { location: 'http://169.254.169.254/latest' } }
      : url === '/latest'
        ? { status: 200, body: { here: true } }
        : { status: 404 };
  expect((await client.get(door, '/moved', signal)).body).toEqual({ here: true });
  handle = () => ({ status: 301, headers: { location: '/round' } });
  await expect(client.get(door, '/round', signal)).rejects.toThrow(/HTTP 301/);
});

test('a task is followed to its end', async () => {
  door = { ...door, auth: 'basic' };
  const looks: Reply[] = [
    { status: 202, body: { TaskState: 'Running', PercentComplete: 40 } },
    { status: 503 },
    { status: 200, body: { TaskState: 'Completed', TaskStatus: 'OK' } },
  ];
  handle = ({ method }) => (method === 'POST' ? { status: 202, headers: { location: '/task/1' } } : looks.shift()!);
  const begun = await client.post(door, '/action', {}, signal);
  expect(await client.finished(door, begun, { withinMs: 5000, pollMs: 1 }, signal)).toMatchObject({ TaskStatus: 'OK' });
  looks.push({ status: 200, body: { TaskState: 'Exception', Messages: [{ Message: 'The image is broken.' }] } });
  const again = await client.post(door, '/action', {}, signal);
  await expect(client.finished(door, again, { withinMs: 5000, pollMs: 1 }, signal)).rejects.toThrow(
    /ended as Exception: The image is broken/,
  );
});

test('what the BMC is not ready for is asked again', async () => {
  door = { ...door, auth: 'basic' };
  const error = { error: { '@Message.ExtendedInfo': [{ MessageId: 'IDRAC.2.8.SYS518', Message: 'Not ready.' }] } };
  const replies: Reply[] = [{ status: 503, body: error }, { status: 204 }];
  handle = () => replies.shift();
  expect((await client.post(door, '/action', {}, signal)).status).toBe(204);
});

test('an answer that comes compressed only is read; one that is too long is not', async () => {
  door = { ...door, auth: 'basic' };
  handle = ({ headers }) =>
    headers['accept-encoding'] === 'identity'
      ? { status: 406 }
      : { status: 200, headers: { 'content-encoding': 'gzip' }, text: gzipSync('{"a":1}') };
  expect((await client.get(door, '/registry', signal)).body).toEqual({ a: 1 });
  handle = ({ headers }) =>
    headers['accept-encoding'] === 'identity'
      ? { status: 406 }
      : { status: 200, headers: { 'content-encoding': 'gzip' }, text: gzipSync(Buffer.alloc(9 * 1024 * 1024)) };
  await expect(client.get(door, '/registry', signal)).rejects.toThrow(/got no answer/);
  handle = () => ({ status: 200, text: Buffer.alloc(9 * 1024 * 1024, 32) });
  await expect(client.get(door, '/x', signal)).rejects.toThrow(/longer than/);
});

test('whatever comes back is an answer or a declared error', async () => {
  door = { ...door, auth: 'basic' };
  const replies = fc.record({
    status: fc.constantFrom(200, 201, 202, 204, 400, 404, 412, 500),
    text: fc.oneof(fc.json(), fc.string(), fc.constant(`${'['.repeat(20_000)}`)),
    location: fc.option(fc.webUrl(), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(replies, async ({ status, text, location }) => {
      handle = () => ({ status, text, ...(location !== undefined && { headers: { location } }) });
      const outcomes = await Promise.allSettled([
        client.get(door, '/x', signal, { attempts: 1 }),
        client.post(door, '/x', {}, signal),
        client.task(door, '/x', signal),
      ]);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(String((outcome.reason as Error).name)).toMatch(/^Redfish/);
    }),
    { numRuns: 60 },
  );
});
