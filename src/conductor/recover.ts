// After a start: what the process before left unfinished is gone on with. Every row is in one of three conditions: at
// rest, waiting with a deadline, or in a working state that somebody is at. The third kind is what is found here.
import { NodeLocked, NoFreeConductorWorker } from '#contract/errors.ts';
import { unfinishedNodes } from '#db/node-watch.ts';
import { expiredNodes, freeNode, freeNodesOf, takeOver } from '#db/nodes.ts';
import { states } from '#model/provision-states.ts';
import { adoptAllocations } from './allocations/orphans.ts';
import type { Conductor } from './conductor.ts';
import { continueAfterRestart } from './continue.ts';
import { flowOf } from './flows/table.ts';
import { hold } from './hold.ts';
import { leaseMs } from './leases.ts';
import { settlePower } from './settle-power.ts';
import type { HeldTask } from './task.ts';

const workingStates = Object.entries(states)
  .filter(([, facts]) => facts.is === 'working')
  .map(([state]) => state);

/** Waiting for the ramdisk: it may have called while nobody listened. */
const waitingStates = ['wait call-back', 'clean wait', 'service wait'];

/**
 * Free the locks of the process before, and go on with what it was at, in the background and as fast as workers get
 * free; says how many nodes that are. Run once at start, before requests are heard.
 */
export async function recover(conductor: Conductor): Promise<number> {
  const freed = await conductor.db.write((tx) => freeNodesOf(tx, conductor.host));
  const mine = await unfinishedNodes(conductor.db.read, [...workingStates, ...waitingStates]);
  void resumeAll(conductor, mine);
  await adoptAllocations(conductor, true);
  if (mine.length) conductor.log.info({ nodes: mine.length, locks: freed.length }, 'going on with what was unfinished');
  return mine.length;
}

/** Rounds over nodes that could not be taken at once: a minute's worth; what is left then is found as unattended. */
const mostRounds = 300;

async function resumeAll(conductor: Conductor, nodes: readonly string[]): Promise<void> {
  let left = nodes;
  for (let round = 0; left.length && round < mostRounds && !conductor.closing.aborted; round++) {
    if (round) await conductor.clock.sleep(200, conductor.closing).catch(() => {});
    const again: string[] = [];
    for (const uuid of left) if (!(await resume(conductor, uuid))) again.push(uuid);
    left = again;
  }
}

/** So long a node may be in a working state without a holder: long enough for any hand-over. */
const unattendedMs = 300_000;

/**
 * Nodes that nobody is at though their state says so: work on them ended in a way that nobody foresaw. They are gone on
 * with as after a restart. Called by a tick.
 */
export async function attendUnattended(conductor: Conductor): Promise<void> {
  const before = conductor.clock.now() - unattendedMs;
  for (const uuid of await unfinishedNodes(conductor.db.read, workingStates, before)) {
    conductor.log.warn({ node: uuid }, 'nobody was at this node though its state says so; its work is gone on with');
    await resume(conductor, uuid);
  }
}

/** Nodes whose holder is gone for good: taken over, and gone on with. Called by a tick. */
export async function takeOverExpired(conductor: Conductor): Promise<void> {
  for (const row of await expiredNodes(conductor.db.read, conductor.clock.now(), 100)) {
    if (row.reservation === conductor.host && conductor.leases.holds(row.uuid)) continue;
    try {
      const taken = await conductor.db.write((tx) => takeOver(tx, row, conductor.host, leaseMs));
      conductor.log.warn(
        { node: row.uuid, host: row.reservation },
        'the holder of a node is gone; its work is taken over',
      );
      await conductor.db.write((tx) => freeNode(tx, row.uuid, conductor.host, taken.reservation_epoch));
      await resume(conductor, row.uuid);
    } catch (error) {
      conductor.log.info({ err: error, node: row.uuid }, 'a node could not be taken over');
    }
  }
}

/**
 * Go on with one node, where there is something to go on with. False where no worker is free for it, or a heartbeat
 * holds it for a moment.
 */
async function resume(conductor: Conductor, uuid: string): Promise<boolean> {
  try {
    await hold(conductor, uuid, async (task) => task.afterwards(goOnWith), { attempts: 1 });
  } catch (error) {
    if (NoFreeConductorWorker.is(error) || NodeLocked.is(error)) return false;
    conductor.log.error({ err: error, node: uuid }, 'unfinished work could not be gone on with');
  }
  return true;
}

async function goOnWith(task: HeldTask): Promise<void> {
  const state = task.node.provision_state;
  const flow = flowOf(state);
  const working = workingStates.includes(state);
  if (task.node.target_power_state !== null) await settlePower(task, working);
  if (working) return flow?.resume(task);
  await continueAfterRestart(task);
}
