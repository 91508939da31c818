import { InvalidState, NodeAssociated, NodeLocked, NodeProtected } from '#contract/errors.ts';
import type { NodeRow } from '#db/schema.ts';
import { factsOf } from '#model/provision-states.ts';
import type { ApiSettings } from './settings.ts';

/** Throws unless the node may be deleted as it is now: 403 when protected, 409 for its state, its instance or its lock. */
export function checkDeletable(node: NodeRow, settings: ApiSettings): void {
  if (node.reservation) throw new NodeLocked({ node: node.uuid, host: node.reservation });
  if (node.protected) throw new NodeProtected({ node: node.uuid, op: 'deleting it', reason: node.protected_reason });
  if (node.maintenance) return;
  if (node.instance_uuid) throw new NodeAssociated({ node: node.uuid, instance: node.instance_uuid });
  const deletable = factsOf(node.provision_state)?.deletable ?? false;
  if (!deletable || (node.provision_state === 'available' && !settings.allowDeletingAvailableNodes))
    throw new InvalidState({
      why: `Node ${node.uuid} cannot be deleted while it is "${node.provision_state}"; bring it to manageable, enroll or adopt failed, or set it to maintenance.`,
    });
}
