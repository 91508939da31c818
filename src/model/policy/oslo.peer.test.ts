// The same rules judged by oslo.policy itself (Debian's python3-oslo.policy) and by us.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Caller, PolicyRule, PolicyTarget } from '#contract/policies.ts';
import { formerPolicies } from '#contract/policy-history.ts';
import { policyRules } from '#contract/policy-rules.ts';
import { ensureApt } from '../../../test/setup/apt.ts';
import { credentialsOf, makeAuthority } from './authority.ts';
import { credentialsFrom } from './compile.ts';
import { PolicyFileInvalid, PolicyRuleCycle, PolicyRuleInvalid, PolicyRuleUnknown } from './errors.ts';
import { readPolicyFile } from './read-file.ts';
import { makeRuleSet } from './rule-set.ts';

const run = promisify(execFile);
const at = (path: string) => new URL(`../../../test/${path}`, import.meta.url).pathname;
beforeAll(() => ensureApt(['python3-oslo.policy']));

interface Case {
  readonly rules: Readonly<Record<string, string>>;
  readonly default: string;
  readonly ask: string;
  readonly creds: Readonly<Record<string, unknown>>;
  readonly target: Readonly<Record<string, unknown>>;
}

interface Answers {
  readonly single: readonly (boolean | string)[];
  readonly sets: readonly (readonly string[])[];
  readonly files: readonly (Record<string, unknown> | string | null)[];
}

async function osloSays(asked: object): Promise<Answers> {
  const asking = run('/usr/bin/python3', [at('peers/oslo_policy_says.py')], { maxBuffer: 64 * 1024 * 1024 });
  asking.child.stdin!.end(JSON.stringify(asked));
  return JSON.parse((await asking).stdout) as Answers;
}

/** undefined: we do not take these rules. */
function weSay({ rules, default: defaultRule, ask, creds, target }: Case): boolean | undefined {
  try {
    const set = makeRuleSet({ defaults: {}, former: {}, overrides: rules, defaultRule, newDefaultsOnly: true });
    const credentials = credentialsFrom(creds);
    return set.judge(ask)?.({ credentials, target: [target], known: new Map() }) ?? false;
  } catch (error) {
    if ([PolicyRuleInvalid, PolicyRuleUnknown, PolicyRuleCycle].some((kind) => kind.is(error))) return undefined;
    throw error;
  }
}

async function expectAgreement(cases: readonly Case[], atLeast: number): Promise<void> {
  const taken = cases.map((one) => ({ one, ours: weSay(one) })).filter(({ ours }) => ours !== undefined);
  const { single } = await osloSays({ single: taken.map(({ one }) => one) });
  const apart = taken.flatMap(({ one, ours }, n) => (single[n] === ours ? [] : [{ ...one, ours, oslo: single[n] }]));
  expect(apart).toEqual([]);
  expect(taken.length).toBeGreaterThan(cases.length * atLeast);
  // Neither always yes nor always no.
  for (const answer of [true, false])
    expect(taken.filter(({ ours }) => ours === answer).length).toBeGreaterThan(taken.length / 20);
}

const words = ['p1', 'p2', 'admin', 'True', 'None', '1', 'all'];
const word = fc.constantFrom(...words);
const attributes = ['owner', 'node.owner', 'a', 'b.c'];
const match = fc.oneof(
  word,
  fc.constantFrom(...attributes, 'missing').map((name) => `%(${name})s`),
  fc.tuple(word, fc.constantFrom(...attributes)).map(([before, name]) => `${before}%(${name})s`),
  fc.constantFrom('100%%', ''),
);
const kinds = [
  'project_id',
  'user_id',
  'system_scope',
  'missing',
  'token.project.id',
  'token.groups.id',
  'token.roles',
  'is_admin',
  "'p1'",
  '"1"',
  'True',
  'None',
  '1',
];
const spell = (text: string) => fc.constantFrom(text, text.toUpperCase(), text[0]!.toUpperCase() + text.slice(1));
const gap = fc.constantFrom(' ', '  ', '\n ', '\t');
const leaf = (below: readonly string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: match.map((text) => `role:${text}`) },
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...kinds), match).map((pair) => pair.join(':')) },
    { weight: 1, arbitrary: fc.constantFrom('@', '!') },
    { weight: 2, arbitrary: fc.constantFrom(...below, 'absent').map((name) => `rule:${name}`) },
  );
