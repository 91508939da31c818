import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileSink } from './scratch.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sink-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('chunks of any size arrive in order', async () => {
  const sink = await fileSink(join(root, 'x'));
  const chunks = [3, 700_000, 1, 2_500_000, 0, 65_536].map((size, n) => Buffer.alloc(size, n + 1));
  for (const chunk of chunks) await sink.write(chunk);
  await sink.close();
  expect(readFileSync(join(root, 'x')).equals(Buffer.concat(chunks))).toBe(true);
});

test('after a restart only what follows counts', async () => {
  const sink = await fileSink(join(root, 'x'));
  await sink.write(Buffer.alloc(3_000_000, 1));
  await sink.restart();
  await sink.write(Buffer.from('new'));
  await sink.close();
  expect(readFileSync(join(root, 'x'), 'utf8')).toBe('new');
});

test('what exists is never written over', async () => {
  await (await fileSink(join(root, 'x'))).close();
  await expect(fileSink(join(root, 'x'))).rejects.toThrow(/EEXIST/);
});
