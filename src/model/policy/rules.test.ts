import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formerPolicies } from '#contract/policy-history.ts';
import { policyRules } from '#contract/policy-rules.ts';
import { compile, credentialsFrom } from './compile.ts';
import { PolicyRuleCycle, PolicyRuleInvalid, PolicyRuleUnknown } from './errors.ts';
import { parseRule } from './parse.ts';
import { makeRuleSet, type RuleSources } from './rule-set.ts';

const credentials = {
  roles: ['Admin', 'reader'],
  project_id: 'p1',
  user_id: 'u1',
  user_domain_id: null,
  is_admin_project: true,
  system_scope: 'all',
  token: { project: { domain: { id: 'd1' } }, groups: [{ id: 'g1' }, { id: 'g2' }] },
};
const attributes: Record<string, unknown> = {
  'node.owner': 'p1',
  'node.lessee': null,
  project_id: 'p1',
  wanted: 'admin',
  on: true,
};

const judge = (text: string): boolean =>
  compile(
    parseRule('asked', text),
    () => undefined,
  )({ credentials: credentialsFrom(credentials), target: [attributes], known: undefined });

test.each([
  ['', true],
  ['@', true],
  ['!', false],
  ['role:admin', true],
  ['role:ADMIN', true],
  ['role:member', false],
  ['role:%(wanted)s', true],
  ['not role:admin', false],
  ['not not role:admin', true],
  ['! or @', true],
  ['role:member or role:reader and role:nobody', false],
  ['role:reader or role:member and role:nobody', true],
  ['(role:reader or role:member) and role:nobody', false],
  ['NOT role:member AND role:admin', true],
  ['((role:admin))', true],
  ['( role:admin )', true],
  ['project_id:%(node.owner)s', true],
  ['project_id:%(node.lessee)s', false],
  ['project_id:%(nothing)s', false],
  ['(role:reader and (project_id:%(node.owner)s or project_id:%(node.lessee)s))', true],
  ['user_domain_id:None', true],
  ['user_domain_id:%(node.lessee)s', false],
  ['is_admin_project:True', true],
  ['is_admin_project:true', false],
  ['system_scope:all', true],
  ['unknown_credential:x', false],
  ['token.project.domain.id:d1', true],
  ['token.groups.id:g2', true],
  ['token.groups.id:g3', false],
  ["'admin':%(wanted)s", true],
  ['"admin":%(wanted)s', true],
  ['True:%(on)s', true],
  ['None:%(node.lessee)s', true],
  ['project_id:p%%1', false],
  ['constructor:x', false],
  ['rule:absent', false],
])('"%s" is %s', (text, expected) => expect(judge(text)).toBe(expected));

test.each([
  ['role', 'no check'],
  ['(role:a', 'not closed'],
  ['role:a)', 'follows'],
  ['role:a role:b', 'follows'],
  ['role:a or', 'ends'],
  ['and role:a', 'stands where'],
  ['()', 'stands where'],
  [' ', 'blank'],
  ['http://x/y', 'another server'],
  ['project_id:%(a)d', 'after %'],
  ['project_id:%x', 'after %'],
  [`${'('.repeat(200)}@${')'.repeat(200)}`, 'nested deeper'],
])('"%s" cannot be read', (text, why) => {
  const read = () => parseRule('x', text);
  expect(read).toThrow(why);
  try {
    read();
  } catch (error) {
    expect(PolicyRuleInvalid.is(error)).toBe(true);
  }
});

const sources = (overrides: Record<string, string>, more: Partial<RuleSources> = {}): RuleSources => ({
  defaults: { one: 'role:one', two: 'rule:one' },
  former: {},
  overrides,
  defaultRule: 'default',
  newDefaultsOnly: true,
  ...more,
});

