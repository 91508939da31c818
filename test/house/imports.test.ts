// The house looks at itself: imports run downhill, and no files are in a circle. Type imports count.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');

/** The floor of each room; a room imports from lower floors and from itself. */
const floors: Readonly<Record<string, number>> = {
  base: 0,
  contract: 1,
  protocols: 1,
  config: 1,
  model: 2,
  events: 3,
  db: 4,
  boot: 4,
  openstack: 4,
  drivers: 5,
  conductor: 6,
  outlets: 6,
  api: 7,
  cli: 7,
  ui: 7,
  sim: 7,
  serve: 8,
  main: 8,
};

/** Rooms on floor 7 that may use less than what lies below them. */
const only: Readonly<Record<string, readonly string[]>> = {
  cli: ['base', 'contract'],
  ui: ['contract'],
  sim: ['base', 'protocols'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name));

const shipped = files.filter((file) => !/\.(test|suite)\.ts$|\/testing\//.test(file));

const roomOf = (file: string): string => {
  const [first = ''] = relative(src, file).split('/');
  return first.replace(/\.ts$/, '');
};

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/g)];
  return found.flatMap(([, named, lazy]) => {
    const where = named ?? lazy ?? '';
    if (where.startsWith('#')) return [join(src, where.slice(1))];
    return where.startsWith('.') ? [resolve(dirname(file), where)] : [];
  });
}

const graph = new Map(shipped.map((file) => [file, importsOf(file).filter((to) => to.startsWith(src))]));

test('every room has its floor', () => {
  expect([...new Set(files.map(roomOf))].filter((room) => !(room in floors))).toEqual([]);
});

test('imports run downhill', () => {
  const uphill = [...graph].flatMap(([from, tos]) =>
    tos
      .filter((to) => {
        const [a, b] = [roomOf(from), roomOf(to)];
        if (a === b || floors[a] === 8) return false;
        if (only[a]) return !only[a].includes(b);
        return floors[b]! >= floors[a]!;
      })
      .map((to) => `${relative(root, from)} -> ${relative(root, to)}`),
  );
  expect(uphill).toEqual([]);
});

test('a driver family imports no other: only hardware/ picks from all', () => {
  const family = (file: string) => relative(join(src, 'drivers'), file).split('/');
  const crossed = [...graph].flatMap(([from, tos]) => {
    if (roomOf(from) !== 'drivers' || family(from).length < 2 || family(from)[0] === 'hardware') return [];
    return tos
      .filter((to) => roomOf(to) === 'drivers' && family(to).length > 1 && family(to)[0] !== family(from)[0])
      .map((to) => `${relative(root, from)} -> ${relative(root, to)}`);
  });
  expect(crossed).toEqual([]);
});

test('no files import each other in a circle', () => {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].map((f) => relative(src, f)).join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const to of graph.get(file) ?? []) walk(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of graph.keys()) walk(file, []);
  expect(circles).toEqual([]);
});
