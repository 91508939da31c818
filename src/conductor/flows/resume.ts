import { move } from '../move.ts';
import { indexOf, planOf, type StepFlowFacts } from '../step-flows.ts';
import { goOn, mayRunAgain, ownStep, StepFailed, type StepsEnd } from '../steps.ts';
import type { HeldTask } from '../task.ts';

/**
 * Go on with a plan whose process died: a step that was not begun is run; one that was is asked for at the ramdisk, run
 * again where that does no harm, or fails with the reason. Throws StepFailed.
 */
export async function resumeSteps(task: HeldTask, facts: StepFlowFacts): Promise<StepsEnd> {
  const step = planOf(task, facts)?.[indexOf(task, facts)];
  if (!step || !task.info.step_begun) return goOn(task, facts, 'again');
  const ramdisk = task.driver.deploy.ramdisk;
  const own = ownStep(task, facts, step);
  const inBand = !own && !step.execute_on_child_nodes;
  if (ramdisk && task.info.agent_url && (inBand || own?.inRamdisk)) {
    const progress = await ramdisk.progress(task, facts.flow, step).catch((error: unknown) => {
      throw new StepFailed(facts.flow, step, error);
    });
    if (progress.is === 'failed') throw new StepFailed(facts.flow, step, new Error(progress.reason));
    if (progress.is === 'succeeded') {
      await own?.ended?.(task, progress.result);
      return goOn(task, facts, 'next');
    }
    if (progress.is === 'running') {
      await move(task, 'wait', {
        changes: { driver_internal_info: task.noted({ waiting_on: 'agent step' }) },
        waitsFor: `the ramdisk to end ${step.interface}.${step.step}`,
        withinSeconds: facts.timeout(task.config),
      });
      return 'waiting';
    }
    return goOn(task, facts, 'again');
  }
  if (inBand || mayRunAgain(task, facts, step)) return goOn(task, facts, 'again');
  throw new StepFailed(
    facts.flow,
    step,
    new Error(
      'the service stopped while the step ran, and whether it may be run twice is not known; look at the machine, then start over',
    ),
  );
}
