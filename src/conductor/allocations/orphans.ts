import { newRequestId } from '#base/ids.ts';
import { listAllocations } from '#db/allocations.ts';
import { livingConductors } from '#db/conductors.ts';
import type { Conductor } from '../conductor.ts';
import { allocate } from './allocate.ts';

/**
 * Go on with allocations that nobody looks after: those of hosts that are gone, and at a start this host's own
 * (`own`). Says how many. (reference: conductor.md M109)
 */
export async function adoptAllocations(conductor: Conductor, own: boolean): Promise<number> {
  const { db, clock, config, host } = conductor;
  const living = await livingConductors(db.read, clock.now() - config.conductor.heartbeat_timeout * 1000);
  const others = new Set(living.map((row) => row.hostname));
  if (own) others.delete(host);
  const open = await listAllocations(db.read, { state: 'allocating' });
  const orphans = open.filter((row) => row.conductor_affinity === null || !others.has(row.conductor_affinity));
  for (const { uuid } of orphans) await allocate(conductor, { allocation: uuid, by: { requestId: newRequestId() } });
  return orphans.length;
}
