// Nodes as the table holds them: JSON as text, booleans as 0 and 1. For those who make text of them again.
import { type StoredRow, storedRows } from './dialect.ts';
import type { NodeColumn } from './node-list.ts';
import { type NodeStamp, stampColumns } from './nodes.ts';
import type { Queries } from './schema.ts';

/** Reads some columns of nodes. */
export interface StoredNodes {
  /** The columns of each row, in order: those of the stamp first. */
  readonly columns: readonly string[];
  /** The rows of the nodes with these ids, in no order. */
  read(db: Queries, ids: readonly number[]): Promise<readonly StoredRow[]>;
}

/** Reads the stamp and these columns of nodes; the statement is written once. */
export function storedNodes(asked: readonly NodeColumn[]): StoredNodes {
  const columns = [...new Set<string>([...stampColumns, ...asked])];
  const rows = storedRows(columns, {
    sqlite: 'from nodes where id in (select value from json_each(?))',
    postgres: 'from nodes where id in (select value::bigint from jsonb_array_elements_text($1::jsonb))',
  });
  return { columns, read: (db, ids) => rows(db, [JSON.stringify(ids)]) };
}

/** The stamp of a row that was read so. */
export function stampOf(row: StoredRow): NodeStamp {
  const [id, uuid, revision, driver, conductor_group, owner, lessee] = row as StampValues;
  return { id, uuid, revision, driver, conductor_group, owner, lessee };
}

type ValuesOf<C extends readonly (keyof NodeStamp)[]> = { -readonly [K in keyof C]: NodeStamp[C[K]] };
type StampValues = ValuesOf<typeof stampColumns>;
