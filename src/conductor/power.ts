// Power actions: ask, wait until the machine confirms, write it down. (reference: conductor.md C20-26)
import { explain } from '#base/errors.ts';
import { PowerStateFailure } from '#contract/errors.ts';
import type { PowerFace, Task } from '#drivers/kinds.ts';
import { withoutAgent } from '#model/internal-info.ts';
import { finalPower, nothingToDo, type Power, type PowerTarget } from '#model/power.ts';
import { factsOf } from '#model/provision-states.ts';

/**
 * Bring the machine to `target` and wait until its BMC says so. A machine that is there already is not touched, and
 * nobody is told. Throws with the reason, which then also stands in `last_error`.
 */
export async function powerTo(task: Task, target: PowerTarget, timeoutSeconds?: number): Promise<void> {
  const face = task.driver.power;
  const from = task.node.power_state;
  try {
    refuseForbiddenOff(task, target);
    const now = await face.read(task);
    if (nothingToDo(target, now)) {
      const settled = task.node.power_state === now && task.node.target_power_state === null;
      if (!settled) await task.save({ power_state: now, target_power_state: null });
      return;
    }
    await begin(task, target);
    await face.ask(task, target);
    await confirmed(task, face, target, timeoutSeconds);
  } catch (error) {
    if (task.signal.aborted) throw error; // the next start looks at the machine and goes on
    await powerFailed(task, target, error);
    throw error;
  }
  const to = finalPower[target];
  await task.save(
    { power_state: to, target_power_state: null },
    { kind: 'power.changed', node: task.node.uuid, instance: task.node.instance_uuid, from, to, target },
  );
  await detachVolumes(task, to);
}

/** Write down that a power action came to nothing, and why. */
export async function powerFailed(task: Task, target: PowerTarget, error: unknown): Promise<void> {
  const why = `Power action "${target}" failed: ${explain(error)}`;
  await task.save(
    { target_power_state: null, last_error: why },
    { kind: 'power.failed', node: task.node.uuid, target, error: why },
  );
}

/** Throws where the node must not be powered off. */
export function refuseForbiddenOff(task: Task, target: PowerTarget): void {
  if (task.node.disable_power_off && finalPower[target] === 'power off')
    throw new PowerStateFailure({
      node: task.node.uuid,
      target,
      why: 'it must not be powered off (disable_power_off is set)',
    });
}

/** What must stand in the row before the BMC is asked, so that a crash in between can be told from rest. */
async function begin(task: Task, target: PowerTarget): Promise<void> {
  const stamp = new Date(task.clock.now()).toISOString();
  const info = target === 'power on' ? task.info : withoutAgent(task.info);
  const failed = factsOf(task.node.provision_state)?.is === 'failed';
  await task.save({
    target_power_state: finalPower[target],
    driver_internal_info: { ...info, last_power_state_change: stamp },
    ...(!failed && task.node.last_error !== null && { last_error: null }),
  });
  if (finalPower[target] === 'power on' && task.node.provision_state === 'active')
    await task.driver.storage.attach?.(task);
}

/** Polls until the machine is where it shall be: quickly at first, then once a second. */
async function confirmed(task: Task, face: PowerFace, target: PowerTarget, timeoutSeconds?: number): Promise<void> {
  const { conductor } = task.config;
  const soft = target.startsWith('soft');
  const seconds = timeoutSeconds ?? (soft ? conductor.soft_power_off_timeout : conductor.power_state_change_timeout);
  const until = task.clock.now() + seconds * 1000;
  const wanted: Power = finalPower[target];
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const seen = await face.read(task);
    if (seen === wanted) return;
    if (task.clock.now() >= until)
      throw new PowerStateFailure({
        node: task.node.uuid,
        target,
        why: `${seconds} s after the request its BMC still says "${seen}" instead of "${wanted}"`,
      });
    await task.clock.sleep(pause, task.signal);
  }
}

async function detachVolumes(task: Task, to: Power): Promise<void> {
  if (to !== 'power off' || task.node.provision_state !== 'active') return;
  try {
    await task.driver.storage.detach?.(task);
  } catch (error) {
    task.log.warn({ err: error }, 'volumes could not be detached after the power-off');
  }
}