function checkText(below: readonly string[]): fc.Arbitrary<string> {
  return fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf(below),
      fc
        .tuple(tie('tree'), fc.oneof(spell('and'), spell('or')), tie('tree'), gap)
        .map(([a, op, b, s]) => `${a}${s}${op}${s}${b}`),
      tie('tree').map((of) => `(${of})`),
      fc.tuple(spell('not'), tie('tree')).map(([not, of]) => `${not} (${of})`),
      fc.tuple(spell('not'), leaf(below)).map((pair) => pair.join(' ')),
    ),
  })).tree;
}
const rules = fc
  .record({
    r1: checkText(['r2', 'r3']),
    r2: checkText(['r3']),
    r3: checkText(['r3']),
    default: fc.constantFrom('!', '@', 'role:admin'),
  })
  .map((all) => ({ ...all, r3: all.r3.replaceAll('rule:r3', 'role:p1') }));
const given = fc.oneof(word, fc.boolean(), fc.nat({ max: 2 }));
const creds = fc.record(
  {
    roles: fc.array(fc.constantFrom('Admin', 'p1', 'ALL', 'p2'), { maxLength: 3 }),
    project_id: given,
    user_id: given,
    system_scope: fc.constant('all'),
    is_admin: fc.boolean(),
    token: fc.record({
      project: fc.record({ id: word }),
      groups: fc.array(fc.record({ id: given }), { maxLength: 3 }),
      roles: fc.array(word, { maxLength: 2 }),
    }),
  },
  { requiredKeys: [] },
);
const target = fc.record({ owner: given, 'node.owner': given, a: given, 'b.c': word }, { requiredKeys: [] });
const cases = fc.record({
  rules,
  default: fc.constantFrom('default', 'nowhere'),
  ask: fc.constantFrom('r1', 'r1', 'r2', 'r9'),
  creds,
  target,
});

test('random rules let the same callers pass', async () => {
  await expectAgreement(fc.sample(cases, { numRuns: 2500, seed: 20261123 }) as Case[], 0.4);
}, 120_000);

test('of words thrown together, whatever we take oslo.policy understands as we do', async () => {
  const bits = [
    '(',
    ')',
    'and',
    'or',
    'not',
    '@',
    '!',
    'role:p1',
    'role:p2',
    'rule:r2',
    'project_id:%(owner)s',
    'Not',
    ' ',
  ];
  const thrown = fc.array(fc.constantFrom(...bits), { maxLength: 7 }).map((parts) => parts.join(' '));
  const noise = fc.record({ r1: thrown, r2: thrown }).map((some) => ({ ...some, default: '!' }));
  const texts = fc.record({ rules: noise, default: fc.constant('default'), ask: fc.constant('r1'), creds, target });
  await expectAgreement(fc.sample(texts, { numRuns: 4000, seed: 11 }) as Case[], 0.03);
}, 120_000);

test.each([
  ['project_id:%(owner)s', { project_id: null }, { owner: null }, true, false],
  ['project_id:None', { project_id: null }, {}, true, true],
  ['project_id:%(owner)s', { project_id: 'None' }, { owner: null }, true, true],
] as const)('"%s" with %j on %j: oslo.policy says %s, we say %s', async (text, caller, thing, theirs, ours) => {
  const one = { rules: { r: text }, default: 'default', ask: 'r', creds: caller, target: thing };
  expect([(await osloSays({ single: [one] })).single[0], weSay(one)]).toEqual([theirs, ours]);
});

const projects = ['owner', 'lessee'];
const roleSets = [
  ['admin', 'manager', 'member', 'reader'],
  ['manager', 'member', 'reader'],
  ['member', 'reader'],
  ['reader'],
  ['service'],
  ['baremetal_admin'],
  ['observer', 'baremetal_observer'],
  [],
];
const scopes: readonly Partial<Caller>[] = [
  { systemScope: true },
  ...projects.map((project) => ({ project, projectName: project, projectDomain: { id: 'd' } })),
  { project: 'demo', projectName: 'demo', projectDomain: { id: 'default' } },
  { project: 'service', projectName: 'service' },
  { project: 'demo', projectName: 'baremetal', adminProject: false },
  { domain: { id: 'd' } },
];
const callers: Caller[] = scopes.flatMap((scope) =>
  roleSets.map((roles) => ({ requestId: 'r', user: 'u', roles, ...scope })),
);
const owners = [
  ['owner', 'lessee'],
  ['lessee', 'strange'],
  ['strange', 'owner'],
] as const;
const targets = owners.map(([owner, lessee]) => ({
  'node.owner': owner,
  'node.lessee': lessee,
  'allocation.owner': owner,
  'runbook.owner': lessee,
  'config.service_project_name': 'service',
}));

