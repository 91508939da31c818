// One look at one machine: without lock, and without a write where record and machine agree.
import { explain } from '#base/errors.ts';
import type { LookedAt } from '#db/power-looks.ts';
import type { NodeChanges } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import { judge } from '#model/power-sync.ts';
import type { Conductor } from '../conductor.ts';
import { hold } from '../hold.ts';
import type { HeldTask } from '../task.ts';
import { correct, noteMiss, termsOf } from './correct.ts';
import { newFacts } from './facts.ts';
import { canBeRead, lookAtPower, onlooker } from './look.ts';
import type { PowerWatch } from './watch.ts';

/** Look at one node, and correct what is wrong. Never throws. */
export async function syncNode(conductor: Conductor, watch: PowerWatch, row: LookedAt, by: By): Promise<void> {
  watch.counts.underWay++;
  try {
    await lookAndJudge(conductor, watch, row, by);
  } catch (error) {
    if (!conductor.stopping.aborted)
      conductor.log.warn({ err: error, node: row.uuid }, `power sync could not do its work: ${explain(error)}`);
  } finally {
    watch.counts.underWay--;
  }
}

async function lookAndJudge(conductor: Conductor, watch: PowerWatch, row: LookedAt, by: By): Promise<void> {
  const task = onlooker(conductor, row, by);
  if (row.power_state === null && !(await canBeRead(task))) {
    watch.misses.delete(row.uuid);
    return;
  }
  const sight = await lookAtPower(task);
  const terms = termsOf(task, watch);
  const verdict = judge({ ...terms, seen: sight.seen });
  if (verdict === 'wait') {
    watch.counts.verdicts.wait++;
    watch.misses.set(row.uuid, terms.misses + 1);
    return noteMiss(task, sight, terms.misses + 1);
  }
  const blind = sight.seen === 'unreachable' || sight.seen === 'error';
  const changes = blind ? {} : await newFacts(task, row, watch);
  if (verdict === 'agree') {
    watch.counts.verdicts.agree++;
    watch.misses.delete(row.uuid);
    // What the sync itself had to say of the node is over.
    if (terms.misses > 0 && row.last_error !== null && task.config.conductor.node_history) changes.last_error = null;
  }
  if (Object.keys(changes).length) await saveIfUntouched(conductor, row, changes);
  if (verdict !== 'agree') await correct(conductor, watch, row, sight);
}

/** Write what was found without the lock, unless somebody changed or holds the node: then it is found again. */
async function saveIfUntouched(conductor: Conductor, row: LookedAt, changes: NodeChanges): Promise<void> {
  const save = async (task: HeldTask) => {
    if (task.node.revision === row.revision + 1) await task.save(changes);
  };
  await hold(conductor, row.uuid, save, { attempts: 1 }).catch((error) =>
    conductor.log.debug({ err: error, node: row.uuid }, 'what the BMC told was not written down'),
  );
}
