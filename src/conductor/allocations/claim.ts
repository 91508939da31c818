import { allocationBy, saveAllocation } from '#db/allocations.ts';
import { recordHappenings } from '#db/happenings.ts';
import { saveNode } from '#db/nodes.ts';
import type { AllocationRow } from '#db/schema.ts';
import type { HeldTask } from '../task.ts';

/**
 * Give the held node to the allocation: both rows say so, in one transaction. False when the allocation has come to an end
 * meanwhile: somebody else was looking for it too.
 */
export async function claim(task: HeldTask, allocation: AllocationRow): Promise<boolean> {
  const { node, conductor } = task;
  const { uuid } = allocation;
  return conductor.db.write(async (tx) => {
    if ((await allocationBy(tx, uuid)).state !== 'allocating') return false;
    await saveAllocation(tx, uuid, { state: 'active', node_uuid: node.uuid, last_error: null });
    await saveNode(
      tx,
      node.uuid,
      {
        allocation_uuid: uuid,
        instance_uuid: uuid,
        instance_info: { ...node.instance_info, traits: allocation.traits },
      },
      { host: conductor.host, epoch: node.reservation_epoch },
    );
    const fields = ['allocation_uuid', 'instance_uuid', 'instance_info'];
    await recordHappenings(tx, [{ kind: 'node.updated', node: node.uuid, by: task.by, fields }]);
    return true;
  });
}
