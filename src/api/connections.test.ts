// Clients that are slow, silent, many, or gone.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { type Log, silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { createNode } from '#db/nodes.ts';
import { ClientGone } from './client-gone.ts';
import { makeNodePage } from './node-page.ts';
import type { Orders } from './orders.ts';
import type { Ask } from './route.ts';
import { type Api, buildApi } from './server.ts';
import { Sharing } from './sharing.ts';

const lines: Record<string, unknown>[] = [];
const log: Log = { ...silent, info: (facts) => void lines.push({ ...facts }) };
const shown = vi.fn(() => 'here');
let release: (() => void) | undefined;
const orders = {
  conductorOf: shown,
  drivers: () =>
    new Promise((resolve) => {
      release = () => resolve([]);
    }),
} as unknown as Orders;
const open: Socket[] = [];
let db: Db;
let api: Api;
let port: number;

beforeAll(async () => {
  db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20, silentTimeout: 400 };
  api = buildApi({ db, orders, clock: systemClock, log, limits });
  port = await api.listen('127.0.0.1', 0);
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await api.close();
  await db.close();
});

async function connected(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  open.push(socket);
  await once(socket, 'connect');
  return socket;
}

test.each([
  ['nothing', ''],
  ['half of its headers', 'GET /v1/nodes HTTP/1.1\r\nHost: a\r\nX-Slow: '],
  [
    'half of its body',
    'POST /v1/nodes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"a"',
  ],
])('a client that sends %s is cut off', async (_what, text) => {
  const socket = await connected();
  socket.resume();
  if (text) socket.write(text);
  await once(socket, 'close');
});

test('a client that never reads a large answer does not keep the connection', async () => {
  const description = 'x'.repeat(4000);
  await db.write(async (tx) => {
    for (let n = 0; n < 1000; n++)
      await createNode(tx, { uuid: crypto.randomUUID(), driver: 'd', description } as Parameters<typeof createNode>[1]);
  });
  const socket = await connected();
  socket.pause();
  const ask = 'GET /v1/nodes/detail HTTP/1.1\r\nHost: a\r\nX-OpenStack-Ironic-API-Version: latest\r\n\r\n';
  for (let n = 0; n < 5; n++) socket.write(ask);
  await vi.waitFor(() => expect(lines.some(({ url }) => url === '/v1/nodes/detail')).toBe(true), 5000);
  // A reset reaches the client with its next write.
  await vi.waitFor(() => {
    socket.write('x');
    expect(socket.destroyed).toBe(true);
  }, 5000);
});

test('a thousand idle connections do not keep anybody from an answer', async () => {
  const idle = await Promise.all(Array.from({ length: 1000 }, connected));
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/nodes?limit=1`);
  expect(status).toBe(200);
  for (const socket of idle) socket.destroy();
});

test('for a client that went away nothing is made, and the log says so', async () => {
  const socket = await connected();
  const before = shown.mock.calls.length;
  socket.write('GET /v1/drivers HTTP/1.1\r\nHost: a\r\nX-OpenStack-Ironic-API-Version: latest\r\n\r\n');
  await vi.waitFor(() => expect(release).not.toBe(undefined));
  socket.destroy();
  await vi.waitFor(() => {
    release?.();
    expect(lines.some(({ url }) => url === '/v1/drivers')).toBe(true);
  });
  expect(shown.mock.calls.length).toBe(before);
});

test('a page that is being made for a client that goes away is not made to its end', async () => {
  const socket = await connected();
  shown.mockClear();
  // A version that nobody asked for yet: all thousand nodes have to be made, each with its conductor.
  socket.write('GET /v1/nodes/detail?limit=1000 HTTP/1.1\r\nHost: a\r\nX-OpenStack-Ironic-API-Version: 1.90\r\n\r\n');
  await new Promise<void>((resolve) => {
    shown.mockImplementation(() => {
      if (shown.mock.calls.length === 1) setImmediate(() => resolve(void socket.resetAndDestroy()));
      return 'here';
    });
  });
  await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ url: '/v1/nodes/detail?limit=1000', status: 499 }), 5000);
  expect(shown.mock.calls.length).toBeLessThan(1000);
});

test('what others wait for is made to its end when one of them goes away', async () => {
  const work = new Sharing<string>();
  const [stays, goes] = [new AbortController(), new AbortController()];
  let finish: (value: string) => void = () => {};
  const begun: AbortSignal[] = [];
  const begin = (signal: AbortSignal) => {
    begun.push(signal);
    return new Promise<string>((resolve) => {
      finish = resolve;
    });
  };
  const [first, second] = [work.do('a', goes.signal, begin), work.do('a', stays.signal, begin)];
  goes.abort(new ClientGone({}));
  await expect(first).rejects.toThrow('went away');
  expect(begun.map(({ aborted }) => aborted)).toEqual([false]);
  finish('made');
  expect(await second).toBe('made');
  const third = work.do('a', stays.signal, begin);
  stays.abort(new ClientGone({}));
  await expect(third).rejects.toThrow('went away');
  expect(begun.map(({ aborted }) => aborted)).toEqual([false, true]);
});

test('a page of nodes is not made for nobody', async () => {
  const gone = AbortSignal.abort(new ClientGone({}));
  const ask = { db, orders, minor: 115, base: '' } as unknown as Ask;
  const asked = { filter: {}, page: {} as never, view: 'all', end: () => ']}' } as const;
  await expect(makeNodePage(ask, asked, gone)).rejects.toThrow('went away');
});

test('the id of the request that it is made for is in the log, where it has the form of one', async () => {
  const id = 'req-0ad0d288-e0ae-5bfe-9598-b5dabd89ada0';
  await fetch(`http://127.0.0.1:${port}/?one`, { headers: { 'X-OpenStack-Request-ID': id } });
  await fetch(`http://127.0.0.1:${port}/?two`, { headers: { 'X-OpenStack-Request-ID': 'anything' } });
  await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ url: '/?two' }));
  expect(lines.at(-2)).toMatchObject({ url: '/?one', globalRequestId: id });
  expect(lines.at(-1)).not.toHaveProperty('globalRequestId');
});
