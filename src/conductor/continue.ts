// Going on with a row that waits: what did it wait for, and has it come?
import { NodeLocked } from '#contract/errors.ts';
import type { Flow } from './flows/flow.ts';
import { flowOf } from './flows/table.ts';
import { move } from './move.ts';
import { indexOf, planOf, type StepFlowFacts } from './step-flows.ts';
import { goOn, ownStep, StepFailed, wait } from './steps.ts';
import type { HeldTask } from './task.ts';

/** The ramdisk of a waiting node was heard, or its commands may have ended: go on where that is so. Never throws. */
export async function continueFlow(task: HeldTask): Promise<void> {
  const flow = flowOf(task.node.provision_state);
  if (flow?.heard) return flow.heard(task);
  const facts = flow?.steps;
  if (!flow || !facts || task.node.provision_state !== facts.waiting) return;
  try {
    await proceed(task, flow, facts);
  } catch (error) {
    if (task.signal.aborted || NodeLocked.is(error)) return;
    await flow.fail(task, error);
  }
}

async function proceed(task: HeldTask, flow: Flow, facts: StepFlowFacts): Promise<void> {
  switch (task.info.waiting_on) {
    case 'agent boot':
      await move(task, 'resume');
      return flow.ramdiskBooted?.(task);
    case 'agent step':
      return afterAgentStep(task, flow, facts);
    default: {
      await move(task, 'resume');
      return finishWhenDone(task, flow, facts, 'next');
    }
  }
}

async function afterAgentStep(task: HeldTask, flow: Flow, facts: StepFlowFacts): Promise<void> {
  const step = planOf(task, facts)?.[indexOf(task, facts)];
  const ramdisk = task.driver.deploy.ramdisk;
  if (!step || !ramdisk)
    throw new Error(`the row waits for a step of its ramdisk, but there is no such step in its plan`);
  const progress = await ramdisk.progress(task, facts.flow, step);
  if (progress.is === 'running') return;
  if (progress.is === 'failed') throw new StepFailed(facts.flow, step, new Error(progress.reason));
  await move(task, 'resume');
  if (progress.is === 'succeeded') {
    await ownStep(task, facts, step)?.ended?.(task, progress.result);
    if (task.info.abort_after_step)
      return flow.fail(task, new Error(`broken off by request after step ${step.interface}.${step.step}`), {
        event: 'fail',
      });
    if (step.reboot_requested) return rebootAfter(task, facts);
    return finishWhenDone(task, flow, facts, 'next');
  }
  // A ramdisk that has started afresh, or has other versions now, is given the step once more.
  return progress.is === 'version mismatch' ? flow.ramdiskBooted?.(task) : finishWhenDone(task, flow, facts, 'again');
}

/** The step asked for a reboot: the ramdisk boots again, and the plan goes on with the next step. */
async function rebootAfter(task: HeldTask, facts: StepFlowFacts): Promise<void> {
  await task.driver.boot.prepareRamdisk(task, 'deploy');
  await task.powerTo('rebooting');
  await wait(task, facts, {
    is: 'wait',
    on: 'reboot',
    for: 'the ramdisk to boot again after a step that asked for it',
  });
}

async function finishWhenDone(task: HeldTask, flow: Flow, facts: StepFlowFacts, how: 'next' | 'again'): Promise<void> {
  if ((await goOn(task, facts, how)) === 'finished') await flow.finish?.(task);
}
