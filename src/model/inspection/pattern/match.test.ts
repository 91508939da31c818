import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BudgetSpent, compile, fits } from './match.ts';
import { PatternError } from './syntax.ts';

const holds = (pattern: string, text: string, whole = false) =>
  fits(compile(pattern, whole), text, { steps: 1_000_000 });

test.each([
  // pattern, text, part of it, the whole of it
  ['dell', 'Dell Inc.', false, false],
  ['(?i)dell', 'Dell Inc.', true, false],
  ['(?i)DELL.*', 'Dell Inc.', true, true],
  ['(?i:d)ell', 'Dell', true, true],
  ['^PowerEdge R6[45]0$', 'PowerEdge R640', true, true],
  ['a|b', 'ab', true, false],
  ['ab|a', 'ab', true, true],
  ['', '', true, true],
  ['x*', 'xxx', true, true],
  ['x{2,3}', 'xxxx', true, false],
  ['x{2}', 'xx', true, true],
  ['x{,2}', 'xx', true, true],
  ['x{a}', 'x{a}', true, true],
  ['(?P<n>\\d+)-\\w+', '12-ab_3', true, true],
  ['\\bgpu\\b', 'a gpu here', true, false],
  ['\\Bpu', 'a gpu', true, false],
  ['[^a-c]', 'abc', false, false],
  ['[]x]', ']', true, true],
  ['[a\\-z]', '-', true, true],
  ['[\\d.]+', '10.0.0.1', true, true],
  ['foo(?!bar)', 'foobar', false, false],
  ['foo(?=bar)', 'foobar', true, false],
  ['(?<=v)\\d', 'v2', true, false],
  ['(?<!v)\\d', 'v2', false, false],
  ['^(?!.*test).*$', 'a test', false, false],
  ['^(?!.*test).*$', 'a machine', true, true],
  ['a.c', 'a\nc', false, false],
  ['(?s)a.c', 'a\nc', true, true],
  ['^b', 'a\nb', false, false],
  ['(?m)^b$', 'a\nb', true, false],
  ['end$', 'the end\n', true, false],
  ['end\\Z', 'the end\n', false, false],
  ['\\x41\\u00e9', 'Aé', true, true],
  ['ü+', 'üü', true, true],
  ['(?#remark)x', 'x', true, true],
  ['(a|b)*?c', 'ababc', true, true],
  ['(?:(?i)a)b', 'Ab', true, true],
  ['(?:(?i)a)B', 'AB', true, true],
  ['(?:(?i)a)b', 'AB', false, false],
])('%j in %j: %s, as a whole: %s', (pattern, text, part, whole) => {
  expect(holds(pattern, text)).toBe(part);
  expect(holds(pattern, text, true)).toBe(whole);
});

test.each([
  ['(', /"\(" without its "\)" at character 1/],
  ['a)', /"\)" without/],
  ['[a', /"\[" without/],
  ['*', /nothing to repeat/],
  ['a**', /cannot be repeated/],
  ['(a)\\1', /back references are not taken/],
  ['(?P<x>a)(?P=x)', /back references/],
  ['(?(1)a|b)', /conditional/],
  ['(?>a)', /atomic/],
  ['a++', /possessive/],
  ['\\q', /"\\q" is not known/],
  ['a{3,2}', /ends before it begins/],
  ['a{5000}', /repeats/],
  ['((a{100}){100}){100}', /too large/],
  ['\\', /at the end/],
  ['(?x)a', /flags/],
  ['x'.repeat(5000), /more than/],
  ['('.repeat(200), /inside each other/],
])('%j is refused', (pattern, why) => {
  expect(() => compile(pattern, false)).toThrow(why);
  expect(() => compile(pattern, false)).toThrow(PatternError);
});

describe('what makes other engines work for ever', () => {
  test.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]([a-z])+$'])('%s ends', (pattern) => {
    expect(holds(pattern, `${'a'.repeat(300)}!`)).toBe(false);
  });

  test('the budget ends what is too much work', () => {
    const pattern = compile('(?=.*x)(.*)(.*)(.*)', false);
    expect(() => fits(pattern, 'a'.repeat(20_000), { steps: 50_000 })).toThrow(BudgetSpent);
  });
});

test('agrees with the engine of the language on simple patterns', () => {
  const letter = fc.constantFrom('a', 'b', 'c');
  const atom = fc.oneof(letter, fc.constantFrom('.', '[ab]', '[^a]', '^', '$', '\\b', '(?=a)', '(?!b)'));
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small' },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
      fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{1,2}')).map(([a, sign]) => `(?:${a})${sign}`),
    ),
  }));
  fc.assert(
    fc.property(pattern, fc.string({ unit: letter, maxLength: 8 }), (source, text) => {
      expect(holds(source, text)).toBe(new RegExp(source).test(text));
      expect(holds(source, text, true)).toBe(new RegExp(`^(?:${source})$`).test(text));
    }),
    { numRuns: 500 },
  );
});

test('any text is a pattern or is refused as one', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?\\^$.-,1<>=!:#iP') }), (source) => {
      try {
        fits(compile(source, true), 'abab', { steps: 100_000 });
      } catch (error) {
        expect(error instanceof PatternError || error instanceof BudgetSpent).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
