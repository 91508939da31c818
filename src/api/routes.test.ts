import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { policyRules } from '#contract/policy-rules.ts';
import { describeApi } from './openapi.ts';
import { usualPath } from './paths.ts';
import { makeRouter } from './router.ts';
import { allRoutes } from './routes.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly min_microversion?: string;
  readonly query?: Readonly<Record<string, string>>;
}

const operations = (
  JSON.parse(readFileSync(new URL('../../test/data/reference/endpoints.json', import.meta.url), 'utf8')) as {
    endpoints: Operation[];
  }
).endpoints;

const shape = (path: string) => path.replace(/\{\w+\}/g, '{}');
const served = new Map(allRoutes.map((route) => [`${route.method} ${shape(route.path)}`, route]));

test('every operation of the reference is served', () => {
  const missing = operations.filter(({ method, path }) => !served.has(`${method} ${shape(path)}`));
  expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test.each(operations.filter(({ query }) => query && Object.keys(query).length))(
  '$method $path takes every argument of the reference',
  ({ method, path, query }) => {
    const route = served.get(`${method} ${shape(path)}`)!;
    expect(Object.keys(query!).filter((name) => !route.query || !(name in route.query))).toEqual([]);
  },
);

test('every policy that a route names is a rule', () => {
  for (const { policy } of allRoutes) if (policy) expect(policyRules).toHaveProperty([policy]);
});

test('the description leaves out what is younger than the version asked', () => {
  const paths = (minor: number) => Object.keys(describeApi(allRoutes, minor).paths as object);
  expect(paths(1)).not.toContain('/v1/runbooks');
  expect(paths(92)).toContain('/v1/runbooks');
  const { components } = describeApi(allRoutes, 49) as { components: { schemas: { node: { properties: object } } } };
  expect(components.schemas.node.properties).not.toHaveProperty('owner');
});

const router = makeRouter(allRoutes);
const found = (method: string, path: string) => {
  try {
    return router.find(method, path).route.path;
  } catch (error) {
    return (error as { status: number }).status;
  }
};

test.each([
  ['GET', '/v1/nodes', '/v1/nodes'],
  ['GET', '/v1/nodes/', '/v1/nodes'],
  ['GET', '/v1/nodes/detail', '/v1/nodes/detail'],
  ['GET', '/v1/nodes/abc', '/v1/nodes/{node}'],
  ['GET', '/v1/nodes/detail/x', '/v1/nodes/{node}'],
  ['PUT', '/v1/nodes', 405],
  ['PATCH', '/v1/nodes', 400],
  ['GET', '/v1/nope', 404],
  ['GET', '/v1//nodes', 404],
  ['GET', '/v1/nodes/%ff', 400],
  ['HEAD', '/v1/nodes', 405],
])('%s %s leads to %s', (method, path, where) => {
  expect(found(method, path)).toBe(where);
});

test.each([
  ['/nodes', 115, '/v1/nodes', false],
  ['/v1/nodes/a.json', 90, '/v1/nodes/a', true],
  ['/v1/nodes/a.json', 91, '/v1/nodes/a.json', false],
  ['/nope', 115, '/nope', false],
])('%s at 1.%i is %s', (path, minor, usual, suffixed) => {
  expect(usualPath(path, minor)).toEqual({ path: usual, suffixed });
});
