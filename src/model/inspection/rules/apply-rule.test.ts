import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actions } from './actions.ts';
import { applyRule, type Rule, type Subject } from './apply-rule.ts';
import { actionArguments, conditionArguments, type Entry } from './arguments.ts';
import { conditions } from './conditions.ts';

const subject: Subject = {
  node: { driver: 'ipmi', name: 'n', extra: {}, properties: { inspection_scope: 'lab' }, driver_internal_info: {} },
  ports: [{ uuid: 'u', address: 'm', extra: {} }],
  traits: [],
  inventory: { bmc_password: 'x', disks: [{ name: 'a' }] },
  plugin_data: { a: 1 },
};

const rule = (more: Partial<Rule>): Rule => ({
  uuid: '1',
  description: null,
  priority: 0,
  sensitive: false,
  scope: null,
  conditions: [],
  actions: [],
  ...more,
});

const setExtra: Entry = { op: 'set-attribute', args: { path: '/extra/a', value: '{inventory[bmc_password]}' } };

describe('a rule', () => {
  test('does nothing when one condition does not hold, and says which', () => {
    const held = { op: 'eq', args: { values: ['{node.driver}', 'ipmi'] } };
    const not = { op: 'is-true', args: { value: 'no' } };
    expect(applyRule(rule({ conditions: [held, not], actions: [setExtra] }), subject, 'always')).toEqual({
      is: 'skipped',
      because: 'conditions[1] (is-true)',
    });
  });

  test.each([
    [null, 'applied'],
    ['', 'applied'],
    ['lab', 'applied'],
    ['floor', 'skipped'],
  ] as const)('of scope %j is %s on a node of scope "lab"', (scope, is) => {
    expect(applyRule(rule({ scope }), subject, 'always').is).toBe(is);
  });

  test.each([
    ['always', false, '***'],
    ['always', true, '***'],
    ['sensitive', false, '***'],
    ['sensitive', true, 'x'],
    ['never', false, 'x'],
  ] as const)('sees secrets with mask_secrets=%s, sensitive %s, as %s', (masking, sensitive, seen) => {
    expect(applyRule(rule({ sensitive, actions: [setExtra] }), subject, masking)).toMatchObject({
      is: 'applied',
      draft: { node: { extra: { a: seen } } },
    });
  });

  test('that costs too much work fails', () => {
    const loop = Array.from({ length: 9000 }, (_, i) => i);
    const grow = { op: 'extend-plugin-data', args: { path: 'list', value: '{item}', unique: true }, loop };
    expect(applyRule(rule({ actions: [grow] }), subject, 'always')).toMatchObject({
      is: 'failed',
      why: expect.stringMatching(/more work/),
    });
  });
});

const text = fc.oneof(
  fc.constantFrom(
    '{node.driver}',
    '{inventory[disks][0]}',
    '{item}',
    '{item[a]}',
    '{plugin_data}',
    '/extra/a',
    'extra.b',
  ),
  fc.constantFrom(
    'u',
    'm',
    'CUSTOM_A',
    '(a+)+$',
    '(',
    '[',
    '10.0.0.0/8',
    '__proto__',
    'constructor',
    '{',
    '{}',
    'a.b.c',
  ),
  fc.string({ maxLength: 6 }),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(text, tie('any'), { maxKeys: 3 }),
  ),
})).any;

const entryOf = (names: readonly string[], takes: Readonly<Record<string, readonly string[]>>) =>
  fc.constantFrom(...names).chain((op) =>
    fc.record({
      op: fc.constantFrom(op, `!${op}`),
      args: fc.oneof(
        fc.tuple(...takes[op]!.map(() => value)),
        fc
          .tuple(...takes[op]!.map(() => value))
          .map((values) => Object.fromEntries(takes[op]!.map((name, at) => [name.replace('?', ''), values[at]]))),
        value,
      ),
      loop: fc.option(value, { nil: undefined }),
      multiple: fc.constantFrom(undefined, 'any', 'all', 'first', 'last'),
    }),
  ) as fc.Arbitrary<Entry>;

test('whatever a rule says, it ends with a verdict and leaves what it was given', () => {
  const before = JSON.stringify(subject);
  fc.assert(
    fc.property(
      fc.array(entryOf(Object.keys(conditions), conditionArguments), { maxLength: 2 }),
      fc.array(entryOf(Object.keys(actions), actionArguments), { maxLength: 4 }),
      (asks, does) => {
        const verdict = applyRule(rule({ conditions: asks, actions: does }), subject, 'never', 50_000);
        expect(['skipped', 'applied', 'failed']).toContain(verdict.is);
        if (verdict.is === 'applied') {
          expect(Object.getPrototypeOf(verdict.draft.node)).toBe(Object.prototype);
          expect(verdict.draft.node.driver_internal_info).toEqual({});
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(JSON.stringify(subject)).toBe(before);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});
