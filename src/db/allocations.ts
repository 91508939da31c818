import { sql } from 'kysely';
import { equalTo, type Sight, withinSight } from './conditions.ts';
import { listed, nowOf } from './dialect.ts';
import type { Page } from './paging.ts';
import { resource } from './resource.ts';
import type { AllocationRow, NodeRow, Queries } from './schema.ts';

const allocations = resource('allocations', { named: true });

export const findAllocation = allocations.find;
export const allocationBy = allocations.by;
export const createAllocation = allocations.create;
export const saveAllocation = allocations.save;

export interface AllocationFilter {
  node_uuid?: string | undefined;
  resource_class?: string | undefined;
  state?: string | undefined;
  owner?: string | undefined;
  conductor_affinity?: string | null | undefined;
  /** Only what the asker may see; undefined: everything. */
  sight?: Sight | undefined;
}

/** GET /v1/allocations and its filters as one query; throws AllocationNotFound for a marker that names none. */
export async function listAllocations(
  db: Queries,
  filter: AllocationFilter,
  page: Page<keyof AllocationRow> = {},
): Promise<AllocationRow[]> {
  const { node_uuid, resource_class, state, owner, conductor_affinity, sight } = filter;
  const asked = equalTo({ node_uuid, resource_class, state, owner, conductor_affinity });
  return allocations.list(db, [...asked, ...(sight ? [withinSight(sight)] : [])], page);
}

/** Delete the allocation with this UUID; its node is free again, without an instance. Throws AllocationNotFound. */
export async function deleteAllocation(tx: Queries, uuid: string): Promise<void> {
  await tx
    .updateTable('nodes')
    .set({ allocation_uuid: null, instance_uuid: null, updated_at: nowOf(tx), revision: sql<number>`revision + 1` })
    .where('allocation_uuid', '=', uuid)
    .execute();
  await allocations.remove(tx, uuid);
}

/** What an allocation asks of a node. */
export interface Wanted {
  resource_class: string;
  traits: readonly string[];
  /** UUIDs of the only nodes that may be taken; none for any. */
  candidate_nodes: readonly string[];
  owner?: string | null | undefined;
}

/** The nodes that meet a request: available, free, power known, with every trait (conductor.md 105). Locked ones too. */
export async function nodesForAllocation(db: Queries, wanted: Wanted): Promise<NodeRow[]> {
  let query = db
    .selectFrom('nodes')
    .selectAll()
    .where('resource_class', '=', wanted.resource_class)
    .where('provision_state', '=', 'available')
    .where('instance_uuid', 'is', null)
    .where('allocation_uuid', 'is', null)
    .where('power_state', 'is not', null)
    .where('maintenance', '=', false);
  if (wanted.candidate_nodes.length > 0) query = query.where('uuid', 'in', listed(db, wanted.candidate_nodes));
  const { owner } = wanted;
  if (owner != null) query = query.where((eb) => eb.or([eb('owner', '=', owner), eb('lessee', '=', owner)]));
  const traits = [...new Set(wanted.traits)];
  if (traits.length > 0) {
    query = query.where((eb) =>
      eb(
        eb
          .selectFrom('node_traits')
          .select((inner) => inner.fn.countAll<number>().as('n'))
          .whereRef('node_traits.node_uuid', '=', 'nodes.uuid')
          .where('trait', 'in', listed(db, traits)),
        '=',
        traits.length,
      ),
    );
  }
  return query.orderBy('id').execute();
}
