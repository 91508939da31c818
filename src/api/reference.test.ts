import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { docsPage } from './docs-page.ts';
import { describeApi, resources } from './openapi.ts';
import { printReference } from './reference.ts';
import { allRoutes } from './routes.ts';

const pages = printReference(allRoutes);

// Stale? `vitest run --project unit src/api/reference -u` prints the pages anew.
test.each([...pages])('docs/api/%s tells what the tables say', async (file, text) => {
  await expect(text).toMatchFileSnapshot(`../../docs/api/${file}`);
});

test('docs/api holds no page that is not printed any more', () => {
  const folder = new URL('../../docs/api/', import.meta.url);
  expect(readdirSync(folder).filter((file) => !pages.has(file))).toEqual([]);
});

test('the reference tells every route, every argument and every field', () => {
  const whole = [...pages.values()].join('\n');
  for (const { method, path, query } of allRoutes) {
    if (method === 'HEAD' || method === 'OPTIONS') continue;
    expect(whole).toContain(`### ${method} ${path}\n`);
    for (const name of Object.keys(query ?? {})) expect(whole).toContain(`| \`${name}\` |`);
  }
  for (const { fields } of resources)
    for (const name of Object.keys(fields)) expect(whole).toContain(`| \`${name}\` |`);
});

test('the page shows every operation of its version, loads nothing from elsewhere and runs no script', () => {
  const page = docsPage(describeApi(allRoutes, 115), 115);
  expect(page.match(/<summary><b>/g)!.length).toBe(
    allRoutes.filter(({ method, since }) => since <= 115 && method !== 'HEAD' && method !== 'OPTIONS').length,
  );
  expect(page).not.toMatch(/<script|src=|https?:\/\//);
  expect(docsPage(describeApi(allRoutes, 50), 50)).not.toContain('/v1/runbooks');
});

test('whatever a description holds, the page shows it as text', () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const told = { parameters: [{ name: evil, in: evil, schema: { type: evil } }], 'x-since': evil, 'x-policy': evil };
  const schemas = { [evil]: { properties: { [evil]: { type: evil, 'x-since': evil } } } };
  const page = docsPage({ paths: { [`/v1/${evil}`]: { [evil]: told } }, components: { schemas } }, 1);
  expect(page).not.toContain('<img');
  expect(page).not.toContain(`'1'`);
});
