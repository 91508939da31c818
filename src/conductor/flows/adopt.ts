// manageable -> adopting -> active: a machine that runs already comes under management as it is. (reference: conductor.md L104)
import { explain } from '#base/errors.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import type { Flow } from './flow.ts';

async function begin(task: HeldTask): Promise<void> {
  try {
    const local = task.node.instance_info.boot_option !== 'ramdisk';
    if (!local) await task.driver.boot.validate(task);
    const seen = await task.driver.power.read(task);
    await move(task, 'done', { changes: { power_state: seen, last_error: null } });
  } catch (error) {
    await fail(task, error);
  }
}

async function fail(task: HeldTask, error: unknown): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = `Adoption failed: ${explain(error)}`;
  await move(task, 'fail', { changes: { last_error: why, power_state: null }, error: why });
}

export const adopt: Flow = {
  nameOf: () => 'adoption',
  accept: () => ({ changes: { last_error: null } }),
  begin,
  resume: begin,
  fail,
};
