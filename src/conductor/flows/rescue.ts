// active -> rescuing -> rescue: the ramdisk runs on the machine and lets its user in. (reference: conductor.md J)
import { explain } from '#base/errors.ts';
import { NodeInMaintenance } from '#contract/errors.ts';
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

function withoutPassword(task: HeldTask): Record<string, unknown> {
  const { rescue_password, hashed_rescue_password, ...info } = task.node.instance_info;
  return info;
}

async function fail(task: HeldTask, error: unknown, how: { event?: 'fail' | 'abort' } = {}): Promise<void> {
  if (task.signal.aborted) throw error;
  const why = `Rescue failed: ${explain(error)}`;
  await move(task, how.event ?? 'fail', {
    changes: { last_error: why, instance_info: withoutPassword(task) },
    error: why,
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
        instance_info: { ...node.instance_info, rescue_password: args.rescue_password },
        driver_internal_info: task.noted({ agent_secret_token: undefined }),
      },
    };
  },
  begin,
  resume: begin,
  fail,
};

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
