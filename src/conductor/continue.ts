// Going on with a row that waits: what did it wait for, and has it come?
import { NodeLocked } from '#contract/errors.ts';
import type { Flow } from './flows/flow.ts';
import { flowOf } from './flows/table.ts';
import { move } from './move.ts';
import { indexOf, planOf, type StepFlowFacts, stepFlowOf } from './step-flows.ts';
import { goOn, ownStep, StepFailed, wait } from './steps.ts';
import type { HeldTask } from './task.ts';

/** The ramdisk of a waiting node was heard, or its commands may have ended: go on where that is so. Never throws. */
export async function continueFlow(task: HeldTask): Promise<void> {
  const flow = flowOf(task.node.provision_state);
  if (flow?.heard) return flow.heard(task);
  await continueSteps(task);
}

/**
 * After a restart: the ramdisk of a waiting node may have called, or ended its step, while nobody listened. What waits
 * for a ramdisk that was not heard yet goes on waiting; so does what cannot be asked now: its deadline stands. Never throws.
 */
export async function continueAfterRestart(task: HeldTask): Promise<void> {
  if (task.info.agent_secret_token && !task.info.agent_url && !task.info.agent_secret_token_pregenerated)
    await task.note({ agent_token_untold: true });
  if (task.info.waiting_on === 'agent boot' && !task.info.agent_url) return bootAgainLater(task);
  const heard = task.info.agent_url !== undefined && task.info.waiting_on !== 'heartbeat';
  if (!heard || flowOf(task.node.provision_state)?.heard) return;
  if (task.info.waiting_on === 'agent step' && !(await canBeAsked(task))) return;
  await continueSteps(task);
}

/** Nothing was served to the machine while the service was away: it may stand still where it asked. */
async function bootAgainLater(task: HeldTask): Promise<void> {
  const seconds = task.config.ingot.boot_again_seconds;
  // A boot that began since the start was served from its beginning.
  const since = task.node.provision_updated_at ?? 0;
  if (!seconds || since >= task.conductor.startedAt) return;
  const at = task.clock.now() + seconds * 1000;
  if (task.node.deadline_at !== null && task.node.deadline_at <= at) return;
  await task.save({ deadline_at: at, driver_internal_info: task.noted({ boot_cut_off: true }) });
}

async function canBeAsked(task: HeldTask): Promise<boolean> {
  const facts = stepFlowOf(task.node.provision_state);
  const step = facts && planOf(task, facts)?.[indexOf(task, facts)];
  if (!facts || !step) return true;
  try {
    await task.driver.deploy.ramdisk?.progress(task, facts.flow, step);
    return true;
  } catch (error) {
    task.log.info({ err: error }, 'the ramdisk of a waiting node cannot be asked after the start; it is waited for');
    return false;
  }
}

async function continueSteps(task: HeldTask): Promise<void> {
  const flow = flowOf(task.node.provision_state);
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
      // Heard was a ramdisk that has been powered off since.
      if (!task.info.agent_url) return;
      await move(task, 'resume');
      return flow.ramdiskBooted?.(task);
    case 'agent step':
      return afterAgentStep(task, flow, facts);
    case 'bmc':
      return afterLook(task, flow, facts);
    case 'reboot':
      if (!task.info.agent_url) return;
      await move(task, 'resume');
      return finishWhenDone(task, flow, facts, 'next');
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

/** The step waits on its BMC: look how it stands there, and look again later where it goes on. */
async function afterLook(task: HeldTask, flow: Flow, facts: StepFlowFacts): Promise<void> {
  const step = planOf(task, facts)?.[indexOf(task, facts)];
  const own = step && ownStep(task, facts, step);
  if (!step || !own?.look) throw new Error('the row waits for its BMC, but no step of its plan looks there');
  const outcome = await own.look(task, step.args ?? {}).catch((error: unknown) => {
    if (task.signal.aborted) throw error;
    throw new StepFailed(facts.flow, step, error);
  });
  if (outcome === null) {
    const { bmc_look_every: every = 10, bmc_wait_until: until = Number.POSITIVE_INFINITY } = task.info;
    return task.save({ deadline_at: Math.min(task.clock.now() + every * 1000, until) });
  }
  await move(task, 'resume');
  if (outcome.is === 'wait') return wait(task, facts, outcome);
  if (task.info.abort_after_step)
    return flow.fail(task, new Error(`broken off by request after step ${step.interface}.${step.step}`), {
      event: 'fail',
    });
  return finishWhenDone(task, flow, facts, 'next');
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
