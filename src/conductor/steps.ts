// The step engine: runs a plan from an index on, and writes each step's outcome into the row before the next one begins.
// A row that waits, or whose process died, is gone on with from what stands there.
import { explain } from '#base/errors.ts';
import type { Step, StepOutcome } from '#drivers/kinds.ts';

import type { Happening } from '#events/catalog.ts';
import { isReserved, type PlannedStep } from '#model/steps.ts';
import { runOnChildren } from './child-steps.ts';
import { move } from './move.ts';
import { runReserved } from './reserved-steps.ts';
import { atStep, indexOf, planOf, type StepFlowFacts } from './step-flows.ts';
import type { HeldTask } from './task.ts';

/** How a run of steps ended: the plan is done, or the row waits (or is held) for something outside. */
export type StepsEnd = 'finished' | 'waiting' | 'held';

/** A step failed: which one, and why. Flows turn it into states. */
export class StepFailed extends Error {
  readonly step: PlannedStep;

  constructor(flow: string, step: PlannedStep, cause: unknown) {
    super(`${flow[0]!.toUpperCase()}${flow.slice(1)} step ${step.interface}.${step.step} failed: ${explain(cause)}`);
    this.step = step;
  }
}

/** Run the plan in the row from `from` on. Throws StepFailed. */
export async function runSteps(task: HeldTask, facts: StepFlowFacts, from: number): Promise<StepsEnd> {
  let ended: Happening[] = [];
  for (let index = from; ; index++) {
    const steps = planOf(task, facts) ?? [];
    const step = steps[index];
    if (!step) {
      // What follows the last step may take the ramdisk away: after a crash nothing is asked of it any more.
      const past = task.noted({ [facts.index]: steps.length, step_begun: undefined });
      await task.save({ driver_internal_info: past }, ...ended);
      return 'finished';
    }
    const about = {
      node: task.node.uuid,
      flow: facts.flow,
      interface: step.interface,
      step: step.step,
      index,
      of: steps.length,
    };
    await task.save(atStep(task, facts, index, step, { step_begun: true, waiting_on: undefined }), ...ended, {
      kind: 'step.started',
      ...about,
    });
    const outcome = await perform(task, facts, step);
    if (outcome === 'hold') {
      // What comes after the hold is begun when somebody lets it go on.
      const next = { step_begun: undefined, [facts.index]: index + 1 };
      await move(task, 'hold', { changes: { driver_internal_info: task.noted(next) } });
      return 'held';
    }
    if (outcome.is === 'wait') {
      await wait(task, facts, outcome);
      return 'waiting';
    }
    ended = [{ kind: 'step.ended', ...about, ok: true }];
  }
}

/** Put the row to sleep until what `outcome` names has come, or its time is up. */
export async function wait(task: HeldTask, facts: StepFlowFacts, outcome: StepOutcome & { is: 'wait' }): Promise<void> {
  const withinSeconds = outcome.withinSeconds ?? facts.timeout(task.config);
  if (outcome.on === 'bmc') return waitOnBmc(task, outcome, withinSeconds);
  const how = {
    changes: { driver_internal_info: task.noted({ waiting_on: outcome.on }) },
    waitsFor: outcome.for,
    withinSeconds,
  };
  await move(task, 'wait', how);
}

/** A BMC calls nobody: the row's deadline comes early, and again, so that somebody looks. */
async function waitOnBmc(task: HeldTask, outcome: StepOutcome & { is: 'wait' }, within: number): Promise<void> {
  const every = outcome.lookEverySeconds ?? 10;
  const notes = { waiting_on: outcome.on, bmc_look_every: every, bmc_wait_until: task.clock.now() + within * 1000 };
  const changes = { driver_internal_info: task.noted(notes) };
  await move(task, 'wait', { changes, waitsFor: outcome.for, withinSeconds: Math.min(every, within) });
}

/**
 * The step at the index has ended while the row waited, or its process died: go on. `again` runs the same step once more.
 */
export function goOn(task: HeldTask, facts: StepFlowFacts, how: 'next' | 'again'): Promise<StepsEnd> {
  return runSteps(task, facts, indexOf(task, facts) + (how === 'next' ? 1 : 0));
}

/** Whether a step whose process died in the middle may simply be run again. */
export function mayRunAgain(task: HeldTask, facts: StepFlowFacts, step: PlannedStep): boolean {
  if (step.execute_on_child_nodes) return false;
  if (isReserved(step.step)) return step.step !== 'reboot';
  return ownStep(task, facts, step)?.again === true;
}

async function perform(task: HeldTask, facts: StepFlowFacts, step: PlannedStep): Promise<StepOutcome | 'hold'> {
  try {
    if (step.execute_on_child_nodes) return await runOnChildren(task, step);
    if (isReserved(step.step)) return await runReserved(task, step);
    const own = ownStep(task, facts, step);
    if (own) return await own.run(task, step.args ?? {});
    return await runInBand(task, facts, step);
  } catch (error) {
    if (task.signal.aborted) throw error;
    throw new StepFailed(facts.flow, step, error);
  }
}

async function runInBand(task: HeldTask, facts: StepFlowFacts, step: PlannedStep): Promise<StepOutcome> {
  const ramdisk = task.driver.deploy.ramdisk;
  if (!ramdisk)
    throw new Error(
      `the ${step.interface} interface does not offer it, and deploy interface "${task.driver.deploy.name}" has no ramdisk to ask`,
    );
  await ramdisk.begin(task, facts.flow, step);
  return { is: 'wait', on: 'agent step', for: `the ramdisk to end ${step.interface}.${step.step}` };
}

/** The driver's own step of this name, or undefined where only the ramdisk may know it. */
export function ownStep(task: HeldTask, facts: StepFlowFacts, step: PlannedStep): Step | undefined {
  if (step.execute_on_child_nodes) return undefined;
  const face = task.driver[step.interface as keyof typeof task.driver];
  return face?.steps?.find((s) => s.step === step.step && s.in[facts.flow] !== undefined);
}

/** The steps that the driver's interfaces offer for a flow, as they stand in plans and go over the wire. */
export function offeredSteps(task: HeldTask, flow: StepFlowFacts['flow'] | 'verify'): PlannedStep[] {
  return Object.entries(task.driver).flatMap(([kind, face]) =>
    (face.steps ?? [])
      .filter((s: Step) => s.in[flow] !== undefined)
      .map((s: Step) => ({
        interface: kind,
        step: s.step,
        priority: s.in[flow]!,
        abortable: s.abortable ?? flow === 'deploy',
        requires_ramdisk: s.ramdisk ?? true,
        ...(s.args && { argsinfo: s.args }),
      })),
  );
}
