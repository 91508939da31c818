// Application credentials that were restricted to some requests.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { fitsOne, pathFits } from './access-rules.ts';
import { NotAuthenticated } from './gate.ts';
import { type KeystoneParts, keystoneGate } from './keystone.ts';

test.each([
  ['/v1/nodes', '/v1/nodes', true],
  ['/v1/nodes', '/v1/nodes/', false],
  ['/v1/nodes/*', '/v1/nodes/one', true],
  ['/v1/nodes/*', '/v1/nodes/', false],
  ['/v1/nodes/*', '/v1/nodes/one/states', false],
  ['/v1/nodes/{node}/states', '/v1/nodes/one/states', true],
  ['/v1/nodes/{node}', '/v1/nodes/one/states', false],
  ['/v1/**', '/v1/nodes/one/states/power', true],
  ['/v1/**', '/v1/', true],
  ['/v1/**', '/v1', false],
  ['**', '/anything', true],
  ['/v1/*/x/**/y', '/v1/a/x/b/c/y', true],
  ['/v1/*/x/**/y', '/v1/a/x/y', false],
  ['/v1/node.', '/v1/nodes', false],
  ['/v1/{', '/v1/{', true],
  ['', '/', false],
])('"%s" stands for %s: %s', (pattern, path, expected) => expect(pathFits(path, pattern)).toBe(expected));

test('a pattern is what the expression with the same meaning says, for any path', () => {
  const part = fc.constantFrom('/', 'a', 'b', '*', '**', '{x}', '.');
  const sides = fc.tuple(
    fc.array(part, { maxLength: 7 }),
    fc.array(fc.constantFrom('/', 'a', 'b', '.'), { maxLength: 9 }),
  );
  fc.assert(
    fc.property(sides, ([parts, letters]) => {
      const pattern = parts.join('');
      const source = pattern.replace(/\*\*|\*|\{x\}|\./g, (sign) =>
        sign === '**' ? '.*' : sign === '.' ? '\\.' : '[^/]+',
      );
      const path = letters.join('');
      expect(pathFits(path, pattern)).toBe(new RegExp(`^${source}$`).test(path));
    }),
    { numRuns: 2000 },
  );
});

test('a pattern of many stars takes no longer than it is long', () => {
  expect(pathFits(`/${'a'.repeat(4000)}`, '**a'.repeat(80))).toBe(true);
});

test('the query of a request does not count, its method and service do', () => {
  const rule = { method: 'GET', path: '/v1/nodes', service: 'baremetal' };
  expect(fitsOne([rule], { method: 'GET', url: '/v1/nodes?fields=a' }, 'baremetal')).toBe(true);
  expect(fitsOne([rule], { method: 'POST', url: '/v1/nodes' }, 'baremetal')).toBe(false);
  expect(fitsOne([rule], { method: 'GET', url: '/v1/nodes' }, 'compute')).toBe(false);
});

describe('a token with access rules', () => {
  const { signal } = new AbortController();
  const rules = [{ id: 'r', method: 'GET', path: '/v1/nodes/*', service: 'baremetal' }];
  const tokenOf = (access_rules: unknown, more: object = {}) => ({
    token: {
      user: { id: 'u' },
      roles: [],
      application_credential: { id: 'a', access_rules },
      catalog: [{ type: 'baremetal' }],
      ...more,
    },
  });
  /** What a request with the token ends with; the service token `nova` has the role of a service, `mine` has not. */
  async function ask(
    token: object,
    [method, url]: [string, string],
    more: Partial<KeystoneParts> = {},
    service?: string,
  ) {
    const gate = keystoneGate({
      ask: async (subject) => {
        const role = subject === 'nova' ? 'service' : 'member';
        const body = subject === 'user' ? token : { token: { user: { id: subject }, roles: [{ name: role }] } };
        return { status: 200, text: JSON.stringify(body) };
      },
      clock: new ManualClock(),
      log: silent,
      uri: 'http://k',
      cacheSeconds: 300,
      serviceRoles: ['service'],
      serviceRolesRequired: false,
      serviceType: 'baremetal',
      delayDecision: false,
      ...more,
    });
    const headers = { 'x-auth-token': 'user', ...(service && { 'x-service-token': service }) };
    return gate.identify({ method, url, headers, signal }).then(
      () => 'in',
      (error: unknown) => (NotAuthenticated.is(error) ? error.message.replace(/^.*?: /, '') : String(error)),
    );
  }
  const denied = 'the access rules of its application credential do not allow this request.';
  const untold = 'the token is restricted to requests that cannot be told apart here.';

  test.each([
    [rules, ['GET', '/v1/nodes/one?fields=a'], 'in'],
    [rules, ['GET', '/v1/nodes'], denied],
    [rules, ['DELETE', '/v1/nodes/one'], denied],
    [[], ['GET', '/v1/nodes/one'], denied],
    [[{ path: '/v1/nodes/*' }, 'nonsense', null], ['GET', '/v1/nodes/one'], denied],
    ['nonsense', ['GET', '/v1/nodes/one'], denied],
    [null, ['DELETE', '/v1/nodes/one'], 'in'],
    [undefined, ['DELETE', '/v1/nodes/one'], 'in'],
  ] as const)('%j: %j is answered "%s"', async (access, request, expected) => {
    expect(await ask(tokenOf(access), [...request])).toBe(expected);
  });

  test('cannot be judged by a service that does not know what it is in the catalogue', async () => {
    expect(await ask(tokenOf(rules), ['GET', '/v1/nodes/one'], { serviceType: null })).toBe(untold);
    expect(await ask(tokenOf(rules, { catalog: [{ type: 'compute' }] }), ['GET', '/v1/nodes/one'])).toBe(untold);
    expect(await ask(tokenOf(rules, { catalog: undefined }), ['GET', '/v1/nodes/one'])).toBe('in');
  });

  test('is taken from a service for any request, and from nobody else', async () => {
    expect(await ask(tokenOf(rules), ['DELETE', '/v1/nodes/one'], {}, 'nova')).toBe('in');
    expect(await ask(tokenOf(rules), ['DELETE', '/v1/nodes/one'], {}, 'mine')).toBe(denied);
  });
});
