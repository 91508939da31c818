// Statements on one row that are run with every request: written out as text, since building them as trees costs more than
// running them.
import { kindOf, rowsOf } from './dialect.ts';
import type { Queries, Schema } from './schema.ts';

/** SQL in the place of a value; `mark` takes a value and gives the mark that stands for it. */
export type Term = (mark: (value: unknown) => string) => string;

/** Columns with their values or terms; undefined ones are left out. */
type Assigned = Readonly<Record<string, unknown>>;

const quoted = (name: string): string => (name.includes('"') ? `"${name.replaceAll('"', '""')}"` : `"${name}"`);

function marks(db: Queries): { values: unknown[]; mark: (value: unknown) => string } {
  const values: unknown[] = [];
  const numbered = kindOf(db) === 'postgres';
  return {
    values,
    mark: (value) => {
      const n = values.push(value);
      return numbered ? `$${n}` : '?';
    },
  };
}

const term = (value: unknown, mark: (value: unknown) => string): string =>
  typeof value === 'function' ? (value as Term)(mark) : mark(value);

/** Insert one row and return it as it then is. */
export async function insertRow<R>(db: Queries, table: keyof Schema, row: Assigned): Promise<R> {
  const { text, values } = insertion(db, table, row, ' returning *');
  return (await rowsOf<R>(db, text, values))[0]!;
}

/** Insert one row that nobody wants to see. */
export async function addRow(db: Queries, table: keyof Schema, row: Assigned): Promise<void> {
  const { text, values } = insertion(db, table, row, '');
  await rowsOf(db, text, values);
}

function insertion(db: Queries, table: keyof Schema, row: Assigned, end: string): { text: string; values: unknown[] } {
  const { values, mark } = marks(db);
  let names = '';
  let terms = '';
  for (const name of Object.keys(row)) {
    const value = row[name];
    if (value === undefined) continue;
    const comma = names === '' ? '' : ', ';
    names += comma + quoted(name);
    terms += comma + term(value, mark);
  }
  return { text: `insert into ${quoted(table)} (${names}) values (${terms})${end}`, values };
}

/** Change the row that meets every condition (a column and its value, null for none) and return it, or undefined. */
export async function updateRow<R>(
  db: Queries,
  table: keyof Schema,
  changes: Assigned,
  where: Readonly<Record<string, string | number | null>>,
): Promise<R | undefined> {
  const { values, mark } = marks(db);
  const sets = Object.entries(changes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${quoted(name)} = ${term(value, mark)}`);
  const conditions = Object.entries(where).map(([name, value]) =>
    value === null ? `${quoted(name)} is null` : `${quoted(name)} = ${mark(value)}`,
  );
  const text = `update ${quoted(table)} set ${sets.join(', ')} where ${conditions.join(' and ')} returning *`;
  return (await rowsOf<R>(db, text, values))[0];
}
