// Rules are written in Python's words: its own formatting, regular expressions and YAML reader judge ours.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { readYaml } from '#base/yaml.ts';
import { ensureApt } from '../../../test/setup/apt.ts';
import { compile, fits } from './pattern/match.ts';
import { PatternError } from './pattern/syntax.ts';
import { fillText, type Scope } from './rules/placeholders.ts';

const run = promisify(execFile);
beforeAll(() => ensureApt(['python3-yaml']));

async function ask<T>(script: string, cases: unknown): Promise<T> {
  const asking = run('/usr/bin/python3', ['-W', 'ignore', '-c', script], { maxBuffer: 1e8 });
  asking.child.stdin!.end(JSON.stringify(cases));
  return JSON.parse((await asking).stdout) as T;
}

const samples = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
  fc.sample(arbitrary, { numRuns, seed: 20261123 });

const scope: Scope = {
  node: { name: 'n1', driver: 'ipmi', description: null, properties: { cpus: 8, '0': 'zero' } },
  inventory: {
    cpu: { count: 8, flags: ['vmx', "it's", 'a"b\'c\n', '\u0007ü'] },
    ok: true,
    load: 0.5,
    big: 9007199254740991,
    small: 1e-7,
  },
  plugin_data: { macs: ['52:54:00:00:00:01'], none: null, nested: [[1, { a: [] }]] },
  item: { path: '/extra/a', value: -7 },
  hides: false,
};

const formatting = `
import json, sys, types
scope, texts = json.load(sys.stdin)
scope['node'] = types.SimpleNamespace(**scope['node'])
def fill(text):
    try:
        return text.format(**scope)
    except (AttributeError, KeyError, ValueError, IndexError, TypeError):
        return text
print(json.dumps([fill(text) for text in texts]))
`;

test('placeholders are filled in as Python fills them in', async () => {
  const part = fc.constantFrom(
    ...[
      'node.name',
      'node.driver',
      'node.description',
      'node.properties[cpus]',
      'node.properties',
      'node.no',
      'node[x]',
    ],
    ...[
      'inventory[cpu][count]',
      'inventory[cpu][flags]',
      'inventory[cpu][flags][1]',
      'inventory[cpu][flags][9]',
      'inventory',
    ],
    ...['inventory.cpu', 'inventory[ok]', 'inventory[load]', 'inventory[big]', 'inventory[small]', 'inventory[no]'],
    ...[
      'plugin_data[macs][0]',
      'plugin_data[none]',
      'plugin_data[nested]',
      'item[value]',
      'item[path]',
      'item',
      'x',
      '0',
      '',
    ],
  );
  const spec = fc.constantFrom(
    '',
    '',
    '',
    '!r',
    '!s',
    ':>6',
    ':_^9',
    ':<4',
    ':.2f',
    ':05d',
    ':x',
    ':#x',
    ':+d',
    ':,',
    ':.1%',
    ':s',
    ':.2',
    '!z',
    ':q',
  );
  const placeholder = fc.tuple(part, spec).map(([name, how]) => `{${name}${how}}`);
  const text = fc.array(
    fc.oneof(placeholder, placeholder, fc.constantFrom('a', ' ', '{{', '}}', '{', '}', '!', ':', '[', ']')),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  // A method of a dictionary or of an object has no text that a rule could want.
  const texts = samples(text, 3000).map((parts) => parts.join(''));
  const { hides: _, ...given } = scope;
  const theirs = await ask<string[]>(formatting, [given, texts]);
  const ours = texts.map((one) => fillText(one, scope, { steps: 1e6 }).value);
  const differing = texts.filter((_one, at) => ours[at] !== theirs[at]);
  expect(differing.map((one) => [one, theirs[texts.indexOf(one)], ours[texts.indexOf(one)]])).toEqual([]);
});

const matching = `
import json, re, sys
def ask(pattern, text):
    try:
        return [re.search(pattern, text) is not None, re.match('(?:' + pattern + ')$', text) is not None]
    except (re.error, OverflowError):
        return None
print(json.dumps([ask(*case) for case in json.load(sys.stdin)]))
`;

test('patterns fit what they fit in Python', async () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      'ab',
      'A',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '\\b',
      '\\B',
      '^',
      '$',
      '\\A',
      '\\Z',
      '[ab]',
      '[^a]',
      '[a-c\\d]',
      '[]a]',
    ],
    ...[
      '(?:',
      '(',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '{1,2}',
      '{,1}',
      '{',
      '(?=',
      '(?!',
      '(?<=a)',
      '(?<!b)',
      '(?P<n>',
      '\\.',
      '-',
      '\\-',
    ],
  );
  const cases = samples(
    fc.tuple(
      fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
      fc.string({ unit: fc.constantFrom('a', 'b', 'A', '1', ' ', '\n', '.', '-', '{'), minLength: 1, maxLength: 6 }),
    ),
    6000,
  );
  const theirs = await ask<([boolean, boolean] | null)[]>(matching, cases);
  const ours = cases.map(([pattern, text]) => {
    try {
      return [false, true].map((whole) => fits(compile(pattern, whole), text, { steps: 1e6 }));
    } catch (error) {
      if (error instanceof PatternError) return null;
      throw error;
    }
  });
  const differing = cases.flatMap((one, at) =>
    theirs[at] && ours[at] && JSON.stringify(theirs[at]) !== JSON.stringify(ours[at])
      ? [[one, theirs[at], ours[at]]]
      : [],
  );
  expect(differing).toEqual([]);
  const refused = cases.filter((_, at) => theirs[at] && !ours[at]).map(([pattern]) => pattern);
  // Possessive repeats are the one thing of these that is refused here.
  expect(refused.filter((pattern) => !/[*+?}]\+/.test(pattern))).toEqual([]);
  expect(theirs.filter(Boolean).length).toBeGreaterThan(1000);
});

const yamlReading = `
import json, sys, yaml
def read(text):
    try:
        return {'value': yaml.safe_load(text)}
    except yaml.YAMLError:
        return None
print(json.dumps([read(text) for text in json.load(sys.stdin)], default=str))
`;

test('files of rules read as they read in Python', async () => {
  const texts = [
    '- op: eq\n  args: {values: ["{node.driver}", idrac]}\n',
    '# remark\n---\na:\n- 1\n-  two # x\n- "th\\tree"\nb: {c: [d, {e: f}]}\n',
    "a: 'it''s'\nb: >-\n  folded\n  text\n\n  more\nc: |+\n  x\n".replace('|+', '|'),
    'a: yes\nb: off\nc: 012\nd: 1e3\ne: 1.5e+3\nf: .5\ng: ~\nh: null\ni: 0x1F\nj: -0\n',
    '- conditions:\n    - op: contains\n      args:\n        value: "{inventory[system_vendor][manufacturer]}"\n        regex: "(?i)dell"\n  actions:\n    - {op: fail, args: {msg: "no: really, # not"}}\n',
    'a: http://x:80/y#z\nb: x: y\n',
    'a: "one\n  two"\nb: one\n  two\n',
    '- - a\n  - b\n-\n  c: d\n- e:\n    - f\n',
    '{"a": [1, 2.5, null, true, {"b": "c"}]}',
    'a: [1, 2\n',
  ];
  const theirs = await ask<({ value: unknown } | null)[]>(yamlReading, texts);
  const ours = texts.map((text) => {
    try {
      return { value: readYaml(text, 'f') };
    } catch {
      return null;
    }
  });
  expect(ours).toEqual(theirs);
});
