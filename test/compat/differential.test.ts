// The other recordings: what the original answers to the scripts of differential/, held against the whole of Ingot.
import { readdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Known, known } from './differential/known.ts';
import { exchangesIn, replay } from './replay.ts';
import { startWhole } from './whole-service.ts';

const folder = new URL('differential/recorded/', import.meta.url);
const files = readdirSync(folder).map((file) => file.replace('.jsonl.gz', ''));

const isOf = (of: string | RegExp, file: string): boolean => (typeof of === 'string' ? of === file : of.test(file));

test.each(files)('Ingot answers the script %s as the original does, less what is known', async (file) => {
  const service = await startWhole();
  const agent = new Agent({ keepAlive: true });
  try {
    const exchanges = exchangesIn(gunzipSync(readFileSync(new URL(`${file}.jsonl.gz`, folder))).toString());
    const verdicts = await replay({ base: service.base, exchanges, admin: service.admin, agent });
    const asks = new Map(exchanges.map(({ name, request }) => [name, `${name} ${JSON.stringify(request.body)}`]));
    const failed = verdicts.filter(({ differences }) => differences.length > 0);
    const isMet = ({ asked }: Known, name: string) => asked.test(name) || asked.test(asks.get(name)!);
    const rows = known.filter(({ of }) => isOf(of, file));
    const unexpected = failed.filter(({ name }) => !rows.some((row) => isMet(row, name)));
    expect(unexpected.map(({ name, differences }) => `${name}: ${differences.slice(0, 3).join('; ')}`)).toEqual([]);
    const stale = rows.filter((row) => typeof row.of === 'string' && !failed.some(({ name }) => isMet(row, name)));
    expect(
      stale.map(({ asked }) => asked.source),
      'these pass by now: take the rows away',
    ).toEqual([]);
  } finally {
    agent.destroy();
    await service.stop();
  }
});
