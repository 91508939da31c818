// Rows whose time is up: the flow they wait in ends, with the reason as far as it can be told.
import { NodeLocked } from '#contract/errors.ts';
import { dueNodes, nextDeadline } from '#db/node-watch.ts';
import type { Conductor } from '../conductor.ts';
import { continueFlow } from '../continue.ts';
import type { Flow } from '../flows/flow.ts';
import { flowOf } from '../flows/table.ts';
import { hold } from '../hold.ts';
import { move } from '../move.ts';
import type { HeldTask } from '../task.ts';
import type { Tick } from '../ticker.ts';

/** The longest wait until the next look: rows may have been given deadlines by other hosts. */
const mostSeconds = 5;

export const deadlines: Tick = {
  name: 'deadlines',
  async every(conductor) {
    const next = await nextDeadline(conductor.db.read);
    if (next === undefined) return mostSeconds;
    return Math.min(mostSeconds, Math.max(0.1, (next - conductor.clock.now()) / 1000));
  },
  async run(conductor) {
    for (const row of await dueNodes(conductor.db.read, conductor.clock.now(), 500)) await overdue(conductor, row.uuid);
  },
};

async function overdue(conductor: Conductor, uuid: string): Promise<void> {
  try {
    await hold(conductor, uuid, async (task) => task.afterwards(timeOut), { attempts: 1 });
  } catch (error) {
    if (!NodeLocked.is(error))
      conductor.log.warn({ err: error, node: uuid }, 'a node whose time is up could not be taken');
  }
}

async function timeOut(task: HeldTask): Promise<void> {
  const { node } = task;
  // It may have been gone on with between the look and the lock.
  if (node.deadline_at === null || node.deadline_at > task.clock.now()) return;
  const flow = flowOf(node.provision_state);
  if (!flow) return task.save({ deadline_at: null, waits_for: null });
  if (task.info.boot_cut_off) return bootAgain(task, flow);
  if (task.info.waiting_on === 'bmc' && (task.info.bmc_wait_until ?? 0) > task.clock.now()) return continueFlow(task);
  await flow.fail(task, new Error(await explained(task)));
}

/** The machine's boot was cut off when the service stopped: one more try, with the whole time again. */
async function bootAgain(task: HeldTask, flow: Flow): Promise<void> {
  task.log.info({}, 'the machine has not called since the service was started again; its ramdisk is booted once more');
  await move(task, 'resume', { changes: { driver_internal_info: task.noted({ boot_cut_off: undefined }) } });
  await flow.resume(task);
}

/** What was waited for, how long, and how far the machine came. */
async function explained(task: HeldTask): Promise<string> {
  const { node, info } = task;
  const since = node.provision_updated_at ?? node.reserved_at ?? task.clock.now();
  const seconds = Math.round((task.clock.now() - since) / 1000);
  const waited = `timeout reached: waited ${seconds} s for ${node.waits_for ?? 'a call'}`;
  if (info.waiting_on === 'bmc') return waited;
  if (
    info.waiting_on === 'agent boot' ||
    info.waiting_on === 'reboot' ||
    (!info.agent_url && node.provision_state !== 'inspect wait')
  )
    return `${waited}. ${await task.house.explainBoot(node.uuid, since - 5000)}`;
  const last = info.agent_last_heartbeat;
  return last ? `${waited}; the ramdisk at ${info.agent_url} was last heard at ${last}` : waited;
}
