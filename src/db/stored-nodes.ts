// Nodes as the table holds them: JSON as text, booleans as 0 and 1. For those who make text of them again.
import { kindOfColumn } from './codec.ts';
import { kindOf, rowsOf } from './dialect.ts';
import type { NodeColumn } from './node-list.ts';
import { type NodeStamp, stampColumns } from './nodes.ts';
import type { Queries } from './schema.ts';

/** A stamp, and what was asked for beside it, each under `storedName` of its column. */
export type StoredNode = NodeStamp & Readonly<Record<string, string | number | null>>;

// Values are decoded by the names of their columns: under another name they stay as they are.
const mark = 'stored ';

/** Where a stored node has the value of a column. */
export const storedName = (column: string): string => (kindOfColumn(column) === 'plain' ? column : `${mark}${column}`);

/** Reads these columns of the nodes with these ids, in no order; the statement is written once. */
export function storedNodes(columns: readonly NodeColumn[]) {
  const all = new Set<string>([...stampColumns, ...columns]);
  const chosen = [...all].map((column) => `"${column}" as "${storedName(column)}"`).join(', ');
  const from = `select ${chosen} from nodes where id in`;
  const texts = {
    sqlite: `${from} (select value from json_each(?))`,
    postgres: `${from} (select value::bigint from jsonb_array_elements_text($1::jsonb))`,
  };
  return (db: Queries, ids: readonly number[]): Promise<readonly StoredNode[]> =>
    rowsOf<StoredNode>(db, texts[kindOf(db)], [JSON.stringify(ids)]);
}
