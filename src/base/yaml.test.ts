import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readYaml, YamlInvalid } from './yaml.ts';

test.each([
  ['', null],
  ['# nothing\n', null],
  ['a: 1', { a: 1 }],
  ['---\na: 1\n...\n', { a: 1 }],
  ['- 1\n- two\n-\n  - 3\n', [1, 'two', [3]]],
  ['- a: 1\n  b: 2\n- a: 3', [{ a: 1, b: 2 }, { a: 3 }]],
  ['a:\n  b:\n    - x\n    - y: z\n  c: d', { a: { b: ['x', { y: 'z' }], c: 'd' } }],
  ['a:\n- x\n- y\nb: 1', { a: ['x', 'y'], b: 1 }],
  ['a: "x: # y\\n\\u00e9"', { a: 'x: # y\né' }],
  ["a: 'it''s'", { a: "it's" }],
  ['"a b": \'c\'', { 'a b': 'c' }],
  ['a: x # remark\nb: x#y', { a: 'x', b: 'x#y' }],
  ['a: http://x/y', { a: 'http://x/y' }],
  ['a: [1, "b, c", {d: e, f: [g]}]', { a: [1, 'b, c', { d: 'e', f: ['g'] }] }],
  ['a: [1,\n  2,\n  ]\nb: {x:\n 1}', { a: [1, 2], b: { x: 1 } }],
  ['{"a": [1, null, true, "x"]}', { a: [1, null, true, 'x'] }],
  ['a: |\n  one\n   two\n\n  three\nb: 1', { a: 'one\n two\n\nthree\n', b: 1 }],
  ['a: >-\n  one\n  two\n\n  three\n', { a: 'one two\nthree' }],
  ['a: one\n  two\n  three\nb: 1', { a: 'one two three', b: 1 }],
  ['a: "one\n  two"', { a: 'one two' }],
  ['- |\n  x\n- y', ['x\n', 'y']],
  [
    'a: yes\nb: No\nc: ~\nd:\ne: 0x1f\nf: 1.5\ng: -3\nh: "yes"\ni: 010\nj: 1_000',
    { a: true, b: false, c: null, d: null, e: 31, f: 1.5, g: -3, h: 'yes', i: 8, j: 1000 },
  ],
  ['- - 1\n  - 2\n- - 3', [[1, 2], [3]]],
  [
    '- op: eq\n  args:\n    values: ["{node.driver}", "idrac"]',
    [{ op: 'eq', args: { values: ['{node.driver}', 'idrac'] } }],
  ],
  ['value: (?i)dell', { value: '(?i)dell' }],
])('%j is read', (text, value) => expect(readYaml(text, 'f')).toEqual(value));

test.each([
  ['a: 1\na: 2', 2, /twice/],
  ['a: 1\n  b: 2', 2, /text goes on/],
  ['a:\n  - 1\n b: 2', 3, /further|belong/],
  ['a: &x 1', 1, /"&"/],
  ['a: *x', 1, /"\*"/],
  ['!!str a: 1', 1, /"!"/],
  ['a: [1', 1, /not closed/],
  ['a: "x', 1, /not closed/],
  ['a: "x" y', 1, /follows/],
  ['\ta: 1', 1, /tab/],
  ['a: [1 2: 3, ]x', 1, /follows|missing/],
  ['a: [,]', 1, /missing/],
  [`${'- '.repeat(60)}x`, 1, /levels/],
  ['a: "\\q"', 1, /escape/],
])('%j is refused with its line', (text, line, why) => {
  const read = () => readYaml(text, 'rules.yaml');
  expect(read).toThrow(why);
  expect(read).toThrow(`rules.yaml, line ${line}:`);
});

describe('any text', () => {
  test('that is JSON reads as JSON does', () => {
    const value = fc.jsonValue({ maxDepth: 2, depthSize: 'xsmall' });
    fc.assert(
      fc.property(value, (json) => {
        const plain = JSON.parse(
          JSON.stringify(json, (_, inner) => (typeof inner === 'number' ? Math.trunc(inner % 1e6) : inner)),
        );
        expect(readYaml(JSON.stringify({ plain }), 'f')).toEqual({ plain });
      }),
      { numRuns: 100 },
    );
  });

  test('is read or refused', () => {
    const letters = fc.constantFrom(...'ab:- #\n"\'[]{},|>\\&0', '\n  ', ': ', '- ');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 60 }), (text) => {
        try {
          readYaml(text, 'f');
        } catch (error) {
          expect(YamlInvalid.is(error)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
