// Whose data are these? (reference: agent-api.md §4)
import { DuplicateNodeOnLookup, NotFound } from '#contract/errors.ts';
import { listNodes } from '#db/node-list.ts';
import { findNode, nodeByMacs } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import type { InternalInfo } from '#model/internal-info.ts';
import type { Conductor } from '../conductor.ts';

export interface Whose {
  /** The node that the ramdisk takes itself for. */
  readonly uuid: string | undefined;
  readonly macs: readonly string[];
  /** Addresses of the BMC, as the ramdisk sees them. */
  readonly bmc: readonly string[];
}

const unmeant = new Set(['', '0.0.0.0', '::', '::/0']);

/** What a ramdisk is told whose machine is not waited for: no more than that, whatever the reason. */
export const unknownMachine = () =>
  new NotFound({ why: 'There is no node here that waits for inspection data like these' });

/**
 * The waiting node that inspection data belong to: the one that is named, or that owns the MACs, or whose BMC it is; all that
 * tell of one must tell of the same. Undefined where nothing is known of the machine at all. Throws NotFound, which says no
 * more, or DuplicateNodeOnLookup.
 */
export async function findInspected(conductor: Conductor, whose: Whose): Promise<NodeRow | undefined> {
  const { read } = conductor.db;
  const none = unknownMachine();
  const named = whose.uuid === undefined ? undefined : await findNode(read, whose.uuid);
  if (whose.uuid !== undefined && !named) throw none;
  const byMac = await nodeByMacs(read, whose.macs);
  const found = named ?? byMac ?? (await nodeOfBmc(conductor, whose.bmc));
  if (!found) return undefined;
  if ((byMac && byMac.uuid !== found.uuid) || found.provision_state !== 'inspect wait') throw none;
  return found;
}

async function nodeOfBmc(conductor: Conductor, told: readonly string[]): Promise<NodeRow | undefined> {
  const addresses = told.filter((address) => !unmeant.has(address));
  if (!addresses.length) return undefined;
  const { read } = conductor.db;
  const filter = { provision_state: 'inspect wait', include_children: true };
  const waiting = await listNodes(read, filter, {}, ['uuid', 'driver_internal_info']);
  const fitting = waiting.filter(({ driver_internal_info }) =>
    (driver_internal_info as InternalInfo).bmc_addresses?.some((address) => addresses.includes(address)),
  );
  if (fitting.length > 1) throw new DuplicateNodeOnLookup({});
  return fitting[0] && findNode(read, fitting[0].uuid);
}
