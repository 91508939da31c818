// Under the lock: look again, and bring record and machine together. (reference: conductor.md C28, C30)
import { NodeLocked, NodeNotFound } from '#contract/errors.ts';
import type { LookedAt } from '#db/power-looks.ts';
import type { Happening } from '#events/catalog.ts';
import { isPowerTarget } from '#model/power.ts';
import { judge, leftAlone, missesAfter, powerFailure, type Verdict } from '#model/power-sync.ts';
import type { Conductor } from '../conductor.ts';
import { hold } from '../hold.ts';
import { powerTo } from '../power.ts';
import type { HeldTask } from '../task.ts';
import { lookAtPower, type Sight } from './look.ts';
import type { PowerWatch } from './watch.ts';

/** How a node is judged: the options that count for it now. */
export function termsOf(task: HeldTask, watch: PowerWatch) {
  const { conductor } = task.config;
  const { node } = task;
  return {
    recorded: node.power_state,
    misses: watch.misses.get(node.uuid) ?? 0,
    maxMisses: conductor.power_state_sync_max_retries,
    force: conductor.force_power_state_during_sync && task.driver.power.syncs !== false && !node.disable_power_off,
  };
}

/** A look without the lock found something to do: do it, unless the node is or was in other hands meanwhile. */
export async function correct(conductor: Conductor, watch: PowerWatch, row: LookedAt, first: Sight): Promise<void> {
  try {
    await hold(conductor, row.uuid, (task) => correctHeld(task, watch, row, first), { attempts: 1 });
  } catch (error) {
    if (NodeLocked.is(error)) watch.counts.locked++;
    else if (!NodeNotFound.is(error)) throw error;
  }
}

async function correctHeld(task: HeldTask, watch: PowerWatch, row: LookedAt, first: Sight): Promise<void> {
  if (leftAlone(task.node)) return;
  const blind = first.seen === 'unreachable' || first.seen === 'error';
  // Taking the lock is one revision; any more, and somebody was at work while we looked.
  if (blind && task.node.revision !== row.revision + 1) return;
  const sight = blind ? first : await lookAtPower(task);
  const terms = termsOf(task, watch);
  const verdict = judge({ ...terms, seen: sight.seen });
  watch.counts.verdicts[verdict]++;
  watch.misses.set(task.node.uuid, missesAfter(verdict, terms.misses));
  if (verdict === 'agree' || verdict === 'learn') watch.misses.delete(task.node.uuid);
  await carryOut(task, verdict, sight, terms.misses + 1);
}

async function carryOut(task: HeldTask, verdict: Verdict, sight: Sight, looks: number): Promise<void> {
  const { node } = task;
  switch (verdict) {
    case 'agree':
      return;
    case 'wait':
      return noteMiss(task, sight, looks);
    case 'learn':
    case 'record':
      task.log.info({ from: node.power_state, to: sight.seen }, 'the machine has another power state than the record');
      return task.save({ power_state: sight.seen }, corrected(task, sight.seen));
    case 'force':
      return force(task, sight);
    case 'give up':
      return giveUp(task, sight, looks);
  }
}

export function noteMiss(task: HeldTask, sight: Sight, looks: number): void {
  const most = task.config.conductor.power_state_sync_max_retries + 1;
  task.log.warn({}, `the power state could not be read (${looks} of ${most} before maintenance): ${sight.why}`);
}

const corrected = ({ node }: HeldTask, to: string | null): Happening => ({
  kind: 'power.corrected',
  node: node.uuid,
  instance: node.instance_uuid,
  from: node.power_state,
  to,
});

/** The machine follows the record. It takes a worker, so that the sync goes on. */
function force(task: HeldTask, sight: Sight): void {
  const target = task.node.power_state;
  if (target === null || !isPowerTarget(target)) return;
  task.log.warn({ seen: sight.seen }, `the machine is in "${sight.seen}", the record says "${target}": it is forced`);
  task.afterwards(async (held) => {
    try {
      await powerTo(held, target);
    } catch (error) {
      held.log.error({ err: error }, `the machine could not be forced to "${target}"`);
    }
  });
}

async function giveUp(task: HeldTask, sight: Sight, looks: number): Promise<void> {
  const { node } = task;
  const blind = sight.seen === 'unreachable' || sight.seen === 'error';
  const to = blind ? null : sight.seen;
  const why = blind
    ? `its power state could not be read ${looks} times in a row: ${sight.why.replace(/\.$/, '')}. It leaves maintenance by itself when its BMC answers`
    : `the machine was found in "${to}" ${looks} times in a row while the record said "${node.power_state}"`;
  const reason = `Power sync gave node ${node.uuid} up: ${why}.`;
  task.log.error({}, reason);
  await task.save(
    { power_state: to, maintenance: true, maintenance_reason: reason, fault: powerFailure, last_error: reason },
    { kind: 'maintenance.changed', node: node.uuid, on: true, reason, fault: powerFailure },
    ...(to === node.power_state ? [] : [corrected(task, to)]),
  );
}
