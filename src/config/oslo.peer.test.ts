// The same files read by oslo.config itself (Debian's python3-oslo.config) and by us.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureApt } from '../../test/setup/apt.ts';
import { formatIniValue, parseIni, sectionKey } from './ini.ts';
import { loadConfig } from './load.ts';
import type { Machine } from './machine.ts';
import { everyOption, namesOf } from './names.ts';
import * as option from './option.ts';
import { isComputed, type Option, type OptionValue } from './option.ts';
import { readValue } from './read-value.ts';
import { substitute } from './substitute.ts';

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

// Values of every kind made of the signs that matter; brackets and quotes in lists are read in our own way.
const kinds: Option[] = [
  option.text('', ''),
  option.list([], ''),
  option.dict({}, ''),
  option.multi([], ''),
  option.boolean(false, ''),
  option.integer(null, '', { min: -9, max: 50 }),
  option.float(null, ''),
  option.choice(null, ['a', '1'], ''),
  option.host('', ''),
  option.ip('', ''),
];
const numbers = fc.array(fc.constantFrom('1', '0', '7', '-', '+', '.', '_', 'e', ' '), { maxLength: 4 });
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of oslo.config
const braced = '${name}';
const signs = fc.array(
  fc.constantFrom('a', '1', ' ', ',', ':', '=', '#', '$name', braced, '\\', '$', '.', '-', '/', '\n  b', 'yes', 'OFF'),
  { maxLength: 6 },
);
const quotes = fc.array(fc.constantFrom('"', "'", 'a', ' ', '$name', '\n c'), { maxLength: 5 });
const reads = fc
  .sample(fc.tuple(fc.constantFrom(...kinds), fc.oneof(signs, numbers), quotes), { numRuns: 3000, seed: 7 })
  .map(([kind, parts, quoted]): [Option, string] => [
    kind,
    (kind.kind === 'text' || kind.kind === 'multi' ? [...quoted, ...parts] : parts).join(''),
  ]);

let oslo: {
  reads: ({ value: OptionValue } | { bad: string })[];
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
  const input = JSON.stringify({ options, runs, texts: shared.map(({ text }) => text), reads });
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

/** Read as the loader does, with one other option to refer to. */
function readHere(kind: Option, text: string) {
  const { entries, problems } = parseIni(`[s]\nname = value\nopt = ${text}\n`);
  const entry = entries.find(({ key }) => key === 'opt');
  if (problems.length > 0 || !entry) return { bad: 'ini' };
  try {
    const written = kind.kind === 'list' ? entry.raw : entry.value;
    const reading = readValue(
      kind,
      substitute(written, (name) => (name === 'name' ? 'value' : fail(name))),
    );
    return kind.kind === 'multi' && 'value' in reading ? { value: [reading.value].flat() } : reading;
  } catch {
    return { bad: 'reference' };
  }
}
const fail = (name: string): never => {
  throw new Error(name);
};

test('3,000 made-up values are read, or refused, as oslo.config does', () => {
  const differ = reads.flatMap(([kind, text], index) => {
    const [own, theirs] = [readHere(kind, text), oslo.reads[index]!];
    const same =
      'bad' in own ? 'bad' in theirs : 'value' in theirs && JSON.stringify(own.value) === JSON.stringify(theirs.value);
    return same ? [] : [{ kind: kind.kind, text, own, theirs }];
  });
  expect(differ).toEqual([]);
});
