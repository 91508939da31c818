// Orders for the provision state: ask the table, let the flow say what stands against it, commit, leave the rest to a worker.
import { InvalidStateRequested, NodeIsRetired } from '#contract/errors.ts';
import type { By } from '#events/catalog.ts';
import { after, eventsFrom, factsOf } from '#model/provision-states.ts';
import { abort, unhold } from './break-off.ts';
import type { Conductor } from './conductor.ts';
import type { FlowArgs } from './flows/flow.ts';
import { flowOf } from './flows/table.ts';
import { hold } from './hold.ts';
import { checkLimit } from './limits.ts';
import { move } from './move.ts';
import type { HeldTask } from './task.ts';

export interface ProvisionOrder {
  readonly node: string;
  /** An event of the state table: deploy, rebuild, delete, manage, provide, clean, inspect, adopt, rescue, … */
  readonly event: string;
  readonly args: FlowArgs;
  readonly by: By;
}

/** Accept an order, or throw what stands against it; the work goes on after this returns. */
export async function provision(conductor: Conductor, order: ProvisionOrder): Promise<void> {
  await hold(conductor, order.node, (task) => accepted(task, order), { by: order.by });
}

async function accepted(task: HeldTask, order: ProvisionOrder): Promise<void> {
  const { node } = task;
  const from = node.provision_state;
  const to = after(from, order.event);
  const refuse = () =>
    new InvalidStateRequested({ action: order.event, node: node.uuid, state: from, can: eventsFrom(from) });
  if (!to) throw refuse();
  if (order.event === 'abort') return abort(task);
  if (order.event === 'unhold') return unhold(task);
  if (order.event === 'provide' && node.retired) throw new NodeIsRetired({ op: order.event, node: node.uuid });
  const flow = factsOf(to)?.is === 'working' ? flowOf(to) : undefined;
  if (!flow) {
    if (order.event !== 'manage') throw refuse(); // events of the house itself, named as if they were verbs
    return move(task, order.event, { changes: { last_error: null } });
  }
  await checkLimit(task, order.event);
  const first = await flow.accept(task, order.event, order.args);
  task.afterwards((held) => flow.begin(held));
  await move(task, order.event, first);
}