describe('the set of rules', () => {
  const asked = (set: ReturnType<typeof makeRuleSet>, name: string, ...roles: string[]) =>
    set.judge(name)?.({ credentials: credentialsFrom({ roles }), target: [], known: new Map() }) ?? false;

  test('takes what files say instead of the defaults', () => {
    const set = makeRuleSet(sources({ one: 'role:other' }));
    expect(asked(set, 'two', 'other')).toBe(true);
    expect(asked(set, 'two', 'one')).toBe(false);
  });
  test('asks the default rule where one is missing', () => {
    const set = makeRuleSet(sources({ default: 'role:boss', three: 'rule:nowhere' }));
    expect(asked(set, 'three', 'boss')).toBe(true);
    expect(asked(set, 'four', 'one')).toBe(false);
  });
  test('has former defaults beside the new ones only where that is asked for', () => {
    const former = { one: { name: 'one', check: 'role:old' } };
    expect(asked(makeRuleSet(sources({}, { former })), 'one', 'old')).toBe(false);
    expect(asked(makeRuleSet(sources({}, { former, newDefaultsOnly: false })), 'one', 'old')).toBe(true);
    const replaced = makeRuleSet(sources({ one: 'role:mine' }, { former, newDefaultsOnly: false }));
    expect(asked(replaced, 'one', 'old')).toBe(false);
  });
  test('takes a rule that a file still gives under its former name', () => {
    const former = { one: { name: 'uno', check: 'role:old' } };
    expect(asked(makeRuleSet(sources({ uno: 'role:x' }, { former })), 'one', 'x')).toBe(true);
  });
  test('refuses circles and unknown rules, and says which', () => {
    const thrown = (overrides: Record<string, string>): unknown => {
      try {
        makeRuleSet(sources(overrides));
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const cycle = thrown({ one: 'role:a or rule:three', three: 'not rule:two' });
    expect(PolicyRuleCycle.is(cycle) && cycle.facts.path).toEqual(['one', 'three', 'two', 'one']);
    const byDefault = thrown({ one: 'rule:nowhere', default: 'not rule:one' });
    expect(PolicyRuleCycle.is(byDefault) && byDefault.facts.path).toEqual(['one', 'default', 'one']);
    const unknown = thrown({ one: 'rule:nowhere' });
    expect(PolicyRuleUnknown.is(unknown) && unknown.facts).toEqual({ rule: 'one', asks: 'nowhere' });
  });
  test('holds for the built-in rules, new and former', () => {
    for (const newDefaultsOnly of [true, false])
      makeRuleSet({ defaults: policyRules, former: formerPolicies, overrides: {}, defaultRule: 'x', newDefaultsOnly });
  });
  test('judges each rule once, however often it is asked for', () => {
    const overrides: Record<string, string> = { r0: '!' };
    for (let at = 1; at < 200; at += 1) overrides[`r${at}`] = `rule:r${at - 1} or rule:r${at - 1}`;
    expect(asked(makeRuleSet(sources(overrides)), 'r199')).toBe(false);
  });
});

const words = ['(', ')', 'and', 'or', 'not', '@', '!', 'role:a', 'rule:b', '%(x)s', ':', 'a:%(', "'", '"', '%', ' '];
test('anything is read or refused by a declared error', () => {
  const noise = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.array(fc.constantFrom(...words)).map((w) => w.join(' ')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        judge(text);
      } catch (error) {
        if (!PolicyRuleInvalid.is(error)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

type Tree = { text: string; value: boolean };
const leaf: fc.Arbitrary<Tree> = fc.constantFrom(
  { text: '@', value: true },
  { text: '!', value: false },
  { text: 'role:reader', value: true },
  { text: 'role:nobody', value: false },
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('tree').map((of) => ({ text: `not (${of.text})`, value: !of.value })),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(([a, b]) => ({ text: `(${a.text}) and (${b.text})`, value: a.value && b.value })),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(([a, b]) => ({ text: `(${a.text}) or (${b.text})`, value: a.value || b.value })),
  ),
}));
test('a rule made of and, or, not is what logic says', () => {
  fc.assert(fc.property(tree, ({ text, value }) => judge(text) === value));
});
