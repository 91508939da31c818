// Holding a node: who holds it may change it. The lock outlives the request when work goes on after the answer.
import { newRequestId } from '#base/ids.ts';
import { NodeLocked } from '#contract/errors.ts';
import { freeNode, nodeBy, takeNode } from '#db/nodes.ts';
import { portsOfNode } from '#db/ports.ts';
import type { NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { leaseMs } from './leases.ts';
import { HeldTask } from './task.ts';

export interface HoldOptions {
  /** Who asked; the house itself when nobody did. */
  readonly by?: By | undefined;
  /** How often to try; the default is the option node_locked_retry_attempts. */
  readonly attempts?: number;
}

/** Who acts when no request does: ticks and restarts. */
export const houseItself = (): By => ({ requestId: newRequestId() });

/**
 * Do `work` while holding the node (by UUID). The lock is freed when `work` ends, or, when it called
 * `task.afterwards`, when that work has ended: it runs in a slot of its own after `hold` has returned.
 * Throws NodeLocked, NodeNotFound, and what `work` throws.
 */
export async function hold<T>(
  conductor: Conductor,
  uuid: string,
  work: (task: HeldTask) => Promise<T>,
  options: HoldOptions = {},
): Promise<T> {
  const row = await take(conductor, uuid, options.attempts ?? conductor.config.conductor.node_locked_retry_attempts);
  const lost = conductor.leases.hold(uuid);
  let task: HeldTask | undefined;
  try {
    const ports = await portsOfNode(conductor.db.read, uuid);
    const by = options.by ?? houseItself();
    task = new HeldTask(conductor, row, ports, lost, by, false, (other, more) =>
      hold(conductor, other, more, { by, attempts: 1 }),
    );
    const result = await work(task);
    const later = task.takeAfterwards();
    if (!later) {
      await free(conductor, row, task.gone);
      return result;
    }
    const held = task;
    conductor.workers.run(async () => {
      try {
        await later(held);
      } catch (error) {
        if (conductor.stopping.aborted) held.log.info({}, 'work on a node is left for the next start');
        else held.log.error({ err: error }, 'work on a node ended with an error that nobody expected');
      } finally {
        await free(conductor, row);
      }
    });
    return result;
  } catch (error) {
    if (task?.hasSlot) conductor.workers.giveBack();
    await free(conductor, row);
    throw error;
  }
}

/** Look at a node and its driver without holding it: for questions that change nothing. */
export async function look<T>(
  conductor: Conductor,
  uuid: string,
  work: (task: HeldTask) => Promise<T>,
  options: HoldOptions = {},
): Promise<T> {
  const row = await nodeBy(conductor.db.read, uuid);
  const ports = await portsOfNode(conductor.db.read, row.uuid);
  return work(new HeldTask(conductor, row, ports, conductor.stopping, options.by ?? houseItself(), true));
}

const take = (conductor: Conductor, uuid: string, attempts: number): Promise<NodeRow> =>
  whileLocked(conductor, attempts, () => conductor.db.write((tx) => takeNode(tx, uuid, conductor.host, leaseMs)));

/** Do `work`, and again while it throws NodeLocked, `attempts` times in all with node_locked_retry_interval between. */
export async function whileLocked<T>(conductor: Conductor, attempts: number, work: () => Promise<T>): Promise<T> {
  const { config, clock } = conductor;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!NodeLocked.is(error) || attempt >= attempts) throw error;
    }
    await clock.sleep(config.conductor.node_locked_retry_interval * 1000, conductor.stopping);
  }
}

async function free(conductor: Conductor, row: NodeRow, gone = false): Promise<void> {
  conductor.leases.let(row.uuid);
  if (gone) return;
  try {
    await conductor.db.write((tx) => freeNode(tx, row.uuid, conductor.host, row.reservation_epoch));
  } catch (error) {
    conductor.log.warn({ err: error, node: row.uuid }, 'a lock could not be freed; it will run out by itself');
  }
  conductor.freed(row.uuid);
}
