// Rows straight from the table as JSON text, field by field: what is stored as JSON goes out as it is stored, and what is
// known per version is worked out once. Shows what makeRenderer shows.
import type { Resource } from '#contract/fields.ts';
import { kindOfColumn } from '#db/codec.ts';
import { storedName } from '#db/stored-nodes.ts';
import { asciiJson } from './ascii-json.ts';
import { type Maker, timeText, type Viewer } from './render.ts';

type Stored = Readonly<Record<string, unknown>>;
/** null: the text is null. */
type Text = (row: Stored, at: Viewer, frame: Frame) => string | null;

/** What the texts of one rendering share. */
export interface Frame {
  /** The address of the service as it stands in JSON text, without quotes. */
  readonly base: string;
  readonly uuid: string;
}

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

const linkText = (base: string, path: string): string =>
  `[{"href":"${base}/v1/${path}","rel":"self"},{"href":"${base}/${path}","rel":"bookmark"}]`;

/** A field as it stands in the text, with its name. */
interface Piece {
  readonly name: string;
  readonly head: string;
  readonly text: Text;
  /** Where its value stands in the row, when the text depends on that value alone. */
  readonly alone: string | undefined;
}

/** How many fields are looked at together. */
const together = 6;

/** How each of these fields is written after the other: a row as text in ASCII, without its closing brace. */
export function textPlan<R>(
  resource: Resource,
  names: readonly string[],
  makers: Readonly<Record<string, Maker<R>>>,
): (row: Stored, at: Viewer, frame: Frame) => string {
  const pieces = names.map((name, n): Piece => {
    const maker = makers[name] as Maker<Stored> | undefined;
    const head = `${n === 0 ? '{' : ','}${JSON.stringify(name)}:`;
    const linked = name === 'links' || resource.fields[name]?.type === 'links';
    return { name, head, text: textOf(resource, name, maker), alone: maker || linked ? undefined : storedName(name) };
  });
  const runs = runsOf(pieces).map((run) => (run[0]!.alone === undefined ? written(run[0]!) : repeated(run)));
  return (row, at, frame) => {
    const parts = new Array<string>(runs.length);
    for (let n = 0; n < runs.length; n++) parts[n] = runs[n]!(row, at, frame);
    return parts.join('');
  };
}

/** Neighbours that depend on their values alone, some at a time; each of the others by itself. */
function runsOf(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    const joins = piece.alone !== undefined && last?.[0]?.alone !== undefined && last.length < together;
    if (joins) last.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

type Run = (row: Stored, at: Viewer, frame: Frame) => string;

const written =
  ({ head, text }: Piece): Run =>
  (row, at, frame) =>
    head + (text(row, at, frame) ?? 'null');

/** Rows are alike in most of their fields: what stood in the row before is not written again. */
function repeated(pieces: readonly Piece[]): Run {
  const places = pieces.map(({ alone }) => alone!);
  const each = pieces.map(written);
  const before = new Array<unknown>(places.length);
  let text = '';
  return (row, at, frame) => {
    let same = true;
    for (let n = 0; n < places.length; n++) {
      const value = row[places[n]!];
      if (value === before[n]) continue;
      before[n] = value;
      same = false;
    }
    if (!same || text === '') text = each.map((piece) => piece(row, at, frame)).join('');
    return text;
  };
}

function textOf(resource: Resource, name: string, maker: Maker<Stored> | undefined): Text {
  const at = storedName(name);
  const stored = kindOfColumn(name);
  if (maker) return stored === 'json' ? madeOfJson(name, at, maker) : (row, viewer) => valueText(maker(row, viewer));
  const type = resource.fields[name]?.type;
  if (name === 'links') return (_row, _viewer, { base, uuid }) => linkText(base, `${resource.path}/${uuid}`);
  if (type === 'links') return (_row, _viewer, { base, uuid }) => linkText(base, `${resource.path}/${uuid}/${name}`);
  if (type === 'time') return (row) => valueText(timeText(row[at]));
  if (stored === 'json') return (row) => jsonText(row[at]);
  if (stored === 'boolean') return (row) => flagText(row[at]);
  return (row) => valueText(row[at]);
}

/** What a maker leaves as it is goes out as it is stored. */
function madeOfJson(name: string, at: string, maker: Maker<Stored>): Text {
  return (row, viewer) => {
    const text = row[at];
    if (typeof text !== 'string') return valueText(maker(row, viewer)); // from another table
    const value: unknown = text === '{}' ? {} : JSON.parse(text);
    const made = maker({ owner: row.owner, lessee: row.lessee, [name]: value }, viewer);
    return made === value ? jsonText(text) : asciiJson(made);
  };
}
