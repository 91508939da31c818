import { request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { type Log, silent } from '#base/log.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import type { Orders } from './orders.ts';
import { type Api, buildApi } from './server.ts';

const lines: { facts: Record<string, unknown>; sentence: string }[] = [];
const noted = (facts: object, sentence: string) =>
  void lines.push({ facts: facts as Record<string, unknown>, sentence });
const log: Log = { ...silent, info: noted, error: noted };
// Every order that these tests reach for fails in a way that nobody declared.
const orders = {
  conductorOf: () => null,
  drivers: async () => {
    throw new Error('the secret reason');
  },
} as unknown as Orders;

let db: Db;
let api: Api;
let port: number;

beforeAll(async () => {
  db = await openDb({ url: 'sqlite://:memory:', log: silent, clock: systemClock });
  api = buildApi({
    db,
    orders,
    clock: systemClock,
    log,
    settings: { bodyKiB: { usual: 4, provision: 8, inspection: 8 } },
  });
  port = await api.listen('127.0.0.1', 0);
});

afterAll(async () => {
  await api.close();
  await db.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function ask(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { 'X-OpenStack-Ironic-API-Version': 'latest', 'Content-Type': 'application/json', ...headers };
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('every answer carries the versions and a request id, which is in the log line too', async () => {
  const { headers } = await ask('GET', '/v1/nodes');
  expect(headers).toMatchObject({
    'x-openstack-ironic-api-minimum-version': '1.1',
    'x-openstack-ironic-api-maximum-version': '1.115',
    'x-openstack-ironic-api-version': '1.115',
    'x-openstack-request-id': expect.stringMatching(/^req-/),
  });
  expect(lines.at(-1)!.facts.requestId).toBe(headers['x-openstack-request-id']);
});

test('an error that nobody declared is a 500 that tells only the request id; the reason is in the log', async () => {
  const { status, text, headers } = await ask('GET', '/v1/drivers');
  expect(status).toBe(500);
  expect(text).not.toContain('secret');
  expect(text).not.toContain('.ts:');
  expect(text).toContain(String(headers['x-openstack-request-id']));
  expect(lines.some(({ sentence }) => sentence.includes('the secret reason'))).toBe(true);
});

test('error_message is text that holds JSON', async () => {
  const { status, text } = await ask('GET', '/v1/nodes/nothere');
  expect(status).toBe(404);
  expect(JSON.parse(JSON.parse(text).error_message)).toMatchObject({ faultcode: 'Client', debuginfo: null });
});

test('a body that is too large is refused with 413, whether it was announced or not', async () => {
  const large = JSON.stringify({ driver: 'x'.repeat(5000) });
  expect((await ask('POST', '/v1/nodes', large)).status).toBe(413);
  expect((await ask('POST', '/v1/nodes', large, { 'Transfer-Encoding': 'chunked' })).status).toBe(413);
});

test('a body that is nested too deep is refused before it is parsed', async () => {
  const { status, text } = await ask('POST', '/v1/nodes', `${'['.repeat(200)}${']'.repeat(200)}`);
  expect(status).toBe(400);
  expect(JSON.parse(text)).toHaveProperty('faultcode', 'Client');
});

test.each([
  ['no JSON', '{'],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ['null', 'null'],
])('a body that is %s is refused with 400', async (_what, body) => {
  expect((await ask('POST', '/v1/nodes', body)).status).toBe(400);
});

test('what is not HTTP gets a 400 and an end', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('NOT HTTP AT ALL\r\n\r\n'));
    let text = '';
    socket.on('data', (part) => {
      text += part.toString();
    });
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

const segment = fc.oneof(
  fc.constantFrom(
    'v1',
    'nodes',
    'ports',
    'chassis',
    'detail',
    'states',
    'provision',
    'power',
    'traits',
    'volume',
    'targets',
  ),
  fc.constantFrom('', '..', '%00', '%ff', 'a b', '__proto__', 'x'.repeat(300), '0ad0d288-e0ae-5bfe-9598-b5dabd89ada0'),
);
const query = fc.oneof(
  fc.constantFrom(
    '',
    '?limit=-1',
    '?fields=__proto__',
    '?sort_key=constructor',
    '?marker=%00',
    '?node=%27',
    '?detail=x',
  ),
  fc.string().map((text) => `?x=${encodeURIComponent(text)}`),
);

test('whatever is asked, the answer is never a 5xx', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      fc.array(segment, { maxLength: 5 }),
      query,
      fc.option(fc.oneof(fc.json(), fc.string()), { nil: undefined }),
      async (method, segments, search, body) => {
        const path = `/${segments.map((part) => (part.startsWith('%') ? part : encodeURIComponent(part))).join('/')}${search}`;
        const { status } = await ask(method, path, method === 'GET' ? undefined : body);
        expect(status, `${method} ${path} ${body}`).toBeLessThan(500);
      },
    ),
    { numRuns: 150 },
  );
});
