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
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) && value.length === 0 ? '[]' : asciiJson(value);
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

/** Writes rows as text for one viewer. `base`: the address as it stands in JSON text. */
export type TextPlan = (at: Viewer, base: string) => RowText;

/** Gives a place of this many bytes. */
export type Room = (size: number) => Buffer;

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
  return (at, base) => new RowText(layOut(resource.path, pieces, base), at);
}

/** A value in the text of a row. */
interface Slot extends Source {
  before: Value | undefined;
  written: string;
  /** Was not the same in all rows so far. */
  varies: boolean;
}

type Part = string | Slot | 'the uuid';

const uuidHere = 'the uuid';

/** The text in order: what is the same in all rows, values, and places for the UUID. */
function layOut(path: string, pieces: readonly Piece[], base: string): Part[] {
  return pieces.flatMap(({ head, from }): Part[] => {
    if (!('links' in from)) return [head, { ...from, before: undefined, written: '', varies: false }];
    const own = `${head}[{"href":"${base}/v1/${path}/`;
    const bookmark = `${from.links}","rel":"self"},{"href":"${base}/${path}/`;
    return [own, uuidHere, bookmark, uuidHere, `${from.links}","rel":"bookmark"}]`];
  });
}

/** Bytes that are the same in all rows so far, and what follows them. */
interface Stretch {
  readonly bytes: Uint8Array;
  readonly then: Slot | typeof uuidHere | undefined;
}

/** Rows of a table are alike: what was the same in all so far is copied as bytes, and only what is not is written. */
export class RowText {
  readonly #parts: readonly Part[];
  readonly #slots: readonly Slot[];
  readonly #at: Viewer;
  #stretches: readonly Stretch[] = [];
  #row: Owned | undefined;

  constructor(parts: readonly Part[], at: Viewer) {
    this.#parts = parts;
    this.#slots = parts.filter((part) => typeof part === 'object');
    this.#at = at;
  }

  /** The row as text in ASCII, without its closing brace, in a place of that size that was asked of `room`. */
  write(values: StoredRow, row: Owned, room: Room): Buffer {
    this.#take(values, row);
    const uuid = inQuotes(row.uuid);
    let size = 0;
    for (const { bytes, then } of this.#stretches)
      size += bytes.length + (then === undefined ? 0 : then === uuidHere ? uuid.length : then.written.length);
    const text = room(size);
    let at = 0;
    for (const { bytes, then } of this.#stretches) {
      text.set(bytes, at);
      at += bytes.length;
      if (then !== undefined) at += text.write(then === uuidHere ? uuid : then.written, at, 'latin1');
    }
    return text;
  }

  #take(values: StoredRow, row: Owned): void {
    const first = this.#row === undefined;
    const others = this.#row?.owner !== row.owner || this.#row.lessee !== row.lessee;
    this.#row = row;
    let more = first;
    for (const slot of this.#slots) {
      const value = slot.place === undefined ? null : (values[slot.place] ?? null);
      if (value === slot.before && !others && slot.place !== undefined) continue;
      slot.before = value;
      const written = slot.text(value, row, this.#at) ?? 'null';
      if (written === slot.written) continue;
      slot.written = written;
      if (slot.varies || first) continue;
      slot.varies = true;
      more = true;
    }
    if (more) this.#stretches = stretchesOf(this.#parts);
  }
}

function stretchesOf(parts: readonly Part[]): Stretch[] {
  const stretches: Stretch[] = [];
  let same = '';
  const end = (then: Stretch['then']) => {
    stretches.push({ bytes: Buffer.from(same, 'latin1'), then });
    same = '';
  };
  for (const part of parts) {
    if (part === uuidHere) end(part);
    else if (typeof part === 'string') same += part;
    else if (part.varies) end(part);
    else same += part.written;
  }
  end(undefined);
  return stretches;
}

type Made = Readonly<Record<string, unknown>>;

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
