import { saveAllocation } from '#db/allocations.ts';
import { recordHappenings } from '#db/happenings.ts';
import { saveNode } from '#db/nodes.ts';
import type { AllocationRow } from '#db/schema.ts';
import type { HeldTask } from '../task.ts';

/** Give the held node to the allocation: both rows say so, in one transaction. */
export async function claim(task: HeldTask, allocation: AllocationRow): Promise<void> {
  const { node, conductor } = task;
  const { uuid } = allocation;
  await conductor.db.write(async (tx) => {
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
  });
}
