// Which URL speaks the version that is wanted, and when nobody needs to be asked.
import { describe, expect, test } from 'vitest';
import { type Adapter, type AdapterOptions, makeAdapter } from './adapter.ts';
import { identityAt } from './discovery.ts';
import { AuthMisconfigured, AuthRefused, NoVersion } from './errors.ts';
import type { Answer, Call, Http } from './http.ts';
import { versionIn, within } from './versions.ts';

/** A network of documents by URL. */
function network(pages: Record<string, { status?: number; text: string }>): Http & { calls: Call[] } {
  const calls: Call[] = [];
  const send = async (call: Call): Promise<Answer> => {
    calls.push(call);
    const page = call.method === 'GET' ? pages[call.url] : { text: '{}' };
    return { status: page?.status ?? (page ? 200 : 404), headers: {}, text: page?.text ?? 'Not Found' };
  };
  return { calls, send, close: async () => {} };
}

const link = (href: string) => [{ rel: 'self', href }];
const json = (value: unknown, status = 200) => ({ status, text: JSON.stringify(value) });
const identityRoot = {
  versions: {
    values: [
      { id: 'v2.0', status: 'deprecated', links: link('http://other:5000/v2.0/') },
      { id: 'v3.14', status: 'stable', links: link('http://other:5000/identity/v3/') },
    ],
  },
};

describe('the identity service', () => {
  test.each([
    ['http://k:5000/v3', { version: { id: 'v3.14', links: link('http://k:5000/v3/') } }, 'http://k:5000/v3'],
    ['http://k:5000/v3/', { version: { id: 'v3.14', links: link('http://k:5000/v3/') } }, 'http://k:5000/v3'],
    ['http://k:5000/identity', identityRoot, 'http://k:5000/identity/v3'],
    ['http://k:5000/v3', 'no document at all', 'http://k:5000/v3'],
    ['http://k:5000', { versions: [{ id: 'v3' }] }, 'http://k:5000/v3'],
  ])('at %s that shows %j is used at %s', async (authUrl, page, expected) => {
    const asked = authUrl.replace(/\/$/, '');
    const http = network({ [asked]: json(page, 300) });
    expect(await identityAt(http, 'nova', authUrl)).toBe(expected);
    expect(http.calls).toEqual([{ method: 'GET', url: asked, headers: { Accept: 'application/json' } }]);
  });

  test.each([
    [
      json({ versions: { values: [{ id: 'v2.0' }] } }),
      AuthMisconfigured,
      'auth_url http://k offers v2.0, and version 3',
    ],
    [{ status: 404, text: 'gone fishing' }, AuthMisconfigured, 'GET answered 404 and gone fishing'],
    [
      { status: 503, text: 'later' },
      AuthRefused,
      'at http://k gave no token for the credentials of [nova] (HTTP 503): later',
    ],
  ])('that shows %j is refused with what it showed', async (page, kind, why) => {
    const error = await identityAt(network({ 'http://k': page }), 'nova', 'http://k').catch(
      (thrown: unknown) => thrown,
    );
    expect(kind.is(error)).toBe(true);
    expect((error as Error).message).toContain(why);
  });
});

const usual = { service_type: 'x', service_name: null, valid_interfaces: ['public'], region_name: null };
function adapterOn(http: Http, endpoint: string, options: Partial<AdapterOptions>, version?: string): Adapter {
  const endpoints = [{ type: 'x', name: null, interface: 'public', region: null, url: endpoint }];
  const credentials = {
    headers: async () => ({}),
    endpoint: undefined,
    catalogue: async () => endpoints,
    renew: () => false,
  };
  const all = { ...usual, endpoint_override: null, ...options };
  return makeAdapter({ section: 'glance', options: all, credentials, http, ...(version && { version }) });
}

const many = {
  versions: ['v2.0', 'v2.1', 'v3.0', 'v3.27'].map((id) => ({ id, links: link(`http://inside/${id.slice(0, 2)}/`) })),
};

describe('a service', () => {
  test.each([
    ['http://s/v2.1', { version: '2.1' }, ['http://s/v2.1/a']],
    ['http://s/v2.1/p', {}, ['http://s/v2.1/p/a']],
    ['http://s/v2/p', { version: '3' }, ['http://s/', 'http://s/v3/p/a']],
    ['http://s/v2', { min_version: '2', max_version: '2.latest' }, ['http://s/v2/a']],
    ['http://s/v2', { min_version: '3' }, ['http://s/', 'http://s/v3/a']],
    ['http://s/v2', { max_version: 'latest' }, ['http://s/', 'http://s/v3/a']],
    ['http://s/v3', { max_version: '2.latest' }, ['http://s/', 'http://s/v2/a']],
    ['http://s', { min_version: '2' }, ['http://s/', 'http://s/v3/a']],
    ['http://s/base', {}, ['http://s/base/a']],
  ] as const)('at %s, asked for %j, is met with %j', async (endpoint, options, expected) => {
    const http = network({ 'http://s/': json(many) });
    const adapter = adapterOn(http, endpoint, options);
    for (let n = 0; n < 2; n += 1) await adapter.request({ method: 'PUT', path: '/a' });
    expect(http.calls.map(({ url }) => url)).toEqual([...expected, expected.at(-1)]);
  });

  test('that shows no document is asked again the next time', async () => {
    const http = network({ 'http://s/': { status: 503, text: '' } });
    const adapter = adapterOn(http, 'http://s', {}, '2.1');
    for (let n = 0; n < 2; n += 1) await adapter.request({ method: 'PUT', path: '/a' });
    const once = ['http://s/', 'http://s/v2.1/a'];
    expect(http.calls.map(({ url }) => url)).toEqual([...once, ...once]);
  });

  test('that lacks the version is named with what it has', async () => {
    const asking = adapterOn(network({ 'http://s/': json(many) }), 'http://s', {}, '4').request({
      method: 'GET',
      path: '/',
    });
    const error = await asking.catch((thrown: unknown) => thrown);
    expect(NoVersion.is(error) && error.message).toBe(
      '[glance] wants version 4 of the service at http://s/; it offers v2.0, v2.1, v3.0, v3.27.',
    );
  });

  test.each([
    [{ version: '2', min_version: '2' }, 'version goes without min_version and max_version'],
    [{ min_version: 'two' }, 'min_version is no version: two'],
  ])('cannot be asked for %j', (options, why) => {
    expect(() => adapterOn(network({}), 'http://s', options)).toThrow(
      `[glance] cannot be used to authenticate: ${why}`,
    );
  });
});

test.each([
  ['v2.1', '2.1', undefined, true],
  ['2.93', '2.1', '2.latest', true],
  ['3', '2.1', '2.latest', false],
  ['2', '2.1', undefined, false],
  ['3.0', undefined, 'latest', true],
  ['2.10', '2.9', undefined, true],
])('%s lies between %s and %s: %s', (version, min, max, expected) => {
  const [low, high] = [min, max].map((text) => (text === undefined ? undefined : versionIn(text)));
  expect(within(versionIn(version)!, { min: low, max: high })).toBe(expected);
});
