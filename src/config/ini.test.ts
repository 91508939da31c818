import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIniValue, parseIni } from './ini.ts';
import { substitute } from './substitute.ts';

const read = (text: string) => parseIni(text).entries.map(({ section, key, value }) => `${section}.${key}=${value}`);

interface Case {
  what: string;
  text: string;
  /** What is read, as `section.option=value`. */
  settings?: string[];
  /** Or the line of the one problem. */
  line?: number;
}
// What oslo.config makes of each is asked in oslo.peer.test.ts.
const cases: Case[] = JSON.parse(readFileSync(new URL('../../test/data/ini-cases.json', import.meta.url), 'utf8'));

for (const { what, text, settings, line } of cases) {
  if (settings) test(`ini: ${what}`, () => expect(read(text)).toEqual(settings));
  else
    test(`ini: ${what} is a problem, told with its line`, () =>
      expect(parseIni(text).problems).toEqual([{ line, reason: expect.any(String) }]));
}

test('ini: the lines after a bad one are read', () => expect(read('[s]\nfoo\na = 1')).toEqual(['s.a=1']));

const blank = (line: string) => line !== line.trim() || line === '' || /[\r\n]/.test(line);
const firstLine = fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n]/.test(line));
const nextLine = fc.string({ minLength: 1 }).filter((line) => !blank(line));

test('ini: what is written is read back, with dollar signs, quotes and several lines', () => {
  fc.assert(
    fc.property(firstLine, fc.array(nextLine, { maxLength: 3 }), (first, rest) => {
      const value = [first, ...rest].join('\n');
      const { entries, problems } = parseIni(`[s]\na = ${formatIniValue(value)}\nb = 1\n`);
      expect(problems).toEqual([]);
      const back = substitute(entries[0]!.value, (name) => expect.fail(`$${name} was taken for a name`));
      expect(back).toBe(value);
      expect(entries).toHaveLength(2);
    }),
    { numRuns: 500 },
  );
});

test('ini: no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('[', ']', 's', '=', ':', '"', ' ', '\n', '#', '\t', '\r', '\\')), (signs) => {
      parseIni(signs.join(''));
    }),
    { numRuns: 500 },
  );
});
