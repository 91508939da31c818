// GET /v1/nodes and its filters as one query.
import { type ExpressionBuilder, sql } from 'kysely';
import { type Sight, withinSight } from './conditions.ts';
import { containing, listed } from './dialect.ts';
import { type Page, paged } from './paging.ts';
import type { NodeRow, Queries, Schema } from './schema.ts';

export type NodeColumn = keyof NodeRow;

/** What a list may be narrowed by; names as in the API's query, lists match any of their values. */
export interface NodeFilter {
  uuids?: readonly string[] | undefined;
  chassis_uuid?: string | undefined;
  instance_uuid?: string | undefined;
  instance_name?: string | undefined;
  associated?: boolean | undefined;
  maintenance?: boolean | undefined;
  retired?: boolean | undefined;
  provision_state?: string | readonly string[] | undefined;
  driver?: string | undefined;
  resource_class?: string | undefined;
  fault?: string | undefined;
  conductor_group?: string | undefined;
  owner?: string | undefined;
  lessee?: string | undefined;
  /** Owner or lessee is this project. */
  project?: string | undefined;
  description_contains?: string | undefined;
  shard?: readonly string[] | undefined;
  sharded?: boolean | undefined;
  parent_node?: string | undefined;
  /** Without it, and without `parent_node`, nodes that have a parent are left out. */
  include_children?: boolean | undefined;
  /** Only what the asker may see; undefined: everything. */
  sight?: Sight | undefined;
  /** Locked by this host; `null` for nobody. */
  reservation?: string | null | undefined;
}

const sameText = [
  'chassis_uuid',
  'instance_uuid',
  'instance_name',
  'driver',
  'resource_class',
  'fault',
  'owner',
  'lessee',
  'parent_node',
] as const satisfies readonly (keyof NodeFilter & NodeColumn)[];

/** The filter's condition on `nodes`, children left out unless asked for. */
function nodesMatching(db: Queries, filter: NodeFilter) {
  return (eb: ExpressionBuilder<Schema, 'nodes'>) => {
    const all = sameText.flatMap((column) => {
      const value = filter[column];
      return value === undefined ? [] : [eb(column, '=', value)];
    });
    if (filter.uuids) all.push(eb('uuid', 'in', listed(db, filter.uuids)));
    if (filter.associated !== undefined) all.push(eb('instance_uuid', filter.associated ? 'is not' : 'is', null));
    if (filter.maintenance !== undefined) all.push(eb('maintenance', '=', filter.maintenance));
    if (filter.retired !== undefined) all.push(eb('retired', '=', filter.retired));
    if (typeof filter.provision_state === 'string') all.push(eb('provision_state', '=', filter.provision_state));
    else if (filter.provision_state) all.push(eb('provision_state', 'in', listed(db, filter.provision_state)));
    if (filter.conductor_group !== undefined)
      all.push(eb('conductor_group', '=', filter.conductor_group.toLowerCase()));
    if (filter.project !== undefined)
      all.push(eb.or([eb('owner', '=', filter.project), eb('lessee', '=', filter.project)]));
    if (filter.sight) all.push(withinSight(filter.sight) as never);
    if (filter.description_contains !== undefined)
      all.push(sql<boolean>`lower(description) like ${containing(filter.description_contains)} escape '\\'` as never);
    if (filter.shard) all.push(eb('shard', 'in', listed(db, filter.shard)));
    if (filter.sharded !== undefined) all.push(eb('shard', filter.sharded ? 'is not' : 'is', null));
    if (filter.reservation !== undefined)
      all.push(
        filter.reservation === null ? eb('reservation', 'is', null) : eb('reservation', '=', filter.reservation),
      );
    if (!filter.include_children && filter.parent_node === undefined) all.push(eb('parent_node', 'is', null));
    return eb.and(all);
  };
}

/** The nodes of one page, with the columns asked for (all without `columns`); throws NodeNotFound for a marker that names none. */
export async function listNodes<C extends NodeColumn = NodeColumn>(
  db: Queries,
  filter: NodeFilter,
  page: Page<NodeColumn> = {},
  columns?: readonly C[],
): Promise<Pick<NodeRow, C>[]> {
  const matching = db.selectFrom('nodes').where(nodesMatching(db, filter));
  if (!columns) return (await paged(db, 'nodes', matching.selectAll('nodes'), page)).execute();
  const chosen = matching.select(columns.map((column) => `nodes.${column}` as const));
  return (await paged(db, 'nodes', chosen, page)).execute() as unknown as Promise<Pick<NodeRow, C>[]>;
}

/** How many nodes match; children are counted too unless `include_children` is false. */
export async function countNodes(db: Queries, filter: NodeFilter): Promise<number> {
  const row = await db
    .selectFrom('nodes')
    .where(nodesMatching(db, { include_children: true, ...filter }))
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}

/** GET /v1/shards: every shard and how many nodes it has; null for those without. */
export async function countShards(db: Queries): Promise<{ name: string | null; count: number }[]> {
  return db
    .selectFrom('nodes')
    .select((eb) => ['shard as name', eb.fn.countAll<number>().as('count')])
    .groupBy('shard')
    .orderBy('shard')
    .execute();
}
