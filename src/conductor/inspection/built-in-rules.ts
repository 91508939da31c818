// Rules from a file of the operator: always there, not to be seen or changed over the API. (reference:
// schemas/inspection_rules.json, built_in)
import { readFile } from 'node:fs/promises';
import { readYaml } from '#base/yaml.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { Rule } from '#model/inspection/rules/apply-rule.ts';
import { checkEntries } from '#model/inspection/rules/rule-form.ts';

type Json = Readonly<Record<string, unknown>>;

const known = ['uuid', 'description', 'priority', 'sensitive', 'phase', 'scope', 'conditions', 'actions'];

/** The rules of the file; none without one. Throws InvalidParameterValue naming the file, the rule and what is wrong. */
export async function builtInRules(file: string | null): Promise<Rule[]> {
  if (!file) return [];
  const wrong = (why: string) =>
    new InvalidParameterValue({ why: `[inspection_rules]built_in_rules: ${file}: ${why}.` });
  const text = await readFile(file, 'utf8').catch((error: Error) => Promise.reject(wrong(error.message)));
  const rules = readYaml(text, file) ?? [];
  if (!Array.isArray(rules)) throw wrong('a list of rules is expected');
  let unnamed = 0;
  return rules.map((rule: unknown, at) => {
    const refuse = (why: string) => wrong(`rule ${at + 1}: ${why}`);
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) throw refuse('an object is expected');
    return ruleOf(rule as Json, () => syntheticUuid(unnamed++), refuse);
  });
}

const syntheticUuid = (index: number): string => `00000000-0000-0000-0000-${index.toString(16).padStart(12, '0')}`;

function ruleOf(given: Json, nextUuid: () => string, refuse: (why: string) => Error): Rule {
  const { uuid, description = null, priority = 0, sensitive = false, phase, scope = null } = given;
  const extra = Object.keys(given).filter((key) => !known.includes(key));
  if (extra.length) throw refuse(`"${extra.join('", "')}" is not known; there are ${known.join(', ')}`);
  if (phase !== undefined && phase !== null && phase !== 'main') throw refuse('phase: "main" is the only one');
  if (typeof priority !== 'number' || !Number.isInteger(priority)) throw refuse('priority: a whole number is expected');
  if (typeof sensitive !== 'boolean') throw refuse('sensitive: true or false is expected');
  for (const [name, value] of Object.entries({ description, scope, uuid: uuid ?? null }))
    if (value !== null && typeof value !== 'string') throw refuse(`${name}: text is expected`);
  const actions = given.actions ?? [];
  const conditions = given.conditions ?? [];
  if (!Array.isArray(actions) || !actions.length) throw refuse('actions: a list with at least one is expected');
  if (!Array.isArray(conditions)) throw refuse('conditions: a list is expected');
  return {
    uuid: (uuid as string | undefined) ?? nextUuid(),
    description: description as string | null,
    priority,
    sensitive,
    scope: scope as string | null,
    conditions: checkEntries('conditions', conditions, refuse),
    actions: checkEntries('actions', actions, refuse),
  };
}
