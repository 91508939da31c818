// active -> rescuing -> rescue: the ramdisk runs on the machine and lets its user in. (reference: conductor.md J)
import { explain } from '#base/errors.ts';
import { NodeInMaintenance } from '#contract/errors.ts';
import { newSalt, type ShaCrypt, shaCrypt } from '#drivers/agent/sha-crypt.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import type { Flow } from './flow.ts';

async function begin(task: HeldTask): Promise<void> {
  try {
    const outcome = (await task.driver.rescue.rescue?.(task)) ?? { is: 'done' as const };
    if (outcome.is === 'wait')
      return await move(task, 'wait', {
        waitsFor: outcome.for,
        withinSeconds: outcome.withinSeconds ?? task.config.conductor.rescue_callback_timeout,
      });
    await move(task, 'done', { changes: { last_error: null, instance_info: withoutPassword(task) } });
  } catch (error) {
    await fail(task, error);
  }
}

/** The rescue ramdisk has called: it is given the password, and the user the machine. */
async function heard(task: HeldTask): Promise<void> {
  if (task.node.provision_state !== 'rescue wait') return;
  try {
    await move(task, 'resume');
    await task.driver.rescue.finalize?.(task);
    await move(task, 'done', { changes: { last_error: null, instance_info: withoutPassword(task) } });
  } catch (error) {
    await fail(task, error);
  }
}

/** Puts away what was made for the ramdisk; what goes wrong with it is told, and the rescue fails all the same. */
async function putAway(task: HeldTask, waited: boolean): Promise<unknown> {
  try {
    if (waited && !task.node.disable_power_off) await task.powerTo('power off');
    await task.driver.rescue.cleanUp?.(task);
    return undefined;
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.warn({ err: error }, 'putting things away after a failed rescue failed as well');
    return error;
  }
}

function withoutPassword(task: HeldTask): Record<string, unknown> {
  const { rescue_password, hashed_rescue_password, ...info } = task.node.instance_info;
  return info;
}

async function fail(task: HeldTask, error: unknown, how: { event?: 'fail' | 'abort' } = {}): Promise<void> {
  if (task.signal.aborted) throw error;
  const aborted = how.event === 'abort';
  const left = await putAway(task, task.node.provision_state === 'rescue wait' && !aborted);
  const why = `Rescue failed: ${explain(error)}${left && aborted ? `; and cleaning up failed: ${explain(left)}` : ''}`;
  const fault = 'rescue abort failure';
  const stuck = aborted && left !== undefined;
  await move(task, how.event ?? 'fail', {
    changes: {
      last_error: why,
      instance_info: withoutPassword(task),
      ...(stuck && { maintenance: true, maintenance_reason: why, fault }),
    },
    error: why,
    also: stuck ? [{ kind: 'maintenance.changed', node: task.node.uuid, on: true, reason: why, fault }] : [],
  });
}

export const rescue: Flow = {
  nameOf: () => 'rescue',
  async accept(task, _event, args) {
    const { node } = task;
    if (node.maintenance) throw new NodeInMaintenance({ op: 'rescue', node: node.uuid });
    for (const face of [task.driver.rescue, task.driver.network, task.driver.power]) await face.validate?.(task);
    return {
      changes: {
        last_error: null,
        instance_info: { ...node.instance_info, ...passwords(task, args.rescue_password ?? '') },
        driver_internal_info: task.noted({ agent_secret_token: undefined }),
      },
    };
  },
  begin,
  resume: begin,
  fail,
  heard,
};

/** The password, and its hash: the ramdisk is told no more than that. */
function passwords(task: HeldTask, password: string) {
  const hash = shaCrypt(task.config.conductor.rescue_password_hash_algorithm as ShaCrypt, password, newSalt());
  return { rescue_password: password, hashed_rescue_password: hash };
}

async function beginUnrescue(task: HeldTask): Promise<void> {
  try {
    await task.driver.rescue.unrescue?.(task);
    await move(task, 'done', { changes: { last_error: null } });
  } catch (error) {
    await failUnrescue(task, error);
  }
}

async function failUnrescue(task: HeldTask, error: unknown): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = `Unrescue failed: ${explain(error)}`;
  await move(task, 'fail', { changes: { last_error: why }, error: why });
}

export const unrescue: Flow = {
  nameOf: () => 'unrescue',
  accept(task) {
    if (task.node.maintenance) throw new NodeInMaintenance({ op: 'unrescue', node: task.node.uuid });
    return { changes: { last_error: null } };
  },
  begin: beginUnrescue,
  resume: beginUnrescue,
  fail: failUnrescue,
};
