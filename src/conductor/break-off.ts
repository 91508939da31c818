// Breaking a waiting flow off, and letting a held one go on. (reference: conductor.md D47-48, G77, K96)
import { InvalidState, UnsupportedDriverExtension } from '#contract/errors.ts';
import { flowOf } from './flows/table.ts';
import { move } from './move.ts';
import { indexOf, planOf, stepFlowOf } from './step-flows.ts';
import type { HeldTask } from './task.ts';

/** Abort: at once where nothing runs that must not be cut; else when the step that runs has ended. */
export async function abort(task: HeldTask): Promise<void> {
  const { node } = task;
  const state = node.provision_state;
  if (state === 'service failed') return serviceFailed(task);
  if (state === 'inspect wait' && !task.driver.inspect.abort)
    throw new UnsupportedDriverExtension({
      driver: node.driver,
      extension: 'abort',
      why: `the inspect interface "${task.driver.inspect.name}" cannot be broken off`,
    });
  const facts = stepFlowOf(state);
  const step = facts && planOf(task, facts)?.[indexOf(task, facts)];
  // In a hold nothing runs: the plan stands at the step after it.
  const running = facts && !state.endsWith(' hold') && Object.keys(node[facts.column]).length > 0;
  if (running && step && !(step.abortable ?? facts.abortable)) {
    await task.note({ abort_after_step: true });
    return;
  }
  const flow = flowOf(state);
  const where = step && running ? ` in step ${step.interface}.${step.step}` : '';
  const why = new Error(
    `broken off by request${where} while it waited for ${node.waits_for ?? 'somebody to let it go on'}`,
  );
  task.afterwards(async (held) => {
    await flow?.fail(held, why, { event: 'abort' });
  });
}

async function serviceFailed(task: HeldTask): Promise<void> {
  if (task.node.maintenance)
    throw new InvalidState({
      why: `Node ${task.node.uuid} is in maintenance after a failed servicing: clear it first.`,
    });
  await move(task, 'abort', { changes: { last_error: null } });
}

/** Unhold: a deployment or cleaning goes on with its next step; where a ramdisk runs, at once as well. */
export async function unhold(task: HeldTask): Promise<void> {
  const facts = stepFlowOf(task.node.provision_state)!;
  const flow = flowOf(task.node.provision_state)!;
  await move(task, 'unhold', {
    changes: { driver_internal_info: task.noted({ waiting_on: 'heartbeat' }) },
    waitsFor: 'the work to go on after a hold',
    withinSeconds: facts.timeout(task.config),
  });
  task.afterwards(async (held) => {
    await move(held, 'resume');
    await flow.resume(held);
  });
}
