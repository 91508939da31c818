// What the reference tells and no recording touches is found here: operations, arguments, fields, versions.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Field } from '#contract/fields.ts';
import { resources } from '../../src/api/openapi.ts';
import type { Exchange } from './judge.ts';
import { exchangesIn, recordingOf } from './replay.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

const { endpoints } = JSON.parse(
  readFileSync(new URL('../data/reference/endpoints.json', import.meta.url), 'utf8'),
) as { endpoints: readonly Operation[] };

const here = (folder: string) => new URL(`${folder}/`, import.meta.url);
const golden = readdirSync(here('golden')).filter((file) => file.endsWith('.jsonl'));
const exchanges: readonly Exchange[] = [
  ...golden.flatMap((file) => recordingOf(new URL(file, here('golden')))),
  ...readdirSync(here('differential/recorded')).flatMap((file) =>
    exchangesIn(gunzipSync(readFileSync(new URL(file, here('differential/recorded')))).toString()),
  ),
];

const asks = exchanges.map(({ request }) => {
  const [path = '', query = ''] = request.path.split('?');
  return { method: request.method, path: path.replace(/(.)\/$/, '$1'), query: new URLSearchParams(query) };
});
const matcher = (path: string) => new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}$`);
const touching = ({ method, path }: Operation) => {
  const fits = matcher(path);
  return asks.filter(
    (ask) => ask.method === method && fits.test(path === '/' ? ask.path.replace(/^\/$/, '') : ask.path),
  );
};

/** Asked for in suites of their own: src/api/server.test.ts and src/api/surface.test.ts. */
const elsewhere = new Set(['/healthcheck']);

test('every operation of the reference is in some recording', () => {
  const untouched = endpoints.filter((operation) => !elsewhere.has(operation.path) && !touching(operation).length);
  expect(untouched.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test('every argument of every list is in some recording', () => {
  const named = new Set(asks.flatMap(({ query }) => [...query.keys()]));
  const wanted = new Set(endpoints.flatMap(({ query }) => Object.keys(query ?? {})));
  expect([...wanted].filter((name) => !named.has(name))).toEqual([]);
});

// Firmware is what fake machines have none of: its fields are asked for in src/api/surface.test.ts.
test('every field is shown, given and patched in some recording', () => {
  const text = exchanges.map(({ response }) => JSON.stringify(response.body)).join('\n');
  const given = new Set(exchanges.flatMap(({ request }) => (isFields(request.body) ? Object.keys(request.body) : [])));
  const patched = new Set(
    exchanges.flatMap(({ request }) =>
      Array.isArray(request.body) ? request.body.map((entry) => String(entry?.path).split('/')[1]) : [],
    ),
  );
  const untouched: string[] = [];
  for (const { name, fields } of resources)
    for (const [field, about] of Object.entries<Field>(fields)) {
      if (about.shown !== false && !text.includes(`"${field}"`)) untouched.push(`${name}.${field} is not shown`);
      if (about.create && !given.has(field)) untouched.push(`${name}.${field} is not given`);
      if (about.patch && !patched.has(field)) untouched.push(`${name}.${field} is not patched`);
    }
  expect(untouched.filter((line) => !line.startsWith('firmware.'))).toEqual([]);
});

test('every version at which something begins is in some recording, and so is the one before', () => {
  const asked = new Set(exchanges.map(({ request }) => request.headers['X-OpenStack-Ironic-API-Version']));
  const begins = new Set(
    resources.flatMap(({ fields, since }) => [since, ...Object.values<Field>(fields).map((field) => field.since)]),
  );
  const missing = [...begins]
    .flatMap((minor) => [minor, minor - 1])
    .filter((minor) => minor > 0 && !asked.has(`1.${minor}`));
  expect(missing).toEqual([]);
});

const isFields = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);
