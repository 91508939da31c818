// Steps of a plan that are run on the node's children instead of itself. (reference: conductor.md D49)
import { explain } from '#base/errors.ts';
import { listNodes } from '#db/node-list.ts';
import { done, type StepOutcome } from '#drivers/kinds.ts';
import { isReserved, type PlannedStep } from '#model/steps.ts';
import { runReserved } from './reserved-steps.ts';
import type { HeldTask } from './task.ts';

/** Run the step on each child, or on those that are named, one after the other. Throws with the child and the reason. */
export async function runOnChildren(task: HeldTask, step: PlannedStep): Promise<StepOutcome> {
  const { uuid } = task.node;
  const children = await listNodes(task.conductor.db.read, { parent_node: uuid }, {}, ['uuid', 'name']);
  const named = step.limit_child_node_execution ?? [];
  const strangers = named.filter((name) => !children.some((child) => child.uuid === name || child.name === name));
  if (strangers.length) throw new Error(`${strangers.join(', ')}: no child nodes of this one`);
  const chosen = named.length
    ? children.filter((c) => named.includes(c.uuid) || named.includes(c.name ?? ''))
    : children;
  for (const child of chosen) {
    try {
      await task.alsoHold(child.uuid, (held) => runOn(held, step));
    } catch (error) {
      throw new Error(`on child node ${child.uuid}: ${explain(error)}`, { cause: error });
    }
  }
  return done;
}

async function runOn(child: HeldTask, step: PlannedStep): Promise<void> {
  const outcome = isReserved(step.step) ? await runReserved(child, step) : await ownCleanStep(child, step);
  if (outcome !== 'hold' && outcome.is === 'done') return;
  if (outcome !== 'hold' && child.config.conductor.permit_child_node_step_async_result) return;
  throw new Error(
    `step ${step.interface}.${step.step} did not end at once, and [conductor]permit_child_node_step_async_result is off`,
  );
}

async function ownCleanStep(child: HeldTask, step: PlannedStep): Promise<StepOutcome> {
  const face = child.driver[step.interface as keyof typeof child.driver];
  const own = face?.steps?.find((s) => s.step === step.step && s.in.clean !== undefined);
  if (!own) throw new Error(`its ${step.interface} interface "${face?.name}" has no clean step "${step.step}"`);
  return own.run(child, step.args ?? {});
}
