// Rows for people: a table for many, one field a line for one.
import Table from 'cli-table3';
import type { Row } from './api-client.ts';
import { colourOfState, paint } from './screen.ts';

const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };

/** `rows` with a head line; `titles` renames columns. */
export function tableOf(
  rows: readonly Row[],
  columns: readonly string[],
  look: { colours: boolean; titles?: Readonly<Record<string, string>> },
): string {
  const head = columns.map((c) =>
    paint(look.colours, 'bold', (look.titles?.[c] ?? c).toUpperCase().replaceAll('_', ' ')),
  );
  const table = new Table({ head, chars: none, style });
  for (const row of rows) table.push(columns.map((column) => cell(column, row[column], look.colours)));
  return `${trimLines(table.toString())}\n`;
}

/** One thing, a field a line. */
export function cardOf(row: Row, colours: boolean): string {
  const table = new Table({ chars: none, style });
  for (const [key, value] of Object.entries(row)) {
    const text =
      typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : cell(key, value, colours);
    table.push([paint(colours, 'bold', key), text]);
  }
  return `${trimLines(table.toString())}\n`;
}

const trimLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');

function cell(column: string, value: unknown, colours: boolean): string {
  if (value === null || value === undefined || value === '') return '-';
  const text = printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
  return column === 'provision_state' ? paint(colours, colourOfState(text), text) : text;
}

/** Without control characters: what stands in a record must not steer the terminal. */
export const printable = (text: string): string => text.replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '?');
