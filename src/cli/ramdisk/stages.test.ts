import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetOthers, holdCache, type Progress, runStages, type Stage, stageFolder } from './stages.ts';

let cache: string;
let built: string[];
let told: Progress[];

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'ingot-stages-'));
  built = [];
  told = [];
});
afterEach(() => rm(cache, { recursive: true, force: true }));

const stage = (name: string, inputs: unknown, usual: number, fail?: string): Stage => ({
  name,
  inputs,
  usual,
  async build(dir, at) {
    built.push(name);
    await writeFile(join(dir, 'result'), name);
    at(0.5, 'half');
    if (fail) throw new Error(fail);
  },
});

const run = (stages: Stage[]) =>
  runStages(
    cache,
    stages,
    (progress) => told.push(progress),
    () => 0,
  );

test('each stage counts by its usual time, and the end is 100', async () => {
  await run([stage('one', 1, 30), stage('two', 1, 10)]);
  expect(told.map(({ stage, percent, doing }) => `${stage} ${percent} ${doing}`)).toEqual([
    'one 0 begins',
    'one 37 half',
    'one 75 done',
    'two 75 begins',
    'two 87 half',
    'two 100 done',
  ]);
});

test('a build that broke goes on at the stage that broke', async () => {
  await expect(run([stage('one', 1, 1), stage('two', 1, 1, 'power cut')])).rejects.toThrow('power cut');
  expect(await readdir(cache)).toContain(`.part-${process.pid}-${stageFolder('two', 1)}`);
  const folders = await run([stage('one', 1, 1), stage('two', 1, 1)]);
  expect(built).toEqual(['one', 'two', 'two']);
  expect(await readFile(join(folders[1] ?? '', 'result'), 'utf8')).toBe('two');
});

test('other inputs are another result', async () => {
  await run([stage('one', { suite: 'trixie' }, 1)]);
  await run([stage('one', { suite: 'forky' }, 1)]);
  expect(built).toEqual(['one', 'one']);
});

test('results of other inputs and half-built ones are forgotten; other folders stay', async () => {
  const [before = ''] = await run([stage('one', 1, 1)]);
  const [after = ''] = await run([stage('one', 2, 1)]);
  await mkdir(join(cache, '.part-two-0'));
  await mkdir(join(cache, 'mine'));
  await forgetOthers(cache, [{ name: 'one', inputs: 2 }]);
  const left = await readdir(cache);
  expect(left.sort()).toEqual(['mine', after.slice(cache.length + 1)].sort());
  expect(left).not.toContain(before.slice(cache.length + 1));
});

test('a stage is not begun after the stop', async () => {
  const stop = AbortSignal.abort(new Error('enough'));
  await expect(
    runStages(
      cache,
      [stage('one', 1, 1)],
      () => {},
      () => 0,
      stop,
    ),
  ).rejects.toThrow('enough');
  expect(built).toEqual([]);
});

test('one build at a time: the lock names its process, and the lock of a dead one is taken over', async () => {
  const release = await holdCache(cache);
  await expect(holdCache(cache)).rejects.toThrow(`process ${process.pid} is building in ${cache}`);
  await release();
  await writeFile(join(cache, 'lock'), '999999999');
  await (await holdCache(cache))();
  expect(await readdir(cache)).toEqual([]);
});
