import { describe, expect, test } from 'vitest';
import { applyRule, type Rule, type Subject } from './apply-rule.ts';
import { conditionArguments, type Entry } from './arguments.ts';
import { conditions } from './conditions.ts';

const subject: Subject = {
  node: { driver: 'ipmi', name: null, properties: {} },
  ports: [],
  traits: [],
  inventory: {
    cpu: { count: 8, flags: ['vmx'] },
    memory: { physical_mb: 65536 },
    bmc_address: '192.0.2.9',
    bmc_v6address: '2001:db8::9',
    system_vendor: { manufacturer: 'Dell Inc.', product_name: '' },
    hostname: null,
    password: 'x',
  },
  plugin_data: { auto_discovered: true, empty: [], none: null, zero: 0 },
};

const ruleOf = (entry: Entry): Rule => ({
  uuid: '1',
  description: null,
  priority: 0,
  sensitive: false,
  scope: null,
  conditions: [entry],
  actions: [],
});

const ask = (op: string, args: Entry['args'], more: Partial<Entry> = {}) =>
  applyRule(ruleOf({ op, args, ...more }), subject, 'always').is;

test('every operator with arguments is known', () => {
  expect(Object.keys(conditions).sort()).toEqual(Object.keys(conditionArguments).sort());
});

type Case = readonly [op: string, args: Record<string, unknown>, holds: boolean];

