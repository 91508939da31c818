// Conditions that several tables share: rows that hang on a node are filtered by what the node is.
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { containing, listed } from './dialect.ts';
import type { Queries } from './schema.ts';

export type Condition = RawBuilder<SqlBool>;

/** All of them; no condition at all lets every row through. */
export const allOf = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;

/** `column = value` for each value that is given; null asks for rows without one. */
export function equalTo(values: Record<string, string | number | boolean | null | undefined>): Condition[] {
  return Object.entries(values).flatMap(([column, value]) => {
    if (value === undefined) return [];
    return [value === null ? sql<SqlBool>`${sql.ref(column)} is null` : sql<SqlBool>`${sql.ref(column)} = ${value}`];
  });
}

/** Whose rows somebody may see: those of one project, as their owner, as their lessee, or as both. */
export interface Sight {
  readonly project: string;
  readonly owner: boolean;
  readonly lessee: boolean;
  /** Where that does not say it: the rows of these owners and lessees instead. */
  readonly pairs?: readonly Pair[];
}

/** null: nobody; `others`: any but those. */
export type Whose = string | null | { readonly others: readonly string[] };

export interface Pair {
  readonly owner: Whose;
  /** Missing for rows that have no lessee. */
  readonly lessee?: Whose;
}

/** The condition of a sight on rows that have an owner and perhaps a lessee. */
export function withinSight({ project, owner, lessee, pairs }: Sight): Condition {
  if (pairs) return anyOf(pairs.map((pair) => allOf([...whose('owner', pair.owner), ...whose('lessee', pair.lessee)])));
  if (owner && lessee) return sql`(owner = ${project} or lessee = ${project})`;
  if (owner) return sql`owner = ${project}`;
  return lessee ? sql`lessee = ${project}` : sql`1 = 0`;
}

const anyOf = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`(${sql.join(conditions, sql` or `)})`;

function whose(column: string, wanted: Whose | undefined): Condition[] {
  if (wanted === undefined || wanted === null || typeof wanted === 'string') return equalTo({ [column]: wanted });
  const name = sql.ref(column);
  if (wanted.others.length === 0) return [sql`${name} is not null`];
  return [sql`(${name} is not null and ${name} not in (${sql.join(wanted.others)}))`];
}

export interface OfNodes {
  /** Only what the asker may see; undefined: everything. */
  sight?: Sight | undefined;
  /** Rows of nodes in one of these shards. */
  shard?: readonly string[] | undefined;
  /** Rows of nodes in one of these conductor groups. */
  conductor_groups?: readonly string[] | undefined;
  /** Rows of nodes whose owner or lessee is this project. */
  project?: string | undefined;
}

/** The row's `node_uuid` is one of the nodes that meet all that is asked. */
export function ofNodes(db: Queries, { shard, conductor_groups, project, sight }: OfNodes): Condition[] {
  const asked: Condition[] = [];
  if (shard) asked.push(sql`shard in ${listed(db, shard)}`);
  if (conductor_groups) {
    const groups = conductor_groups.map((group) => group.toLowerCase());
    asked.push(sql`conductor_group in ${listed(db, groups)}`);
  }
  if (project !== undefined) asked.push(sql`(owner = ${project} or lessee = ${project})`);
  if (sight) asked.push(withinSight(sight));
  return asked.length === 0 ? [] : [sql`node_uuid in (select uuid from nodes where ${allOf(asked)})`];
}

/** The text of `column` contains `part`, whatever its case. */
export const contains = (column: string, part: string | undefined): Condition[] =>
  part === undefined ? [] : [sql`lower(${sql.ref(column)}) like ${containing(part)} escape '\\'`];
