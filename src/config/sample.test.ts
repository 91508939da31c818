import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printDocs } from './docs.ts';
import { loadConfig } from './load.ts';
import { everyOption, olderNames } from './names.ts';
import { isComputed } from './option.ts';
import { printSample } from './sample.ts';

test('the sample with every option set reads as the defaults do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-sample-'));
  const file = join(folder, 'all.conf');
  const unset = new Set<string>();
  let count = 0;
  for (const { key, option } of everyOption()) {
    if (option.default === null || isComputed(option.default)) unset.add(key);
    else count++;
  }
  const lines = printSample().split('\n');
  // An option without a default has nothing to be set to; one of the machine neither.
  const all = lines.map((line) => (/^#[a-z_0-9]+ = ./.test(line) ? line.slice(1) : line)).join('\n');
  writeFileSync(file, all);
  try {
    const { config, warnings, sources } = loadConfig({ files: [file] });
    expect(config).toEqual(loadConfig({}).config);
    expect(warnings.filter((warning) => !warning.includes('will go away'))).toEqual([]);
    expect(sources.size).toBeGreaterThan(count / 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the sample as printed sets nothing', () => {
  expect(printSample()).toContain('#sync_power_state_interval = 120');
  expect(
    printSample()
      .split('\n')
      .filter((line) => line !== '' && !/^[#[]/.test(line)),
  ).toEqual([]);
});

// Stale? `vitest run --project unit src/config -u` prints the page anew.
test('docs/configuration.md tells what the tables say', async () => {
  await expect(printDocs()).toMatchFileSnapshot('../../docs/configuration.md');
});

test('the page tells every option and every older name', () => {
  const page = printDocs();
  for (const { key } of everyOption()) expect(page).toContain(`| \`${key}\``);
  for (const name of olderNames().keys()) expect(page).toContain(name.slice(name.indexOf('.') + 1));
});
