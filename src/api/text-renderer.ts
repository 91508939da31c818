// Rows straight from the table as JSON text, field by field: what is stored as JSON goes out as it is stored, what is known
// per version is worked out once, and what stood in the row before is not written again. Shows what makeRenderer shows.
import type { Resource } from '#contract/fields.ts';
import { kindOfColumn } from '#db/codec.ts';
import type { StoredRow } from '#db/dialect.ts';
import { asciiJson } from './ascii-json.ts';
import { type Maker, timeText, type Viewer } from './render.ts';

type Value = StoredRow[number];

/** What makers are told of a row beside the value of their own field. */
interface Owned {
  readonly uuid: string;
  readonly owner: string | null;
  readonly lessee: string | null;
}

/** How a stored value is written. null: the text is null. */
type Text = (value: Value, row: Owned, at: Viewer) => string | null;

/** Printable ASCII that stands in JSON as it is. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : asciiJson(text));

/** Text as it stands inside of a JSON string. */
export const inQuotes = (text: string): string => quoted(text).slice(1, -1);

const valueText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' ? String(value) : asciiJson(value);
};

const beyond = /[^\0-\x7f]/;

const jsonText = (stored: unknown): string | null => {
  if (typeof stored !== 'string') return valueText(stored);
  return stored === '{}' || !beyond.test(stored) ? stored : asciiJson(JSON.parse(stored));
};

const flagText = (stored: unknown): string | null => (stored === null ? null : stored === 0 ? 'false' : 'true');

/** A field as it stands in the text, with its name: one made of what the row holds, or links to a path below the row's. */
interface Piece {
  readonly head: string;
  readonly from: Source | { readonly links: string };
}

interface Source {
  /** Where its value stands in the row; undefined: in no column. */
  readonly place: number | undefined;
  readonly text: Text;
}

/** Writes rows as text in ASCII, without closing brace, for one viewer. `base`: the address as it stands in JSON text. */
export type TextPlan = (at: Viewer, base: string) => (values: StoredRow, row: Owned) => string;

/**
 * How each of these fields is written after the other, from rows with these columns. Makers see of a row its UUID when their
 * field has no column, else the field, owner and lessee.
 */
export function textPlan<R>(
  resource: Resource,
  names: readonly string[],
  makers: Readonly<Record<string, Maker<R>>>,
  columns: readonly string[],
): TextPlan {
  const pieces = names.map((name, n): Piece => {
    const head = `${n === 0 ? '{' : ','}${JSON.stringify(name)}:`;
    const maker = makers[name] as Maker<Made> | undefined;
    if (!maker && name === 'links') return { head, from: { links: '' } };
    if (!maker && resource.fields[name]?.type === 'links') return { head, from: { links: `/${name}` } };
    const place = columns.indexOf(name);
    if (place >= 0) return { head, from: { place, text: textOf(resource, name, maker) } };
    return { head, from: { place: undefined, text: (_value, { uuid }, at) => valueText(maker?.({ uuid }, at)) } };
  });
  return (at, base) => new RowText(resource.path, pieces, at, base).write;
}

type Made = Readonly<Record<string, unknown>>;

interface Slot extends Source {
  readonly head: string;
  /** Which of the parts it writes. */
  readonly part: number;
  before: Value | undefined;
}

/** The text of a row in parts, of which only those are written anew that differ from those of the row before. */
class RowText {
  readonly #parts: string[] = [];
  readonly #slots: Slot[] = [];
  readonly #uuids: number[] = [];
  readonly #at: Viewer;
  #row: Owned | undefined;

  constructor(path: string, pieces: readonly Piece[], at: Viewer, base: string) {
    this.#at = at;
    let fixed = '';
    const uuid = (before: string) => this.#uuids.push(this.#parts.push(before, '') - 1);
    for (const { head, from } of pieces) {
      if ('links' in from) {
        uuid(`${fixed}${head}[{"href":"${base}/v1/${path}/`);
        uuid(`${from.links}","rel":"self"},{"href":"${base}/${path}/`);
        fixed = `${from.links}","rel":"bookmark"}]`;
      } else {
        const part = this.#parts.push('') - 1;
        this.#slots.push({ ...from, head: fixed + head, part, before: undefined });
        fixed = '';
      }
    }
    this.#parts.push(fixed);
  }

  readonly write = (values: StoredRow, row: Owned): string => {
    const others = this.#row?.owner !== row.owner || this.#row.lessee !== row.lessee;
    this.#row = row;
    for (const slot of this.#slots) {
      const value = slot.place === undefined ? null : values[slot.place];
      if (value === undefined) throw new TypeError('The row has not the columns that it was planned for.');
      if (value === slot.before && !others && slot.place !== undefined) continue;
      slot.before = value;
      this.#parts[slot.part] = slot.head + (slot.text(value, row, this.#at) ?? 'null');
    }
    const uuid = inQuotes(row.uuid);
    for (const part of this.#uuids) this.#parts[part] = uuid;
    return this.#parts.join('');
  };
}

function textOf(resource: Resource, name: string, maker: Maker<Made> | undefined): Text {
  const stored = kindOfColumn(name);
  if (maker && stored === 'json') return madeOfJson(name, maker);
  if (maker) return (value, row, at) => valueText(maker(madeFrom(name, value, row), at));
  if (resource.fields[name]?.type === 'time') return timed();
  if (stored === 'json') return jsonText;
  if (stored === 'boolean') return flagText;
  return valueText;
}

const madeFrom = (name: string, value: unknown, { owner, lessee }: Owned): Made => ({ owner, lessee, [name]: value });

/** What a maker leaves as it is goes out as it is stored. */
function madeOfJson(name: string, maker: Maker<Made>): Text {
  return (stored, row, at) => {
    const value: unknown = stored === '{}' ? {} : typeof stored === 'string' ? JSON.parse(stored) : stored;
    const made = maker(madeFrom(name, value, row), at);
    return made === value ? jsonText(stored) : asciiJson(made);
  };
}

/** Times are shown in whole seconds: many rows have the same. */
function timed(): Text {
  let second: number | undefined;
  let text: string | null = null;
  return (value) => {
    if (typeof value !== 'number') return null;
    const its = Math.floor(value / 1000);
    if (its !== second) text = valueText(timeText(value));
    second = its;
    return text;
  };
}
