import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';
import { openFiles } from './open-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-open-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function told(text: string, mode: number): string[] {
  const file = join(folder, 'ironic.conf');
  writeFileSync(file, text.replaceAll('FOLDER', folder));
  chmodSync(file, mode);
  return openFiles(loadConfig({ files: [file] })).map((line) => line.replaceAll(folder, ''));
}

test.each([
  [
    '[nova]\npassword = x',
    0o644,
    ['Everybody on this machine may read /ironic.conf, which holds [nova] password: chmod o-r it'],
  ],
  ['[nova]\npassword = x', 0o640, []],
  ['[nova]\nusername = x', 0o644, []],
])('a configuration file with %j and mode %o: %j', (text, mode, expected) => {
  expect(told(text, mode)).toEqual(expected);
});

test('keys that options name count too', () => {
  const key = join(folder, 'client.key');
  writeFileSync(key, '');
  chmodSync(key, 0o644);
  const text = '[nova]\nkeyfile = FOLDER/client.key\ncafile = FOLDER/client.key';
  expect(told(text, 0o600)).toEqual([
    'Everybody on this machine may read /client.key, which holds the key of [nova] keyfile: chmod o-r it',
  ]);
  chmodSync(key, 0o600);
  expect(told(text, 0o600)).toEqual([]);
});
