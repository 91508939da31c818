// One look at one machine: without lock, and without a write where record and machine agree.
import { explain } from '#base/errors.ts';
import type { NodeRow } from '#db/schema.ts';
import type { NodeChanges } from '#drivers/kinds.ts';
import { judge } from '#model/power-sync.ts';
import type { Conductor } from '../conductor.ts';
import { hold } from '../hold.ts';
import type { HeldTask } from '../task.ts';
import { correct, noteMiss, termsOf } from './correct.ts';
import { canBeRead, lookAtPower, onlooker } from './look.ts';
import type { PowerWatch } from './watch.ts';

/** Look at one node, and correct what is wrong. Never throws. */
export async function syncNode(conductor: Conductor, watch: PowerWatch, row: NodeRow): Promise<void> {
  watch.counts.underWay++;
  try {
    await lookAndJudge(conductor, watch, row);
  } catch (error) {
    if (!conductor.stopping.aborted)
      conductor.log.warn({ err: error, node: row.uuid }, `power sync could not do its work: ${explain(error)}`);
  } finally {
    watch.counts.underWay--;
  }
}

async function lookAndJudge(conductor: Conductor, watch: PowerWatch, row: NodeRow): Promise<void> {
  const task = onlooker(conductor, row);
  if (task.driver.power.syncs === false) return;
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
  const changes = blind ? {} : await newFacts(task, watch);
  if (verdict === 'agree') {
    watch.counts.verdicts.agree++;
    watch.misses.delete(row.uuid);
    // What the sync itself had to say of the node is over.
    if (terms.misses > 0 && row.last_error !== null && task.config.conductor.node_history) changes.last_error = null;
  }
  if (Object.keys(changes).length) await saveIfUntouched(conductor, row, changes);
  if (verdict !== 'agree') await correct(conductor, watch, row, sight);
}

/** What the record does not have: who made the machine, asked once, and how it boots (reference: conductor.md C29). */
async function newFacts(task: HeldTask, watch: PowerWatch): Promise<NodeChanges> {
  const { node, driver } = task;
  const changes: NodeChanges = {};
  const ask = async (tell: (() => Promise<string | null>) | undefined) => {
    try {
      return (await tell?.()) ?? null;
    } catch {
      return null; // a BMC that does not tell is no failure of the sync
    }
  };
  if (node.properties.vendor === undefined && driver.management.vendor && !watch.askedVendor.has(node.uuid)) {
    watch.askedVendor.add(node.uuid);
    const vendor = await ask(() => driver.management.vendor!(task));
    if (vendor) changes.properties = { ...node.properties, vendor };
  }
  if (driver.management.bootMode) {
    const mode = await ask(() => driver.management.bootMode!(task));
    if (mode && mode !== node.boot_mode) changes.boot_mode = mode;
  }
  return changes;
}

/** Write what was found without the lock, unless somebody changed or holds the node: then it is found again. */
async function saveIfUntouched(conductor: Conductor, row: NodeRow, changes: NodeChanges): Promise<void> {
  const save = async (task: HeldTask) => {
    if (task.node.revision === row.revision + 1) await task.save(changes);
  };
  await hold(conductor, row.uuid, save, { attempts: 1 }).catch((error) =>
    conductor.log.debug({ err: error, node: row.uuid }, 'what the BMC told was not written down'),
  );
}
