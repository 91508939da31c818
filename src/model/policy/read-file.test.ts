import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyFileInvalid } from './errors.ts';
import { readPolicyFile } from './read-file.ts';

test('a YAML policy file is read with comments, any quotes and texts over several lines', () => {
  const text = `---
# "baremetal:node:get": "commented out"
"a": "role:x"   # said why
'b': 'it''s:y'
c:d: role:z or
   role:w # more
"e": "role:a or
  role:b"

f: >-
  role:c and
  role:d
g: |
  role:e
h:
  role:f
i: "tab\\tand \\"quote\\""
j: ""
k: "!"
`;
  expect(readPolicyFile(text, 'p.yaml')).toEqual({
    a: 'role:x',
    b: "it's:y",
    'c:d': 'role:z or role:w',
    e: 'role:a or role:b',
    f: 'role:c and role:d',
    g: 'role:e',
    h: 'role:f',
    i: 'tab\tand "quote"',
    j: '',
    k: '!',
  });
});

test('JSON, an empty file and one of comments alone are read', () => {
  expect(readPolicyFile('{"a": "role:x", "b": ""}', 'p.json')).toEqual({ a: 'role:x', b: '' });
  expect(readPolicyFile('', 'p.yaml')).toEqual({});
  expect(readPolicyFile('# nothing\n{}\n', 'p.yaml')).toEqual({});
});

test.each([
  ['"a": "x"\n"b": [1]\n', 2, 'not known here'],
  ['"a":\n  "b": "x"\n- c', 3, 'a list stands'],
  ['a: &anchor role:x', 1, 'not known here'],
  ['"a": "x"\n\n"b": "never closed', 3, 'not closed'],
  ['"a": "x" y', 1, 'follows the closing quote'],
  ['"a": "x"\n"a": "y"', 2, 'there twice'],
  ['just words', 1, 'is expected'],
  ['  "a": "x"', 1, 'start of a line'],
  ['"a": "\\q"', 1, 'escape'],
  ['"a": "x"\n---\n"b": "y"', 2, 'second document'],
  ['"a": "x"\n...\n"b": "y"', 2, 'second document'],
  ['--- "a": "x"', 1, 'line of its own'],
  ['{"a": 1}', 1, 'a text is expected'],
  ['{"a": \n oops}', 1, 'no valid JSON'],
])('%j is refused at line %i', (text, line, why) => {
  const thrown = (() => {
    try {
      return readPolicyFile(text, 'p.yaml');
    } catch (error) {
      return error;
    }
  })();
  expect(PolicyFileInvalid.is(thrown) && thrown.facts).toMatchObject({ line, why: expect.stringContaining(why) });
});

test('anything is read or refused by a declared error', () => {
  const words = ['"', "'", ':', ' ', '\n', '#', '- ', '>', '|', 'a', '\\', '{', '}', '"a": "b"\n', 'k: v\n', '\t'];
  const noise = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((w) => w.join('')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        for (const rule of Object.values(readPolicyFile(text, 'x'))) if (typeof rule !== 'string') throw new Error('?');
      } catch (error) {
        if (!PolicyFileInvalid.is(error)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['an open quote over many lines', `"a": "${'x\n '.repeat(200_000)}`],
  ['a line of blanks', `a${' '.repeat(300_000)}`],
  ['backslashes', `"a": "${'\\'.repeat(16_001)}`],
])(
  '%s is answered at once',
  (_, text) => {
    expect(() => readPolicyFile(text, 'x')).toThrow();
  },
  2_000,
);
