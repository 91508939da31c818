import { expect, test } from 'vitest';
import type { Adapter, ServiceCall } from './adapter.ts';
import { glanceClient, glanceEndpoint } from './glance.ts';

const id = '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10';

function answering(status: number, text: string): { adapter: Adapter; calls: ServiceCall[] } {
  const calls: ServiceCall[] = [];
  const adapter: Adapter = {
    async request(call) {
      calls.push(call);
      return { status, headers: {}, text };
    },
    address: async (path) => ({ url: `http://glance/v2${path}`, headers: { 'X-Auth-Token': 't' } }),
  };
  return { adapter, calls };
}

test('the record of an image is asked for by its id', async () => {
  const { adapter, calls } = answering(200, JSON.stringify({ id, status: 'active' }));
  expect(await glanceClient(adapter).image(id)).toEqual({ id, status: 'active' });
  expect(calls).toEqual([{ method: 'GET', path: `/images/${id}`, headers: { Accept: 'application/json' } }]);
});

test('an image that is not there is none', async () => {
  expect(await glanceClient(answering(404, '').adapter).image(id)).toBeUndefined();
});

test.each([
  [403, 'Forbidden', 'HTTP 403'],
  [503, '', 'it says no more'],
  [200, '<html>', 'HTTP 200'],
  [200, '[]', 'HTTP 200'],
  [200, 'null', 'HTTP 200'],
])('%i %s is no record', async (status, text, why) => {
  await expect(glanceClient(answering(status, text).adapter).image(id)).rejects.toThrow(why);
});

test('the content is fetched with what proves who we are', async () => {
  expect(await glanceClient(answering(200, '').adapter).content(id)).toEqual({
    url: `http://glance/v2/images/${id}/file`,
    headers: { 'X-Auth-Token': 't' },
  });
});

test.each([
  ['http://glance:9292', 'http://glance:9292/v2'],
  ['http://glance/image/', 'http://glance/image/v2'],
  ['http://glance/v2/', 'http://glance/v2/'],
  [null, null],
])('an override of %s is %s', (override, endpoint) => expect(glanceEndpoint(override)).toBe(endpoint));
