// A node that power sync gave up comes back when its BMC answers. (reference: conductor.md C31)
import { explain } from '#base/errors.ts';
import { NodeLocked } from '#contract/errors.ts';
import type { LookedAt } from '#db/power-looks.ts';
import type { By } from '#events/catalog.ts';
import { notRecovering } from '#model/power-sync.ts';
import type { Conductor } from '../conductor.ts';
import { hold } from '../hold.ts';
import type { HeldTask } from '../task.ts';
import { canBeRead, lookAtPower, onlooker, type Sight } from './look.ts';
import type { PowerWatch } from './watch.ts';

const answers = ({ seen }: Sight): boolean => seen !== 'unreachable' && seen !== 'error';

/** Look whether the BMC of a node that was given up answers, and let it back. Never throws. */
export async function recoverNode(conductor: Conductor, watch: PowerWatch, row: LookedAt, by: By): Promise<void> {
  try {
    const task = onlooker(conductor, row, by);
    if (!(await canBeRead(task)) || !answers(await lookAtPower(task))) return;
    await hold(conductor, row.uuid, (held) => letBack(held, watch), { attempts: 1 });
  } catch (error) {
    if (conductor.stopping.aborted || NodeLocked.is(error)) return;
    conductor.log.warn({ err: error, node: row.uuid }, `a node could not be let out of maintenance: ${explain(error)}`);
  }
}

async function letBack(task: HeldTask, watch: PowerWatch): Promise<void> {
  if (notRecovering(task.node)) return;
  const sight = await lookAtPower(task);
  if (!answers(sight)) return;
  const { node } = task;
  const seen = sight.seen as string | null;
  const { uuid, instance_uuid: instance, power_state: from } = node;
  await task.save(
    {
      maintenance: false,
      maintenance_reason: null,
      fault: null,
      power_state: seen,
      ...(node.last_error === node.maintenance_reason && { last_error: null }),
    },
    { kind: 'maintenance.changed', node: uuid, on: false, reason: null, fault: null },
    ...(seen === from ? [] : [{ kind: 'power.corrected' as const, node: uuid, instance, from, to: seen }]),
  );
  watch.misses.delete(uuid);
  watch.counts.recovered++;
  task.log.info({ power_state: seen }, 'the BMC answers again; the node left maintenance');
}
