// The forms in which clients write steps: those of a request, of a deploy template, of a runbook.

import { isUuid } from '#base/ids.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import { typeName } from '#contract/values.ts';

const stepInterfaces = ['vendor', 'power', 'management', 'firmware', 'deploy', 'bios', 'raid'] as const;

export type StepForm = 'asked' | 'deploy' | 'runbook';

type Check = (value: unknown) => string | undefined;

const isObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object is accepted';
const isInterface: Check = (value) =>
  (stepInterfaces as readonly unknown[]).includes(value)
    ? undefined
    : `one of ${stepInterfaces.join(', ')} is accepted`;
const isName: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'the name of a step is needed';
const isFlag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false is accepted');
const isNodes: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && isUuid(item))
    ? undefined
    : 'a list of UUIDs is accepted';
const isCount: Check = (value) =>
  (Number.isInteger(value) && (value as number) >= 0) || (typeof value === 'string' && /^\d+$/.test(value))
    ? undefined
    : 'a whole number from 0 on is accepted';

const forms: Record<StepForm, { keys: Readonly<Record<string, Check>>; needed: readonly string[] }> = {
  asked: {
    keys: {
      interface: isInterface,
      step: isName,
      args: isObject,
      order: isCount,
      execute_on_child_nodes: isFlag,
      limit_child_node_execution: isNodes,
    },
    needed: ['interface', 'step'],
  },
  deploy: {
    keys: { interface: isInterface, step: isName, args: isObject, priority: isCount },
    needed: ['interface', 'step', 'args', 'priority'],
  },
  runbook: {
    keys: { interface: isInterface, step: isName, args: isObject, order: isCount },
    needed: ['interface', 'step', 'order'],
  },
};

/** Throws 400 unless every step has the form; the sentence says which step and what is wrong with it. */
export function checkSteps(where: string, steps: readonly unknown[], form: StepForm): void {
  const { keys, needed } = forms[form];
  for (const [at, step] of steps.entries()) {
    const wrong = (why: string) => new InvalidParameterValue({ why: `${where}, step ${at}: ${why}.` });
    if (isObject(step)) throw wrong(`an object is accepted, not ${typeName(step)}`);
    const given = step as Record<string, unknown>;
    for (const key of needed) if (!Object.hasOwn(given, key)) throw wrong(`"${key}" is missing`);
    for (const [key, value] of Object.entries(given)) {
      const check = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (!check) throw wrong(`"${key}" is not part of a step; there are ${Object.keys(keys).join(', ')}`);
      const why = check(value);
      if (why) throw wrong(`${key}: ${why}`);
    }
  }
}

/** The steps that a list names twice, as interface.step. */
export function repeatedSteps(steps: readonly { interface: unknown; step: unknown }[]): string[] {
  const names = steps.map(({ interface: kind, step }) => `${kind}.${step}`);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
