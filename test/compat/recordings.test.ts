import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { recordingOf, replay } from './replay.ts';
import { startService } from './service.ts';

// Recordings that need a real conductor are replayed against the whole service elsewhere.
const files = [
  'root',
  'chassis',
  'ports',
  'portgroups',
  'node_create',
  'node_read',
  'node_patch',
  'node_delete',
  'traits_vifs',
  'conductors',
  'drivers',
  'deploy_templates',
  'runbooks',
  'allocations',
  'inspection_rules',
  'volume',
];

/** Lines of `file: name of the exchange  # reason`; those with ~ before them may pass. The list may only shrink. */
const lines = readFileSync(new URL('known-differences.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replace(/\s*#.*$/, '').trim())
  .filter((line) => line !== '');
const known = new Set(lines.map((line) => line.replace(/^~/, '')));
const certain = lines.filter((line) => !line.startsWith('~'));

test.each(files)('the recorded exchanges of %s get the recorded answers, less those listed', async (file) => {
  const service = await startService();
  const agent = new Agent({ keepAlive: true });
  try {
    const exchanges = recordingOf(new URL(`golden/${file}.jsonl`, import.meta.url));
    const verdicts = await replay({ base: service.base, exchanges, admin: service.admin, agent });
    const failed = verdicts.filter(({ differences }) => differences.length > 0);
    const unexpected = failed.filter(({ name }) => !known.has(`${file}: ${name.trim()}`));
    expect(unexpected.map(({ name, differences }) => `${name}: ${differences.slice(0, 3).join('; ')}`)).toEqual([]);
    const stale = certain.filter(
      (line) => line.startsWith(`${file}: `) && !failed.some(({ name }) => line === `${file}: ${name.trim()}`),
    );
    expect(stale, 'these pass by now: take them off the list').toEqual([]);
  } finally {
    agent.destroy();
    await service.stop();
  }
});
