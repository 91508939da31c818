import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanName, type FileProvider, firstOf, fromFolder, inMemory, readAhead } from './served-file.ts';

let top: string;
let root: string;
const asker = { address: '10.0.0.9', by: 'tftp' } as const;

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'served-'));
  root = path.join(top, 'root');
  await mkdir(path.join(root, 'node'), { recursive: true });
  await mkdir(path.join(top, 'root-of-another'));
  await mkdir(path.join(top, 'cache'));
  for (const name of ['root/node/config', 'root/..hidden', 'root-of-another/file', 'cache/image', 'secret']) {
    await writeFile(path.join(top, name), name);
  }
  await symlink('node/config', path.join(root, 'link-inside'));
  await symlink('../secret', path.join(root, 'link-outside'));
  await symlink('..', path.join(root, 'folder-outside'));
  await symlink('../cache/image', path.join(root, 'link-cache'));
  await symlink('loop', path.join(root, 'loop'));
});
afterAll(() => rm(top, { recursive: true }));

async function content(provider: FileProvider, name: string): Promise<string | undefined> {
  const file = await provider(name, asker);
  const bytes = await file?.read(0, 100);
  await file?.close();
  return bytes?.toString();
}

for (const [name, expected] of [
  ['node/config', 'root/node/config'],
  ['/node//./config', 'root/node/config'],
  ['node\\config', 'root/node/config'],
  ['..hidden', 'root/..hidden'],
  ['link-inside', 'root/node/config'],
  ['link-outside', undefined],
  ['folder-outside/secret', undefined],
  ['link-cache', undefined],
  ['../secret', undefined],
  ['node/../../secret', undefined],
  ['..\\secret', undefined],
  ['../root-of-another/file', undefined],
  ['node', undefined],
  ['node/config/more', undefined],
  ['nosuch', undefined],
  ['loop', undefined],
  ['', undefined],
  ['node/config\0.txt', undefined],
  ['x'.repeat(300), undefined],
] as const) {
  test(`"${name.slice(0, 40).replace('\0', '\\0')}" gives ${expected ?? 'nothing'}`, async () => {
    expect(await content(fromFolder(root), name)).toBe(expected);
  });
}

test('a name may begin with the path of the root', async () => {
  expect(await content(fromFolder(root), `${root}/node/config`)).toBe('root/node/config');
});

test('a link into a folder that was allowed is followed', async () => {
  expect(await content(fromFolder(root, [path.join(top, 'cache')]), 'link-cache')).toBe('cache/image');
});

test('whatever is asked, no content from outside comes out', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    'node',
    'config',
    'secret',
    'root',
    'folder-outside',
    'link-outside',
    '%2e%2e',
  );
  const names = fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      expect(['root/node/config', undefined]).toContain(await content(fromFolder(root), name));
      expect(cleanName(name) ?? '').not.toMatch(/(^|\/)\.\.(\/|$)/);
    }),
    { numRuns: 200 },
  );
});

test('the first provider that has the file gives it', async () => {
  const virtual: FileProvider = async (name) => (name === 'virtual' ? inMemory('made up') : undefined);
  const both = firstOf(virtual, undefined, fromFolder(root));
  expect([await content(both, 'virtual'), await content(both, 'node/config')]).toEqual(['made up', 'root/node/config']);
});

test('reading ahead gives the same bytes, wherever one reads', async () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
  const file = readAhead(inMemory(bytes));
  for (const [at, length] of [
    [0, 512],
    [512, 512],
    [299_990, 100],
    [0, 0],
    [262_000, 1000],
    [5, 299_995],
  ] as const) {
    expect((await file.read(at, length)).equals(bytes.subarray(at, at + length))).toBe(true);
  }
});
