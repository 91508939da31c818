import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import type { Call } from '#model/inspection/rules/actions.ts';
import { makeCall } from './api-call.ts';

let server: Server;
let answers: number[];
let asked: { url: string; headers: Record<string, unknown> }[];
const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url!, headers: request.headers });
    response.writeHead(answers.shift() ?? 200, { Location: 'http://127.0.0.1:1/elsewhere' }).end('x'.repeat(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());
beforeEach(() => {
  answers = [];
  asked = [];
});

const call = (more: Partial<Call> = {}, allowed: readonly string[] = ['127.0.0.1']) =>
  makeCall(
    {
      url: `${base()}/x?y=1`,
      headers: {},
      proxies: {},
      timeoutSeconds: 5,
      retries: 2,
      backoffFactor: 0,
      fixedHost: true,
      ...more,
    },
    { allowed, verify: true, clock: systemClock, signal: new AbortController().signal },
  );

test('a call is a GET with the headers of the rule and nothing of the house', async () => {
  await call({ headers: { 'X-Key': 'k' } });
  expect(asked).toEqual([{ url: '/x?y=1', headers: expect.objectContaining({ 'x-key': 'k' }) }]);
  expect(asked[0]!.headers).not.toHaveProperty('authorization');
});

test('it is tried again where that may help, as often as the rule says', async () => {
  answers = [503, 429];
  await call();
  expect(asked).toHaveLength(3);
  answers = [500, 500, 500];
  await expect(call()).rejects.toThrow(/127\.0\.0\.1:\d+\/x failed: it answers 500/);
  expect(asked).toHaveLength(6);
});

test.each([
  [404, /answers 404/],
  [302, /redirects are not followed/],
])('an answer of %d ends it', async (status, why) => {
  answers = [status];
  await expect(call()).rejects.toThrow(why);
  expect(asked).toHaveLength(1);
});

test('what is asked for is not shown with its query', async () => {
  answers = [404];
  await expect(call({ url: `${base()}/x?token=secret` })).rejects.toThrow(/^(?!.*secret)/);
});

test.each([
  ['this machine by its address', {}, [], /of this machine/],
  ['this machine by a name', { url: 'http://localhost:1/' }, [], /of this machine/],
  ['a host that is not allowed', {}, ['192.0.2.0/24', 'hook'], /not among the hosts/],
  ['a host that was filled in', { fixedHost: false }, [], /rule_call_hosts/],
  ['another scheme', { url: 'file:///etc/passwd' }, ['127.0.0.1'], /http\(s\) address/],
  ['no address', { url: 'nonsense' }, ['127.0.0.1'], /http\(s\) address/],
  ['a password in the address', { url: 'http://a:b@127.0.0.1/' }, ['127.0.0.1'], /name and password/],
  ['a header that is not its own', { headers: { Host: 'x' } }, ['127.0.0.1'], /"Host"/],
  [
    'a proxy that is this machine',
    { url: 'http://192.0.2.1/', proxies: { http: 'http://127.0.0.1:1' } },
    [],
    /of this machine/,
  ],
  ['a proxy that is none', { proxies: { http: 'x' } }, ['127.0.0.1'], /proxy/],
] as const)('%s is refused without a request', async (_, more, allowed, why) => {
  await expect(call({ ...more, retries: 0 } as Partial<Call>, allowed)).rejects.toThrow(why);
  expect(asked).toEqual([]);
});

test('a proxy is asked in its stead', async () => {
  await call({ url: 'http://hook.invalid/x', proxies: { http: base() }, retries: 0 }, ['127.0.0.1', 'hook.invalid']);
  expect(asked).toHaveLength(1);
});

test('who does not answer is waited for as long as the rule says', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  await expect(call({ url, timeoutSeconds: 0.05, retries: 0 })).rejects.toThrow(/no answer within 0\.05 s/);
  silent.closeAllConnections();
  silent.close();
});
