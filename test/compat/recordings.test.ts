// What the original answered to the requests of golden/, held against the whole of Ingot.
import { readdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { recordingOf, replay } from './replay.ts';
import { startWhole } from './whole-service.ts';

const folder = new URL('golden/', import.meta.url);
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => file.replace('.jsonl', ''));

/** Lines of `file: name of the exchange  # reason`. The list may only shrink. */
const known = readFileSync(new URL('known-differences.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replace(/\s*#.*$/, '').trim())
  .filter((line) => line !== '');

test('every line of known differences is of a recording', () => {
  expect(known.filter((line) => !files.includes(line.split(':')[0]!))).toEqual([]);
});

test.each(files)('the recorded exchanges of %s get the recorded answers, less those listed', async (file) => {
  const exchanges = recordingOf(new URL(`${file}.jsonl`, folder));
  // Nobody need be waited for who holds a lock for good; the lock is tried for as often as by default.
  const locked = exchanges.some(({ before }) => before?.some(({ lock }) => lock));
  const service = await startWhole(locked ? ['conductor.node_locked_retry_interval=0'] : []);
  const agent = new Agent({ keepAlive: true });
  try {
    const verdicts = await replay({ base: service.base, exchanges, admin: service.admin, agent });
    const failed = verdicts.filter(({ differences }) => differences.length > 0);
    const lineOf = (name: string) => `${file}: ${name.trim()}`;
    const unexpected = failed.filter(({ name }) => !known.includes(lineOf(name)));
    expect(unexpected.map(({ name, differences }) => `${name}: ${differences.slice(0, 3).join('; ')}`)).toEqual([]);
    const failing = new Set(failed.map(({ name }) => lineOf(name)));
    const stale = known.filter((line) => line.startsWith(`${file}: `) && !failing.has(line));
    expect(stale, 'these pass by now: take them off the list').toEqual([]);
  } finally {
    agent.destroy();
    await service.stop();
  }
});
