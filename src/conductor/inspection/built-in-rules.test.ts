import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtInRules } from './built-in-rules.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'built-in-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const file = join(folder, 'rules.yaml');
  await writeFile(file, text);
  return builtInRules(file);
}

const action = 'actions: [{op: log, args: {msg: x}}]';

test('rules without a UUID are numbered; priorities may be any', async () => {
  const rules = await read(`
- ${action}
  priority: -5
- uuid: mine
  ${action}
  sensitive: yes
  scope: lab
- ${action}
`);
  expect(rules.map(({ uuid, priority, sensitive, scope }) => [uuid, priority, sensitive, scope])).toEqual([
    ['00000000-0000-0000-0000-000000000000', -5, false, null],
    ['mine', 0, true, 'lab'],
    ['00000000-0000-0000-0000-000000000001', 0, false, null],
  ]);
});

test('no file and an empty one hold no rules', async () => {
  expect(await builtInRules(null)).toEqual([]);
  expect(await read('# none')).toEqual([]);
});

test.each([
  ['a: 1', /a list of rules/],
  ['- 1', /rule 1: an object/],
  [`- ${action}\n- {actions: []}`, /rule 2: actions/],
  ['- actions: [{op: nope, args: {}}]', /rule 1: actions, entry 0: op "nope" is unknown/],
  [`- ${action}\n  conditions: [{op: contains, args: {value: x, regex: "("}}]`, /conditions, entry 0: args: regex/],
  [`- ${action}\n  colour: red`, /"colour" is not known/],
  [`- ${action}\n  phase: early`, /phase/],
  [`- ${action}\n  priority: high`, /priority/],
  [`- ${action}\n  sensitive: 3`, /sensitive/],
  [`- ${action}\n  description: 3`, /description: text/],
  ['- a: [', /line 1/],
])('%j is refused with its place', async (text, why) => {
  await expect(read(text)).rejects.toThrow(why);
});

test('a file that is not there is named', async () => {
  await expect(builtInRules('/no/such.yaml')).rejects.toThrow(/built_in_rules: \/no\/such\.yaml/);
});
