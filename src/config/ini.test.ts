import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIniValue, parseIni } from './ini.ts';
import { substitute } from './substitute.ts';

const read = (text: string) => parseIni(text).entries.map(({ section, key, value }) => `${section}.${key}=${value}`);

// What oslo.config 9 makes of each (see oslo.peer.test.ts).
for (const [what, text, settings] of [
  ['the first of = and : divides', '[s]\na: 1=2\nb = 1:2', ['s.a=1=2', 's.b=1:2']],
  ['continuation lines are joined', '[s]\na = 1\n  2\n\t3\n', ['s.a=1\n2\n3']],
  ['an indented comment continues the value', '[s]\na = 1\n  # x\nb = 2', ['s.a=1\n# x', 's.b=2']],
  ['comment signs inside a value belong to it', '[s]\na = 1 # c ; d\nb = #x', ['s.a=1 # c ; d', 's.b=#x']],
  ['both signs start a comment', '[s]\n;a = 1\n#b = 2', []],
  ['a whole value in quotes loses them', `[s]\na = "x y"\nb = ' z '`, ['s.a=x y', 's.b= z ']],
  ['outer quotes go even when they are no pair', '[s]\na = "x" and "y"\nb = "', ['s.a=x" and "y', 's.b=']],
  ['an open quote stays', '[s]\na = "x\nb = "x\n  y"', ['s.a="x', 's.b="x\ny"']],
  ['nothing is an empty value', '[s]\na =\nb = ""', ['s.a=', 's.b=']],
  ['repeated options are all there', '[s]\na = 1\na = 2', ['s.a=1', 's.a=2']],
  ['a section may be opened twice', '[s]\na = 1\n[t]\n[s]\nb = 2', ['s.a=1', 's.b=2']],
  ['section names ignore case', '[Conductor]\na = 1\n[DEFAULT]\nb = 2', ['conductor.a=1', 'DEFAULT.b=2']],
  ['option names do not', '[s]\nA = 1', ['s.A=1']],
  ['line ends of Windows and a byte order mark are no matter', '\uFEFF[s]\r\na = 1\r\n', ['s.a=1']],
  ['tabs count as blanks', '[s] \na\t=\t1\t', ['s.a=1']],
  ['an empty line ends a value', '[s]\na = 1\n\nb = 2', ['s.a=1', 's.b=2']],
] as const) {
  test(`ini: ${what}`, () => expect(read(text)).toEqual(settings));
}

for (const [what, text, line] of [
  ['a line that continues nothing', '[s]\na = 1\n\n  2', 4],
  ['a continuation after a comment', '[s]\na = 1\n# x\n  2', 4],
  ['an indented first option', '[s]\n  a = 1', 2],
  ['an option before any section', 'a = 1', 1],
  ['a section that is not closed', '[s\n', 1],
  ['something after a section', '[s] # comment', 1],
  ['a section without a name', '[]', 1],
  ['a line without = and :', '[s]\nfoo', 2],
  ['a value without a name', '[s]\n= 1', 2],
] as const) {
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
