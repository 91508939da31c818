import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { apiClient, pathTo } from './api-client.ts';
import { connectionOf } from './connection.ts';
import { exitNameOf } from './exit-codes.ts';
import { FakeApi, refusal } from './testing/fake-api.ts';
import { hastyClock } from './testing/run-command.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const clientOf = (flags: object = {}, env: Record<string, string> = {}) =>
  apiClient(connectionOf({ url: api.url, ...flags }, env), hastyClock());
const failing = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { exit: exitNameOf(error), sentence: (error as Error).message };
};

test('the newest version is asked for, and credentials go where they belong', async () => {
  api.on('GET /v1/nodes', { body: { nodes: [] } });
  const client = clientOf({ user: 'ada', token: 'secret' }, { OS_PASSWORD: 'pässword' });
  await client.get('/v1/nodes');
  expect(api.seen[0]?.headers).toMatchObject({
    'x-openstack-ironic-api-version': 'latest',
    'x-auth-token': 'secret',
    authorization: `Basic ${Buffer.from('ada:pässword').toString('base64')}`,
  });
  await client.close();
});

test('a list is read page after page, and no further than its limit', async () => {
  const page = (names: string[], next?: string) => ({ body: { nodes: names.map((name) => ({ name })), next } });
  api.on('GET /v1/nodes', page(['a', 'b'], 'http://elsewhere:1/v1/nodes?limit=2&marker=b'), page(['c', 'd']));
  const client = clientOf();
  expect((await client.list('/v1/nodes', 'nodes', {}, 3)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(api.seen.map(({ path }) => path)).toEqual(['/v1/nodes?limit=3', '/v1/nodes?limit=2&marker=b']);
  await client.close();
});

for (const [what, reply, exit, sentence] of [
  ['a fault in text', refusal(400, 'That cannot be.'), 'failed', /^That cannot be\.$/],
  [
    'a fault as an object',
    { status: 404, body: { error_message: { faultstring: 'No node x.' } } },
    'notFound',
    /^No node x\.$/,
  ],
  [
    'a title and a description',
    { status: 406, body: { error_message: { title: 'No', description: 'Too new.' } } },
    'failed',
    /^Too new\.$/,
  ],
  ["keystone's form", { status: 403, body: { error: { message: 'Not you.' } } }, 'denied', /^Not you\.$/],
  ['no credentials', { status: 401, body: { error: { message: 'Who?' } } }, 'denied', /OS_TOKEN/],
  ['a conflict', refusal(409, 'It exists.'), 'conflict', /^It exists\.$/],
  ['a page of another server', { status: 404, text: '<html>nothing</html>' }, 'unreachable', /not have.*--url/],
  ['text where JSON should be', { status: 200, text: 'welcome' }, 'unreachable', /not JSON/],
] as const) {
  test(`${what} is told as one sentence and ends with ${exit}`, async () => {
    api.on('GET /v1/nodes/x', reply);
    const client = clientOf();
    const found = await failing(client.get('/v1/nodes/x'));
    expect(found.exit).toBe(exit);
    expect(found.sentence).toMatch(sentence);
    await client.close();
  });
}

test('nothing listens: the sentence names the address and how to start', async () => {
  const { url } = api;
  await api.close();
  const client = apiClient(connectionOf({ url }, {}), new ManualClock());
  const { exit, sentence } = await failing(client.get('/v1'));
  expect(exit).toBe('unreachable');
  expect(sentence).toMatch(new RegExp(`${url} .connection refused.; start it with "ingot up"`));
  await client.close();
  api = await FakeApi.start();
});

test('a locked node is asked again until it is free', async () => {
  const locked = refusal(409, 'Node n is locked by host a, please retry after the current operation is completed.');
  api.on('PUT /v1/nodes/n/states/power', locked, refusal(409, 'Node n is held by b; try again.'), { status: 202 });
  const client = clientOf();
  expect(await client.send('PUT', '/v1/nodes/n/states/power', { target: 'power on' })).toBeNull();
  expect(api.seen).toHaveLength(3);
  await client.close();
});

test('a node that stays locked ends with conflict, a thing that exists at once', async () => {
  api
    .on('PUT /v1/a', refusal(409, 'Node n is held by b; try again.'))
    .on('POST /v1/b', refusal(409, 'A node has that name.'));
  const client = clientOf({ retry: '5' });
  expect((await failing(client.send('PUT', '/v1/a', {}))).exit).toBe('conflict');
  expect(api.seen.length).toBeGreaterThan(5);
  api.seen.length = 0;
  expect((await failing(client.send('POST', '/v1/b', {}))).exit).toBe('conflict');
  expect(api.seen).toHaveLength(1);
  await client.close();
});

for (const [given, url] of [
  ['http://h:1/', 'http://h:1'],
  ['http://h:1/v1', 'http://h:1'],
  ['https://h/baremetal/v1/', 'https://h/baremetal'],
] as const) {
  test(`the address ${given} means ${url}`, () => {
    expect(connectionOf({ url: given }, {}).url).toBe(url);
  });
}

test('an option goes before INGOT_URL, that before OS_ENDPOINT, that before this machine', () => {
  const env = { INGOT_URL: 'http://b', OS_ENDPOINT: 'http://c' };
  expect(connectionOf({ url: 'http://a' }, env).url).toBe('http://a');
  expect(connectionOf({}, env).url).toBe('http://b');
  expect(connectionOf({}, { OS_ENDPOINT: 'http://c' }).url).toBe('http://c');
  expect(connectionOf({}, {}).url).toBe('http://127.0.0.1:6385');
  expect(() => connectionOf({ url: 'localhost' }, {})).toThrow(/no address of an API/);
});

test('a name cannot leave its place in the path', () => {
  expect(pathTo('nodes', '../ports?x=1#', 'states')).toBe('/v1/nodes/..%2Fports%3Fx%3D1%23/states');
});
