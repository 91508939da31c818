// enroll -> verifying -> manageable: can the machine be managed with what the node says? (reference: conductor.md L97)
import { explain } from '#base/errors.ts';
import { ordered } from '#model/steps.ts';
import { move } from '../move.ts';
import { offeredSteps } from '../steps.ts';
import type { HeldTask } from '../task.ts';
import type { Flow } from './flow.ts';

async function begin(task: HeldTask): Promise<void> {
  const { power, management } = task.driver;
  try {
    await power.validate?.(task);
    const seen = await power.read(task);
    if (seen === 'error') throw new Error(`the BMC of node ${task.node.uuid} tells an error instead of a power state`);
    await runVerifySteps(task);
    const vendor = await told(task, 'vendor', () => management.vendor?.(task));
    const mode = await told(task, 'boot mode', () => management.bootMode?.(task));
    for (const kind of ['bios', 'firmware'] as const)
      await told(task, kind, async () => {
        await task.driver[kind].cache?.(task);
        return null;
      });
    const corrected = seen !== task.node.power_state;
    await move(task, 'done', {
      changes: {
        power_state: seen,
        last_error: null,
        ...(vendor && { properties: { ...task.node.properties, vendor } }),
        ...(mode && { boot_mode: mode }),
      },
      // Compute is not told of what verifying finds: such a node has no instance that compute could get wrong.
      also: corrected
        ? [{ kind: 'power.corrected', node: task.node.uuid, instance: null, from: task.node.power_state, to: seen }]
        : [],
    });
  } catch (error) {
    await fail(task, error);
  }
}

async function runVerifySteps(task: HeldTask): Promise<void> {
  const failures: string[] = [];
  for (const step of ordered('verify', offeredSteps(task, 'verify'))) {
    if (step.priority === 0) continue;
    const own = task.driver[step.interface as keyof typeof task.driver].steps?.find((s) => s.step === step.step);
    try {
      await own?.run(task, {});
    } catch (error) {
      failures.push(`${step.interface}.${step.step}: ${explain(error)}`);
    }
  }
  if (failures.length) throw new Error(`verify steps failed: ${failures.join('; ')}`);
}

/** What a BMC may or may not tell never keeps a node from being managed. */
async function told(
  task: HeldTask,
  what: string,
  ask: () => Promise<string | null> | undefined,
): Promise<string | null> {
  try {
    return (await ask()) ?? null;
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.info({ err: error }, `the BMC did not tell the ${what}`);
    return null;
  }
}

async function fail(task: HeldTask, error: unknown): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = `Verifying failed: ${explain(error)}`;
  await move(task, 'fail', { changes: { last_error: why }, error: why });
}

export const verify: Flow = {
  nameOf: () => 'verifying',
  accept: () => ({ changes: { last_error: null } }),
  begin,
  resume: begin,
  fail,
};
