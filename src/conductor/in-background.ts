import { explain } from '#base/errors.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold } from './hold.ts';
import type { HeldTask } from './task.ts';

export interface BackgroundOrder {
  readonly node: string;
  readonly by: By;
  /** What it is, as it stands in `last_error` when it fails: "Setting the boot mode". */
  readonly what: string;
  readonly event_type: string;
}

/**
 * Work on the BMC that is accepted now and done after the answer: what its management interface says against it is thrown,
 * what goes wrong later stands in `last_error` and the history.
 */
export function inBackground(
  conductor: Conductor,
  order: BackgroundOrder,
  work: (task: HeldTask) => Promise<void>,
): Promise<void> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      await task.driver.management.validate?.(task);
      task.afterwards(async (held) => {
        try {
          await work(held);
        } catch (error) {
          if (held.signal.aborted) throw error;
          const event = `${order.what} failed: ${explain(error)}`;
          const { event_type } = order;
          await held.save(
            { last_error: event },
            { kind: 'node.noted', node: held.node.uuid, event, event_type, severity: 'ERROR' },
          );
        }
      });
      if (task.node.last_error !== null) await task.save({ last_error: null });
    },
    { by: order.by },
  );
}
