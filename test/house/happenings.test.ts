// Every happening of the catalogue is emitted somewhere, and some test tells of it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', 'src', 'test'], { cwd: root, encoding: 'utf8' }).split('\n');
const kinds = [...read('src/events/catalog.ts').matchAll(/^ {2}'([a-z]+\.[a-z]+)':/gm)].map((m) => m[1]!);

const isTest = (file: string): boolean => /\.(test|suite)\.ts$/.test(file) && !file.startsWith('test/house/');
const sources = tracked.filter(
  (f) => f.endsWith('.ts') && f.startsWith('src/') && !isTest(f) && !f.startsWith('src/events/'),
);
const mentions = (files: readonly string[]) => {
  const text = files.map(read).join('\n');
  return (kind: string) => text.includes(`'${kind}'`);
};

test('the catalogue is not empty', () => {
  expect(kinds.length).toBeGreaterThan(10);
});

test('every happening is emitted', () => {
  expect(kinds.filter((kind) => !mentions(sources)(kind))).toEqual([]);
});

test('every happening is told by a test', () => {
  expect(kinds.filter((kind) => !mentions(tracked.filter(isTest))(kind))).toEqual([]);
});
