// Names that grow, files that are too long, marks of unfinished work, paths of somebody's machine.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
const ours = tracked.filter((file) => /\.(ts|sh|mjs)$/.test(file));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('no file or folder has a name without an edge', () => {
  const names = /(^|\/)(common|utils?|helpers?|manager|misc|types)(\.[a-z.]+)?(\/|$)/;
  expect(tracked.filter((file) => file.startsWith('src/') && names.test(file))).toEqual([]);
});

test('no file is longer than 500 lines, data tables excepted', () => {
  const tables = new Set(read('test/house/long-tables.txt').split('\n').filter(Boolean));
  const long = ours.filter(
    (file) => file.startsWith('src/') && read(file).split('\n').length > 500 && !tables.has(file),
  );
  expect(long).toEqual([]);
});

test('nothing is marked as unfinished, focused or skipped', () => {
  const marks = /\b(TODO|FIXME|XXX)\b|\b(it|test|describe)\.(skip|only|todo)\b/;
  const found = ours.filter((file) => !file.startsWith('test/house/') && marks.test(read(file)));
  expect(found).toEqual([]);
});

test('no tracked file names a folder of one machine or a download address of packages', () => {
  // Put together here, so that this file does not find itself.
  const folders = new RegExp(['/wor', 'k/(main|shared)|\\.librar', 'y\\b'].join(''));
  const found = tracked
    .filter((file) => !/\.(png|iso|qcow2|bin)$/.test(file))
    .filter(
      (file) =>
        folders.test(read(file)) || (basename(file) === 'package-lock.json' && /"resolved": *"http/.test(read(file))),
    );
  expect(found).toEqual([]);
});
