// The steps of deploy templates and runbooks: their form, none twice, numbers as numbers.
import { isDeepStrictEqual } from 'node:util';
import { InvalidDeployTemplate, InvalidRunbook } from '#contract/errors.ts';
import type { JsonObject } from '#db/schema.ts';
import { checkSteps, repeatedSteps } from './step-forms.ts';

/**
 * Steps as a change leaves them. compat: those that were there keep their places, new ones come after them.
 */
export function stepsAfterChange(before: readonly JsonObject[], after: readonly JsonObject[]): JsonObject[] {
  const has = (list: readonly JsonObject[], step: JsonObject) => list.some((other) => isDeepStrictEqual(other, step));
  return [...before.filter((step) => has(after, step)), ...after.filter((step) => !has(before, step))];
}

/** Steps of a deploy template, in the form they are kept in; throws 400. */
export const templateSteps = (steps: unknown): JsonObject[] => keptSteps(steps, 'deploy', 'priority');

/** Steps of a runbook, in the form they are kept in; throws 400. */
export const runbookSteps = (steps: unknown): JsonObject[] => keptSteps(steps, 'runbook', 'order');

function keptSteps(steps: unknown, form: 'deploy' | 'runbook', number: 'priority' | 'order'): JsonObject[] {
  const list = steps as JsonObject[];
  checkSteps('steps', list, form);
  const repeated = repeatedSteps(list as { interface: unknown; step: unknown }[]);
  const Refusal = form === 'deploy' ? InvalidDeployTemplate : InvalidRunbook;
  if (repeated.length) throw new Refusal({ why: `steps: ${repeated.join(', ')} stands there more than once.` });
  return list.map((step) => ({ ...step, [number]: Number(step[number]) }));
}
