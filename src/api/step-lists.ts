// The steps of deploy templates and runbooks: their form, none twice, numbers as numbers.
import { InvalidDeployTemplate, InvalidRunbook } from '#contract/errors.ts';
import type { JsonObject } from '#db/schema.ts';
import { checkSteps, repeatedSteps } from './step-forms.ts';

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
