// Machines in machines: a child needs its parent's power, a parent that goes off takes its children with it.
// (reference: conductor.md C25)
import { ChildNodeLocked, NodeLocked, ParentNodeLocked } from '#contract/errors.ts';
import type { Db } from '#db/database.ts';
import { listNodes } from '#db/node-list.ts';
import { findNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import type { Task } from '#drivers/kinds.ts';
import type { PowerTarget } from '#model/power.ts';
import { powerFailed, powerTo } from './power.ts';

/** A held node from which others can be held as well. */
export interface Relative extends Task {
  readonly conductor: { readonly db: Db };
  /** Do `work` while another node is held too, tried once. Throws NodeLocked. */
  alsoHold<T>(uuid: string, work: (task: Relative) => Promise<T>): Promise<T>;
}

const ownSupply = (node: Pick<NodeRow, 'driver_info'>): boolean =>
  /^(true|yes|on|1)$/i.test(String(node.driver_info.has_dedicated_power_supply ?? ''));

/**
 * Bring the machine to `target`, its parent or its children first where one of them must be. Throws ParentNodeLocked or
 * ChildNodeLocked before anything was done, else as `powerTo`.
 */
export async function powerWithFamily(task: Relative, target: PowerTarget, timeoutSeconds?: number): Promise<void> {
  let acted = false;
  const act = () => {
    acted = true;
    return powerTo(task, target, timeoutSeconds);
  };
  try {
    if (target === 'power on') await parentOn(task);
    if (target === 'power off' || target === 'soft power off') await withChildrenOff(task, act);
    else await act();
  } catch (error) {
    if (!acted && !task.signal.aborted) await powerFailed(task, target, error);
    throw error;
  }
}

async function withChildrenOff(task: Relative, act: () => Promise<void>): Promise<void> {
  const filter = { parent_node: task.node.uuid };
  const children = await listNodes(task.conductor.db.read, filter, {}, ['uuid', 'driver_info']);
  const fed = children.filter((child) => !ownSupply(child)).map((child) => child.uuid);
  await holdingAll(task, fed, [], async (held) => {
    for (const child of held) await powerTo(child, 'power off');
    await act();
  });
}

async function parentOn(task: Relative): Promise<void> {
  const parent = task.node.parent_node;
  if (!parent || ownSupply(task.node)) return;
  // Siblings that are powered on at the same time must not get into each other's way.
  if ((await findNode(task.conductor.db.read, parent))?.power_state === 'power on') return;
  try {
    await task.alsoHold(parent, (held) => powerWithFamily(held, 'power on'));
  } catch (error) {
    if (NodeLocked.is(error)) throw new ParentNodeLocked({ node: task.node.uuid, parent }, { cause: error });
    throw error;
  }
}

/** All of them, or none: a parent does not go off under half of its children. */
async function holdingAll(
  task: Relative,
  left: readonly string[],
  held: readonly Relative[],
  work: (held: readonly Relative[]) => Promise<void>,
): Promise<void> {
  const [child, ...others] = left;
  if (child === undefined) return work(held);
  let taken = false;
  try {
    await task.alsoHold(child, (next) => {
      taken = true;
      return holdingAll(task, others, [...held, next], work);
    });
  } catch (error) {
    if (!taken && NodeLocked.is(error)) throw new ChildNodeLocked({ node: task.node.uuid, child }, { cause: error });
    throw error;
  }
}
