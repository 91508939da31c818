import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runTool } from './child.ts';
import { ToolFailed } from './errors.ts';

let folder: string;
let logFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-child-'));
  logFile = join(folder, 'log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('arguments reach the program as they are, and what it says comes back and into the log', async () => {
  const lines: string[] = [];
  const out = await runTool(['printf', '%s\\n', '$HOME; rm -rf *', 'b'], {
    logFile,
    onLine: (line) => lines.push(line),
  });
  expect(out).toBe('$HOME; rm -rf *\nb');
  expect(lines).toEqual(['$HOME; rm -rf *', 'b']);
  expect(await readFile(logFile, 'utf8')).toContain('$HOME; rm -rf *\nb\n');
});

test('a failure names the program, its end and the first line that calls itself an error', async () => {
  const script = 'echo begin; echo "E: no such package" >&2; echo bye; exit 25';
  const error = await runTool(['sh', '-c', script], { logFile }).catch((e: unknown) => e);
  expect(ToolFailed.is(error) && error.message).toBe(
    `sh ended with code 25: E: no such package. All that it said is in ${logFile}.`,
  );
});

test('a program that is not there says so', async () => {
  await expect(runTool(['ingot-no-such-program'], { logFile })).rejects.toThrow(/ENOENT/);
});

test('a stop ends the program with its children', async () => {
  const stop = new AbortController();
  const running = runTool(['sh', '-c', 'sleep 600 & echo $!; wait'], {
    logFile,
    signal: stop.signal,
    onLine: () => stop.abort(new Error('stopped')),
  });
  await expect(running).rejects.toThrow('stopped');
  const pid = Number((await readFile(logFile, 'utf8')).trim().split('\n').at(-1));
  const state = () => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
  await vi.waitFor(async () => expect(await state()).toMatch(/gone|\) Z /)); // a zombie waits for process 1 only
});
