// What a BMC tells besides the power: who made the machine, how it boots, how it is. (reference: conductor.md C29)
import type { LookedAt } from '#db/power-looks.ts';
import type { NodeChanges } from '#drivers/kinds.ts';
import type { HeldTask } from '../task.ts';
import type { PowerWatch } from './watch.ts';

/** What the BMC tells other than the record says; what it does not tell stays as it is. */
export async function newFacts(task: HeldTask, node: LookedAt, watch: PowerWatch): Promise<NodeChanges> {
  const { management } = task.driver;
  const changes: NodeChanges = {};
  if (management.vendor && node.properties.vendor === undefined && !watch.askedVendor.has(node.uuid)) {
    watch.askedVendor.add(node.uuid);
    const vendor = await told(management.vendor(task));
    if (vendor) changes.properties = { ...node.properties, vendor };
  }
  if (management.bootMode) note(changes, node, 'boot_mode', await told(management.bootMode(task)));
  if (management.secureBoot) note(changes, node, 'secure_boot', await told(management.secureBoot(task)));
  if (management.health && task.config.conductor.enable_health_monitoring)
    note(changes, node, 'health', await told(management.health(task)));
  return changes;
}

/** A BMC that does not tell is no failure of the sync. */
async function told<T>(asked: Promise<T | null>): Promise<T | null> {
  try {
    return await asked;
  } catch {
    return null;
  }
}

function note<K extends 'boot_mode' | 'secure_boot' | 'health'>(
  changes: NodeChanges,
  node: LookedAt,
  field: K,
  seen: LookedAt[K],
): void {
  if (seen !== null && seen !== node[field]) Object.assign(changes, { [field]: seen });
}
