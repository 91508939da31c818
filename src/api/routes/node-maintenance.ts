import { NodeLocked } from '#contract/errors.ts';
import { recordHappenings } from '#db/happenings.ts';
import { nodeBy, saveNode } from '#db/nodes.ts';
import { type Ask, type Reply, route } from '../route.ts';

async function setMaintenance({ node, db, by }: Ask, on: boolean, reason: string | null): Promise<Reply> {
  const changes = { maintenance: on, maintenance_reason: reason, ...(!on && { fault: null }) };
  await db.write(async (tx) => {
    const { reservation } = await nodeBy(tx, node.uuid);
    if (reservation) throw new NodeLocked({ node: node.uuid, host: reservation });
    await saveNode(tx, node.uuid, changes, 'unguarded');
    const fault = on ? node.fault : null;
    await recordHappenings(tx, [{ kind: 'maintenance.changed', node: node.uuid, on, reason, fault, by }]);
  });
  return { status: 202 };
}

export const nodeMaintenanceRoutes = [
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/maintenance',
    since: 1,
    policy: 'baremetal:node:set_maintenance',
    query: { reason: { type: 'string' } },
    body: 'arguments',
    handle: (ask) => setMaintenance(ask, true, (ask.args.reason as string | undefined) ?? null),
  }),
  route({
    method: 'DELETE',
    path: '/v1/nodes/{node}/maintenance',
    since: 1,
    policy: 'baremetal:node:clear_maintenance',
    handle: (ask) => setMaintenance(ask, false, null),
  }),
];
