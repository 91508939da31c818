import { explain } from '#base/errors.ts';
import type { LookedAt } from '#db/power-looks.ts';
import type { NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';
import type { Seen } from '#model/power-sync.ts';
import type { Conductor } from '../conductor.ts';
import { HeldTask } from '../task.ts';

export interface Sight {
  readonly seen: Seen;
  /** Where nothing could be seen: why. */
  readonly why: string;
}

/** A task to look through, without the lock: of the node it has the columns that a look may use. */
export const onlooker = (conductor: Conductor, row: LookedAt, by: By): HeldTask =>
  new HeldTask(conductor, row as NodeRow, [], conductor.stopping, by, true);

/** What the machine's power is; that it cannot be told is an outcome too. Throws only when the program stops. */
export async function lookAtPower(task: HeldTask): Promise<Sight> {
  try {
    const seen = await task.driver.power.read(task, { background: true });
    return { seen, why: seen === 'error' ? 'its BMC tells an error instead of a power state' : '' };
  } catch (error) {
    if (task.signal.aborted) throw error;
    return { seen: 'unreachable', why: explain(error) };
  }
}

/** Whether the node says enough to reach its BMC. */
export async function canBeRead(task: HeldTask): Promise<boolean> {
  try {
    await task.driver.power.validate?.(task);
    return true;
  } catch {
    return false;
  }
}
