import { explain } from '#base/errors.ts';
import type { Task } from '#drivers/kinds.ts';
import type { Happening } from '#events/catalog.ts';

/**
 * A power action was cut off: what did the machine do? The record takes what its BMC says, and where that is what had
 * been asked for the action counts as done. `inFlow`: the flow it belonged to goes on and asks for power again itself.
 */
export async function settlePower(task: Task, inFlow: boolean): Promise<void> {
  const wanted = task.node.target_power_state;
  const from = task.node.power_state;
  const { uuid, instance_uuid: instance } = task.node;
  let seen: string | null;
  try {
    seen = await task.driver.power.read(task);
  } catch (error) {
    if (task.signal.aborted) throw error;
    const why = `The service stopped during a power action to "${wanted}", and its BMC cannot be asked what became of it: ${explain(error)}`;
    await task.save(
      { target_power_state: null, ...(!inFlow && { last_error: why }) },
      { kind: 'power.failed', node: uuid, target: wanted ?? 'unknown', error: why },
    );
    return;
  }
  const reached = seen === wanted;
  const happenings: Happening[] = [];
  if (seen !== from || reached)
    happenings.push(
      reached && (seen === 'power on' || seen === 'power off')
        ? { kind: 'power.changed', node: uuid, instance, from, to: seen, target: seen }
        : { kind: 'power.corrected', node: uuid, instance, from, to: seen },
    );
  const why = `The service stopped during a power action to "${wanted}"; the machine is found in "${seen}". Ask again for what you want.`;
  if (!reached && !inFlow)
    happenings.push({ kind: 'power.failed', node: uuid, target: wanted ?? 'unknown', error: why });
  await task.save(
    { power_state: seen, target_power_state: null, ...(!reached && !inFlow && { last_error: why }) },
    ...happenings,
  );
}
