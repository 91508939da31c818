// Finding a node for a request: fit ones are tried in a random order until one of them could be taken.
// (reference: conductor.md M105-106)
import { setTimeout as nextTurn } from 'node:timers/promises';
import { explain } from '#base/errors.ts';
import { AllocationNotFound, NodeLocked, NodeNotFound } from '#contract/errors.ts';
import { allocationBy, nodesForAllocation, saveAllocation, type Wanted } from '#db/allocations.ts';
import type { AllocationRow, NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from '../conductor.ts';
import { hold } from '../hold.ts';
import { backfill } from './backfill.ts';
import { claim } from './claim.ts';

export interface AllocateOrder {
  readonly allocation: string;
  /** The node that has the instance already, for an allocation that is noted afterwards. */
  readonly node?: string | undefined;
  readonly by: By;
}

/** Find a node in the background, or note the one that was named before this returns. Throws NoFreeConductorWorker. */
export async function allocate(conductor: Conductor, order: AllocateOrder): Promise<void> {
  const { node } = order;
  try {
    await noteHost(conductor, order.allocation);
    if (node !== undefined) return await backfill(conductor, { ...order, node });
    conductor.workers.take();
  } catch (error) {
    await failed(conductor, order.allocation, error);
    throw error;
  }
  conductor.workers.run(() => search(conductor, order));
}

const noteHost = (conductor: Conductor, uuid: string) =>
  conductor.db.write((tx) => saveAllocation(tx, uuid, { conductor_affinity: conductor.host }));

/** Find a node for an allocation; what comes of it stands in its row. Never throws. */
export async function search(conductor: Conductor, order: AllocateOrder): Promise<void> {
  // The answer to the request is made first: it says "allocating".
  await nextTurn(0);
  try {
    await find(conductor, await allocationBy(conductor.db.read, order.allocation), order.by);
  } catch (error) {
    if (conductor.stopping.aborted || AllocationNotFound.is(error)) return; // the next start goes on, or it was deleted
    await failed(conductor, order.allocation, error);
  }
}

/** What has come to a good end stays so. */
async function failed(conductor: Conductor, uuid: string, error: unknown): Promise<void> {
  const last_error = `Allocation ${uuid} failed: ${explain(error)}`;
  try {
    await conductor.db.write(async (tx) => {
      if ((await allocationBy(tx, uuid)).state === 'allocating')
        await saveAllocation(tx, uuid, { state: 'error', last_error });
    });
  } catch (second) {
    if (!AllocationNotFound.is(second))
      conductor.log.error({ err: second, allocation: uuid }, 'that an allocation failed could not be written');
  }
}

async function find(conductor: Conductor, allocation: AllocationRow, by: By): Promise<void> {
  const { node_locked_retry_attempts: rounds, node_locked_retry_interval: pause } = conductor.config.conductor;
  const wanted = wantedBy(allocation);
  let candidates = shuffled(await nodesForAllocation(conductor.db.read, wanted), allocation.name);
  if (!candidates.length) throw new Error(noneFits(allocation));
  for (let round = 1; ; round++) {
    const locked: NodeRow[] = [];
    for (const node of candidates) {
      const outcome = await attempt(conductor, allocation, node, by);
      if (outcome === 'taken' || outcome === 'settled') return;
      if (outcome === 'locked') locked.push(node);
    }
    if (!locked.length) throw new Error(`each of the ${candidates.length} fitting nodes was taken by somebody else`);
    if (round >= Math.max(1, rounds))
      throw new Error(
        `the fitting nodes are being worked on and stayed locked for ${round} rounds: ${locked.map((n) => n.uuid).join(', ')}`,
      );
    await conductor.clock.sleep(pause * 1000, conductor.stopping);
    candidates = locked;
  }
}

const wantedBy = (allocation: AllocationRow): Wanted => ({
  resource_class: allocation.resource_class ?? '',
  traits: allocation.traits,
  candidate_nodes: allocation.candidate_nodes,
  owner: allocation.owner,
});

/** Take the node, if it still is what it was. */
function attempt(
  conductor: Conductor,
  allocation: AllocationRow,
  node: NodeRow,
  by: By,
): Promise<'taken' | 'settled' | 'locked' | 'gone'> {
  const work = async (task: Parameters<typeof claim>[0]) => {
    const [still] = await nodesForAllocation(conductor.db.read, {
      ...wantedBy(allocation),
      candidate_nodes: [node.uuid],
    });
    if (!still) return 'gone' as const;
    return (await claim(task, allocation)) ? ('taken' as const) : ('settled' as const);
  };
  return hold(conductor, node.uuid, work, { by, attempts: 1 }).catch((error: unknown) => {
    if (NodeLocked.is(error)) return 'locked' as const;
    if (NodeNotFound.is(error)) return 'gone' as const;
    throw error;
  });
}

function noneFits({ candidate_nodes, resource_class, traits, owner }: AllocationRow): string {
  const which = candidate_nodes.length ? `none of the ${candidate_nodes.length} candidate nodes` : 'no node';
  return [
    `${which} is available and powered as known, has no instance`,
    `has resource class ${resource_class}`,
    ...(traits.length ? [`has the traits ${traits.join(', ')}`] : []),
    ...(owner ? [`belongs to or is leased to ${owner}`] : []),
  ].join(', ');
}

/** In a random order, so that busy clients do not meet at the same node; the allocation's namesake goes first. */
function shuffled(nodes: readonly NodeRow[], name: string | null): NodeRow[] {
  const drawn = nodes.map((node) => ({ node, lot: node.name !== null && node.name === name ? -1 : Math.random() }));
  return drawn.toSorted((a, b) => a.lot - b.lot).map(({ node }) => node);
}