test('the rules of the reference, with every persona in every scope, whatever is enforced', async () => {
  const { rules: reference } = JSON.parse(readFileSync(at('data/reference/policy.json'), 'utf8')) as {
    rules: { name: PolicyRule }[];
  };
  const switches = [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const;
  const asOslo = (caller: Caller) => ({ ...credentialsOf(caller), system: caller.systemScope ? 'all' : null });
  const pairs = callers.map((caller, k) => [caller, targets[k % targets.length]!] as const);
  // Everybody with the switches as they come, a third of them with each of the others: oslo.policy takes its time.
  const asked = switches.map((_, n) => pairs.filter((_pair, k) => n === 0 || k % 3 === n - 1));
  const questions = asked.map((some) => some.map(([caller, target]) => [asOslo(caller), target]));
  const { sets } = await osloSays({ set: { switches, rules: reference, questions } });
  for (const [n, [enforceScope, newDefaultsOnly]] of switches.entries()) {
    const set = makeRuleSet({
      defaults: policyRules,
      former: formerPolicies,
      overrides: {},
      defaultRule: 'default',
      newDefaultsOnly,
    });
    const authority = makeAuthority({ rules: () => set, enforceScope, serviceProject: 'service' });
    const apart: string[] = [];
    for (const [row, [caller, target]] of asked[n]!.entries())
      for (const [k, { name }] of reference.entries()) {
        const [ours, theirs] = [authority.allows(name, caller, target as PolicyTarget) ? 'y' : 'n', sets[n]![row]![k]];
        if (ours !== theirs)
          apart.push(`${name} ${JSON.stringify(caller)} ${JSON.stringify(target)}: ${ours}, not ${theirs}`);
      }
    expect(apart.slice(0, 20)).toEqual([]);
  }
}, 240_000);

const name = fc.constantFrom('"a"', "'b'", 'c', 'd:e', '"f:g"').map((text) => text);
const value = fc.oneof(
  fc.constantFrom(
    '"role:x"',
    "'role:y'",
    'role:z',
    '""',
    '"!"',
    '"@"',
    "''",
    'rule:a or rule:b # why',
    '"a\\tb"',
    "'it''s:x'",
  ),
  fc.constantFrom(
    '"role:a or\n  role:b"',
    'role:a or\n  role:b',
    '>\n  role:a\n  or role:b',
    '|\n  role:a',
    '"role:a \\\n  or role:b"',
    '>-\n  role:a',
  ),
);
const line = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(name, value).map((pair) => pair.join(': ')) },
  { weight: 1, arbitrary: fc.constantFrom('# comment', '', '---', '  # further in') },
);

test('policy files are read alike', async () => {
  const texts = fc.sample(
    fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n')),
    { numRuns: 1500, seed: 5 },
  );
  const ours = texts.map((text) => {
    try {
      return readPolicyFile(text, 'p.yaml');
    } catch (error) {
      if (PolicyFileInvalid.is(error)) return undefined;
      throw error;
    }
  });
  const { files } = await osloSays({ files: texts });
  // Blanks and breaks are the same to a check.
  const plain = (rules: unknown) =>
    Object.fromEntries(
      Object.entries(rules ?? {}).map(([key, text]) => [key, String(text).replace(/\s+/g, ' ').trim()]),
    );
  let read = 0;
  for (const [n, mine] of ours.entries()) {
    if (mine === undefined) continue;
    read += 1;
    expect({ text: texts[n], rules: plain(mine) }).toEqual({ text: texts[n], rules: plain(files[n]) });
  }
  expect(read).toBeGreaterThan(texts.length / 4);
}, 60_000);
