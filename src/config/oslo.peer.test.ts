// The same files read by oslo.config itself (Debian's python3-oslo.config) and by us.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureApt } from '../../test/setup/apt.ts';
import { formatIniValue, sectionKey } from './ini.ts';
import { loadConfig } from './load.ts';
import type { Machine } from './machine.ts';
import { everyOption, namesOf } from './names.ts';
import { isComputed, type OptionValue } from './option.ts';

const at = (name: string) => new URL(`../../test/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'ingot-oslo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const machine: Machine = { hostname: 'h', tempdir: '/t', ipv4: '192.0.2.1', ipv6: '::1', dataDir: '/d' };

interface Case {
  what: string;
  text: string;
  settings?: string[];
  ours?: boolean;
}
const cases: Case[] = JSON.parse(readFileSync(at('data/ini-cases.json'), 'utf8'));
const shared = cases.filter(({ ours }) => !ours);

const later = join(folder, 'later.conf');
writeFileSync(
  later,
  `[pxe]\npxe_append_params = ${formatIniValue(' "two"\nlines $HOME \\$x')}\n[ipmi]\nadditional_retryable_ipmi_errors = third\n`,
);
const runs = [[], [at('data/ironic.conf')], [at('data/hard-ironic.conf')], [at('data/hard-ironic.conf'), later]];

let oslo: {
  values: Record<string, OptionValue>[];
  parsed: { refused?: string; sections?: Record<string, Record<string, string[]>> }[];
};

beforeAll(async () => {
  await ensureApt(['python3-oslo.config']);
  const options = [...everyOption()].map(({ section, key, option }) => ({
    section,
    key,
    kind: option.kind,
    default: isComputed(option.default) ? option.default.from(machine) : option.default,
    min: option.min,
    max: option.max,
    choices: option.choices,
    old: namesOf(section, key, option).slice(1),
  }));
  const input = JSON.stringify({ options, runs, texts: shared.map(({ text }) => text) });
  const stdout = execFileSync('/usr/bin/python3', [at('peers/oslo_config_reads.py')], {
    input,
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  });
  oslo = JSON.parse(stdout.toString());
});

for (const [index, files] of runs.entries()) {
  test(`every option has the same value as in oslo.config: ${files.map((file) => file.split('/').at(-1)).join(', ') || 'defaults'}`, () => {
    const { config } = loadConfig({ files }, machine);
    const table = config as unknown as Record<string, Record<string, OptionValue>>;
    const own = [...everyOption()].map(({ section, key, option }) => {
      const value = table[section]![key];
      // Ours puts kernel arguments of several lines into one.
      const theirs = oslo.values[index]![`${section}.${key}`];
      return [
        `${section}.${key}`,
        value,
        option.kind === 'kernel parameters' ? String(theirs).replace(/\n/g, ' ') : theirs,
      ];
    });
    expect(own.length).toBeGreaterThan(827);
    const differ = own.filter(([, value, theirs]) => JSON.stringify(value) !== JSON.stringify(theirs));
    expect(differ).toEqual([]);
  });
}

for (const [index, { what, settings }] of shared.entries()) {
  test(`oslo.config agrees: ${what}`, () => {
    const { refused, sections } = oslo.parsed[index]!;
    const theirs = Object.entries(sections ?? {}).flatMap(([section, options]) =>
      Object.entries(options).flatMap(([key, all]) => all.map((value) => `${sectionKey(section)}.${key}=${value}`)),
    );
    if (settings) expect(theirs).toEqual(settings);
    else expect(refused).toEqual(expect.any(String));
  });
}
