// An allocation that is noted for a node which has its instance already. (reference: conductor.md M107)
import { Conflict } from '#contract/errors.ts';
import { allocationBy } from '#db/allocations.ts';
import { traitsOf } from '#db/node-traits.ts';
import type { AllocationRow, NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from '../conductor.ts';
import { hold } from '../hold.ts';
import { claim } from './claim.ts';

/** Note the allocation for the node. Throws Conflict with everything that speaks against it, or NodeLocked. */
export async function backfill(
  conductor: Conductor,
  order: { allocation: string; node: string; by: By },
): Promise<void> {
  const allocation = await allocationBy(conductor.db.read, order.allocation);
  await hold(
    conductor,
    order.node,
    async (task) => {
      const against = misfits(task.node, allocation, await traitsOf(conductor.db.read, task.node.uuid));
      if (against.length)
        throw new Conflict({ why: `Node ${task.node.uuid} cannot be noted for it: ${against.join('; ')}.` });
      await claim(task, allocation);
    },
    { by: order.by },
  );
}

/** What speaks against noting the allocation for the node; nothing when it may be done. */
export function misfits(node: NodeRow, allocation: AllocationRow, traits: readonly string[]): string[] {
  const { resource_class, candidate_nodes, owner } = allocation;
  const lacking = allocation.traits.filter((trait) => !traits.includes(trait));
  const said: [boolean, string][] = [
    [node.provision_state !== 'active', `it is "${node.provision_state}" and must be "active"`],
    [node.allocation_uuid !== null, `it has allocation ${node.allocation_uuid} already`],
    [
      node.instance_uuid !== null && node.instance_uuid !== allocation.uuid,
      `its instance is ${node.instance_uuid}, and the allocation's UUID must be the same`,
    ],
    [
      resource_class !== null && resource_class !== node.resource_class,
      `its resource class is ${node.resource_class}, not ${resource_class}`,
    ],
    [lacking.length > 0, `it has not the traits ${lacking.join(', ')}`],
    [
      candidate_nodes.length > 0 && !candidate_nodes.includes(node.uuid),
      'it is none of the candidate nodes that are named',
    ],
    [
      owner !== null && owner !== node.owner && owner !== node.lessee,
      `it neither belongs to ${owner} nor is leased to it`,
    ],
  ];
  return said.filter(([wrong]) => wrong).map(([, why]) => why);
}