const cases: readonly Case[] = [
  ['eq', { values: ['{node.driver}', 'ipmi'] }, true],
  ['eq', { values: ['{node.driver}', 'redfish'] }, false],
  ['eq', { values: ['{inventory[cpu][count]}', 8] }, true],
  ['eq', { values: ['{inventory[cpu][count]}', '8'] }, true],
  ['eq', { values: [1, '1'] }, false],
  ['eq', { values: [1, '1'], force_strings: true }, true],
  ['eq', { values: [1, 1, 2] }, false],
  [
    'eq',
    {
      values: [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
    },
    true,
  ],
  ['eq', { values: [1] }, true],
  ['eq', { values: [] }, true],
  ['eq', { values: ['{inventory[password]}', '***'] }, true],
  ['lt', { values: [1, 2, 3] }, true],
  ['lt', { values: [1, 1] }, false],
  ['lt', { values: ['{inventory[cpu][count]}', 16] }, true],
  ['lt', { values: ['{inventory[cpu][count]}', '{inventory[memory][physical_mb]}'] }, true],
  ['lt', { values: ['{inventory[cpu][count]}', '16'] }, true],
  ['lt', { values: ['a', 'b'] }, true],
  ['lt', { values: [9, 10], force_strings: true }, false],
  ['gt', { values: ['{inventory[memory][physical_mb]}', 4096] }, true],
  ['gt', { values: ['{inventory[memory][physical_mb]}', '128000'] }, false],
  ['gt', { values: [3, 2, 2] }, false],
  ['is-empty', { value: '' }, true],
  ['is-empty', { value: null }, true],
  ['is-empty', { value: [] }, true],
  ['is-empty', { value: '{plugin_data[empty]}' }, true],
  ['is-empty', { value: '{plugin_data[nothing]}' }, true],
  ['is-empty', { value: '{inventory[system_vendor][product_name]}' }, true],
  ['is-empty', { value: '{node.name}' }, true],
  ['is-empty', { value: '{node.driver}' }, false],
  ['is-empty', { value: 0 }, false],
  ['in-net', { address: '{inventory[bmc_address]}', subnet: '192.0.2.0/24' }, true],
  ['in-net', { address: '{inventory[bmc_address]}', subnet: '198.51.100.0/24' }, false],
  ['in-net', { address: '{inventory[bmc_v6address]}', subnet: '2001:db8::/32' }, true],
  ['in-net', { address: '{inventory[bmc_v6address]}', subnet: '10.0.0.0/8' }, false],
  ['in-net', { address: '192.0.2.9', subnet: '192.0.2.9' }, true],
  ['matches', { value: '{inventory[system_vendor][manufacturer]}', regex: '(?i)dell.*' }, true],
  ['matches', { value: '{inventory[system_vendor][manufacturer]}', regex: 'Dell' }, false],
  ['matches', { value: '{inventory[cpu][count]}', regex: '\\d{1,2}' }, true],
  ['contains', { value: '{inventory[system_vendor][manufacturer]}', regex: '(?i)dell' }, true],
  ['contains', { value: '{inventory[cpu][flags]}', regex: "'vmx'" }, true],
  ['contains', { value: 'abc', regex: 'x' }, false],
  ['one-of', { value: '{node.driver}', values: ['redfish', 'ipmi'] }, true],
  ['one-of', { value: '{inventory[cpu][count]}', values: [4, 8] }, true],
  ['one-of', { value: 8, values: ['{inventory[cpu][count]}'] }, true],
  ['one-of', { value: 8, values: ['8'] }, false],
  ['one-of', { value: 'x' }, false],
  ['is-none', { value: null }, true],
  ['is-none', { value: '{inventory[hostname]}' }, true],
  ['is-none', { value: '{inventory[no_such]}' }, true],
  ['is-none', { value: '{node.driver}' }, false],
  ['is-none', { value: '' }, false],
  ['is-true', { value: '{plugin_data[auto_discovered]}' }, true],
  ['is-true', { value: 'Yes' }, true],
  ['is-true', { value: 2 }, true],
  ['is-true', { value: '{plugin_data[zero]}' }, false],
  ['is-true', { value: 'on' }, false],
  ['is-true', { value: '{plugin_data[no_such]}' }, false],
  ['is-false', { value: '{plugin_data[none]}' }, true],
  ['is-false', { value: '{plugin_data[zero]}' }, true],
  ['is-false', { value: 'No' }, true],
  ['is-false', { value: '{plugin_data[auto_discovered]}' }, false],
  ['is-false', { value: '' }, false],
];

describe('a condition', () => {
  test.each(cases)('%s %j: %s', (op, args, holds) => {
    expect(ask(op, args)).toBe(holds ? 'applied' : 'skipped');
    expect(ask(`!${op}`, args)).toBe(holds ? 'skipped' : 'applied');
    expect(ask(` ! ${op} `, args)).toBe(holds ? 'skipped' : 'applied');
  });

  test('every operator is among these, holding and not', () => {
    for (const holds of [true, false])
      expect(new Set(cases.filter((c) => c[2] === holds).map((c) => c[0]))).toEqual(new Set(Object.keys(conditions)));
  });

  test('arguments may be a list, in their order', () => {
    expect(ask('eq', [['{node.driver}', 'ipmi']])).toBe('applied');
    expect(ask('contains', ['abc', 'b'])).toBe('applied');
  });
});

describe('over a loop', () => {
  const loop = [1, 8, 8];
  test.each([
    [undefined, 'eq', 'applied'],
    ['any', 'eq', 'applied'],
    ['all', 'eq', 'skipped'],
    ['first', 'eq', 'skipped'],
    ['last', 'eq', 'applied'],
    ['any', '!eq', 'applied'],
    ['first', '!eq', 'applied'],
    ['last', '!eq', 'skipped'],
    ['all', '!eq', 'skipped'],
  ] as const)('%s of %s: %s', (multiple, op, is) => {
    const args = { values: ['{inventory[cpu][count]}', '{item}'] };
    expect(ask(op, args, { loop, ...(multiple && { multiple }) })).toBe(is);
  });

  test('an object is one item, an empty list is no loop', () => {
    expect(ask('eq', { values: ['{item[a]}', 'ipmi'] }, { loop: { a: '{node.driver}' } })).toBe('applied');
    expect(ask('eq', { values: ['{item}', '{item}'] }, { loop: [] })).toBe('applied');
  });

  test('patterns may hold the item', () => {
    expect(ask('contains', { value: 'rack-17', regex: '{item}$' }, { loop: ['x', '17'] })).toBe('applied');
    expect(ask('contains', { value: 'aa', regex: 'a{2}' }, { loop: ['x'] })).toBe('applied');
  });
});

test.each([
  ['eq', { values: 'x' }, /values: a list/],
  ['lt', { values: [1, 'b'] }, /cannot be compared/],
  ['in-net', { address: 'x', subnet: '192.0.2.0/24' }, /"x" is no IP address/],
  ['in-net', { address: '192.0.2.1', subnet: '192.0.2.0/99' }, /is no network/],
  ['matches', { value: 'x', regex: '(' }, /regex "\("/],
  ['contains', { value: 'x', regex: '(a)\\1' }, /back references/],
  ['one-of', { value: 'x', values: 3 }, /values: a list/],
  ['no-such', {}, /no condition "no-such"/],
] as const)('%s %j fails the rule', (op, args, why) => {
  expect(applyRule(ruleOf({ op, args }), subject, 'always')).toMatchObject({
    is: 'failed',
    at: `conditions[0] (${op})`,
    why: expect.stringMatching(why),
    refused: false,
  });
});
