import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as kind from './option.ts';
import { readValue, writeValue } from './read-value.ts';

const wrong = { bad: expect.any(String) };
const few = kind.integer(1, '', { min: 1, max: 5000 });
const maybe = kind.integer(null, '');

for (const [name, option, text, value] of [
  ['integer', few, '5', 5],
  ['integer', few, '  7 ', 7],
  ['integer', few, '1_000', 1000],
  ['integer', few, '+5', 5],
  ['integer', maybe, '-0', 0],
  ['integer', few, '010', 10],
  ['integer', few, '0x10', wrong],
  ['integer', few, '1.0', wrong],
  ['integer', few, 'abc', wrong],
  ['integer', few, '', wrong],
  ['integer', few, '0', wrong],
  ['integer', few, '6000', wrong],
  ['integer', few, '99999999999999999999', wrong],
  ['an integer that may miss', maybe, '', null],
  ['float', kind.float(1, ''), '1e3', 1000],
  ['float', kind.float(1, ''), '.5', 0.5],
  ['float', kind.float(1, ''), '1.', 1],
  ['float', kind.float(1, ''), 'e', wrong],
  ['octal', kind.octal(null, ''), '0660', 0o660],
  ['octal', kind.octal(null, ''), '0o660', 0o660],
  ['octal', kind.octal(null, ''), '0', 0],
  ['octal', kind.octal(null, ''), '888', wrong],
  ['boolean', kind.boolean(true, ''), 'Yes', true],
  ['boolean', kind.boolean(true, ''), ' off ', false],
  ['boolean', kind.boolean(true, ''), 't', wrong],
  ['boolean', kind.boolean(true, ''), '', wrong],
  ['port', kind.port(1, ''), '65535', 65535],
  ['port', kind.port(1, ''), '65536', wrong],
  ['list', kind.list([], ''), 'a, b,c', ['a', 'b', 'c']],
  ['list', kind.list([], ''), 'a,\nb,\nc', ['a', 'b', 'c']],
  ['list', kind.list([], ''), '', []],
  ['list', kind.list([], ''), 'a,,b,', ['a', '', 'b']],
  ['list', kind.list([], ''), ',', []],
  ['list', kind.list([], ''), '[a, b]', ['a', 'b']],
  ['list', kind.list([], ''), '"a, b"', ['a', 'b']],
  ['list', kind.list([], ''), `"a,b", 'c'`, ['a,b', 'c']],
  ['list', kind.list([], ''), '[::1], [::2]', ['[::1]', '[::2]']],
  ['a list of choices', kind.list([], '', { choices: ['a', 'b'] }), 'b,a', ['b', 'a']],
  ['a list of choices', kind.list([], '', { choices: ['a', 'b'] }), 'b,c', wrong],
  ['dict', kind.dict({}, ''), 'k:v,k2:v2', { k: 'v', k2: 'v2' }],
  ['dict', kind.dict({}, ''), ' k : http://x:1 ,l:', { k: 'http://x:1', l: '' }],
  ['dict', kind.dict({}, ''), '', {}],
  ['dict', kind.dict({}, ''), 'a,b:c', { 'a,b': 'c' }],
  ['dict', kind.dict({}, ''), 'k', wrong],
  ['dict', kind.dict({}, ''), 'k:v,', wrong],
  ['dict', kind.dict({}, ''), ':v', wrong],
  ['dict', kind.dict({}, ''), 'k:v,k:w', wrong],
  ['choice', kind.choice('a', ['a', 'b'], ''), 'b', 'b'],
  ['choice', kind.choice('a', ['a', 'b'], ''), 'A', wrong],
  ['choice', kind.choice(null, ['a', 'b'], ''), '', wrong],
  ['host', kind.host('', ''), '::1', '::1'],
  ['host', kind.host('', ''), 'a.b-c.d.', 'a.b-c.d'],
  ['host', kind.host('', ''), '[::1]', wrong],
  ['host', kind.host('', ''), '300.1.1.1', wrong],
  ['host', kind.host('', ''), '-x', wrong],
  ['host', kind.host('', ''), 'a.1', wrong],
  ['host', kind.host('', ''), '', wrong],
  ['ip', kind.ip('', ''), '192.0.2.1', '192.0.2.1'],
  ['ip', kind.ip('', ''), 'fe80::1%eth0', wrong],
  ['url', kind.url(null, ''), 'http://[::1]:80/a', 'http://[::1]:80/a'],
  ['url', kind.url(null, ''), 'file:///a', wrong],
  ['url', kind.url(null, ''), 'host:80', wrong],
  ['kernel parameters', kind.kernelParameters('', ''), 'a=1\nb "c"', 'a=1 b "c"'],
] as const) {
  const says = value === wrong ? 'refuses' : 'reads';
  test(`${name} ${says} ${JSON.stringify(text)}`, () =>
    expect(readValue(option, text)).toEqual(value === wrong ? wrong : { value }));
}

describe('what is written is read back', () => {
  const item = fc.stringMatching(/^[a-z0-9./_-]{1,9}$/);
  for (const [name, option, values] of [
    ['integer', kind.integer(0, ''), fc.maxSafeInteger()],
    ['float', kind.float(0, ''), fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)],
    ['boolean', kind.boolean(true, ''), fc.boolean()],
    ['octal', kind.octal(0, ''), fc.nat(0o7777)],
    ['list', kind.list([], ''), fc.array(item)],
    ['dict', kind.dict({}, ''), fc.dictionary(item, item, { noNullPrototype: true })],
  ] as const) {
    test(name, () =>
      fc.assert(
        fc.property<[kind.OptionValue]>(values, (value) => {
          expect(readValue(option, writeValue(value, option.kind))).toEqual({ value });
        }),
      ),
    );
  }
});
