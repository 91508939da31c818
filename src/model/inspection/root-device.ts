// Which disk the system goes to: root device hints held against the disks of an inventory. (reference: conductor.md;
// operators: oslo.utils, specs_matcher)
import { defineError } from '#base/errors.ts';
import { readFlag } from '#contract/values.ts';

export const BadHints = defineError('BadHints', 400, (p: { why: string }) => `Root device hints: ${p.why}`);

type Json = Readonly<Record<string, unknown>>;

const GiB = 1024 ** 3;

const hintKinds = {
  name: 'text',
  model: 'text',
  vendor: 'text',
  serial: 'text',
  wwn: 'text',
  wwn_with_extension: 'text',
  wwn_vendor_extension: 'text',
  hctl: 'text',
  by_path: 'text',
  size: 'number',
  rotational: 'flag',
} as const;

type Hint = keyof typeof hintKinds;

const numeric: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<=': (a, b) => a <= b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
};
const textual: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  's==': (a, b) => a === b,
  's!=': (a, b) => a !== b,
  's<': (a, b) => a < b,
  's<=': (a, b) => a <= b,
  's>': (a, b) => a > b,
  's>=': (a, b) => a >= b,
};
const operator = /^\s*(<all-in>|<in>|<or>|<range-in>|s==|s!=|s<=|s>=|s<|s>|==|!=|<=|>=|=|<|>)\s*(.*?)\s*$/s;

/** The disks that fit all hints, in their order. Throws BadHints. */
export function disksByHints(disks: readonly unknown[], hints: Json): Json[] {
  for (const name of Object.keys(hints))
    if (!Object.hasOwn(hintKinds, name))
      throw new BadHints({ why: `"${name}" is none; there are ${Object.keys(hintKinds).join(', ')}` });
  return disks.filter((disk): disk is Json => {
    if (typeof disk !== 'object' || disk === null) return false;
    return Object.entries(hints).every(([name, hint]) => fits(name as Hint, hint, (disk as Json)[name]));
  });
}

function fits(name: Hint, hint: unknown, value: unknown): boolean {
  const kind = hintKinds[name];
  if (kind === 'flag') {
    const wanted = flagIn(name, hint);
    return value !== null && value !== undefined && flagIn(name, value) === wanted;
  }
  if (kind === 'number') return sizeFits(hint, value);
  if (typeof hint !== 'string') throw new BadHints({ why: `"${name}" is a text, not ${JSON.stringify(hint)}` });
  if (value === null || value === undefined) return false;
  return textFits(hint.toLowerCase(), String(value).trim().toLowerCase());
}

function flagIn(name: string, value: unknown): boolean {
  try {
    return readFlag(name, value);
  } catch (error) {
    throw new BadHints({ why: (error as Error).message });
  }
}

function textFits(hint: string, value: string): boolean {
  const [, sign = 's==', operand = hint.trim()] = operator.exec(hint) ?? [];
  const plain = unquoted(operand);
  if (sign === '<in>') return value.includes(plain);
  if (sign === '<all-in>') return operand.split(/\s*<all-in>\s*/).every((part) => value.includes(unquoted(part)));
  if (sign === '<or>') return operand.split(/\s*<or>\s*/).some((part) => value === unquoted(part));
  const compare = textual[sign] ?? textual[`s${sign}`] ?? textual['s==']!;
  return compare(value, plain);
}

/** Texts may be written as in a URL. */
function unquoted(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Sizes in hints are GiB, those of disks bytes. */
function sizeFits(hint: unknown, value: unknown): boolean {
  const [, sign = '==', operand = String(hint).trim()] = operator.exec(String(hint)) ?? [];
  const size = Math.floor(Number(value) / GiB);
  const known = typeof value === 'number' && Number.isFinite(value);
  if (sign === '<or>')
    return (
      operand
        .split(/\s*<or>\s*/)
        .map(gigabytes)
        .includes(size) && known
    );
  if (sign === '<range-in>') return inRange(operand, size) && known;
  const wanted = gigabytes(operand);
  return known && (numeric[sign] ?? numeric['==']!)(size, wanted);
}

function inRange(operand: string, size: number): boolean {
  const found = /^([[(])\s*(\d+)\s+(\d+)\s*([\])])$/.exec(operand);
  if (!found) throw new BadHints({ why: `size "<range-in> ${operand}" is not written "<range-in> [ 10 20 ]"` });
  const [, open, from, to, close] = found;
  const above = open === '[' ? size >= Number(from) : size > Number(from);
  return above && (close === ']' ? size <= Number(to) : size < Number(to));
}

function gigabytes(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new BadHints({ why: `size "${text}" is no number of GiB` });
}

/** The disk that hints choose, without those that are to be skipped. Throws BadHints where none is left. */
export function rootDisk(disks: readonly unknown[], hints: Json, skip: readonly Json[]): Json {
  const skipped = new Set(skip.flatMap((one) => disksByHints(disks, one)));
  const [found] = disksByHints(
    disks.filter((disk) => !skipped.has(disk as Json)),
    hints,
  );
  if (!found) throw new BadHints({ why: `no disk of the machine fits ${JSON.stringify(hints)}` });
  return found;
}

/** GiB for the root file system of a disk; `spacing` leaves one for partitioning. */
export function localGb(bytes: unknown, spacing: boolean): number {
  const size = typeof bytes === 'number' && bytes > 0 ? Math.floor(bytes / GiB) : 0;
  return spacing && size > 0 ? size - 1 : size;
}
