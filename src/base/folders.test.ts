import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './folders.ts';

test('missing folders are made, and those that are there are left alone', () => {
  const root = mkdtempSync(join(tmpdir(), 'ingot-folders-'));
  makeFolder(join(root, 'a', 'b', 'c'));
  makeFolder(join(root, 'a', 'b', 'c'));
  expect(existsSync(join(root, 'a', 'b', 'c'))).toBe(true);
  rmSync(root, { recursive: true });
});

test('a place where no folder can be made is an error at once', () => {
  expect(() => makeFolder('/proc/ingot/data')).toThrow(/ENOENT|EACCES|EPERM/);
});

test('a file in the way is an error', () => {
  const root = mkdtempSync(join(tmpdir(), 'ingot-folders-'));
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file', 'below'))).toThrow(/ENOTDIR/);
  rmSync(root, { recursive: true });
});
