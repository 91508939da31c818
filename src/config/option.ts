// What an option is, and one constructor per kind. A section is a plain table of these; the type of its values follows.
import type { Machine } from './machine.ts';

export type Kind =
  | 'text'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'seconds'
  | 'port'
  | 'octal'
  | 'list'
  | 'dict'
  | 'choice'
  | 'multi'
  | 'host'
  | 'ip'
  | 'url'
  | 'path'
  | 'kernel parameters';

export type OptionValue = string | number | boolean | null | readonly string[] | Readonly<Record<string, string>>;

/** A default that depends on the machine; `shown` stands for it in the sample file and the docs. */
export interface Computed<T> {
  readonly shown: string;
  readonly from: (machine: Machine) => T;
}

interface More {
  /** May change while Ingot runs (see reload.ts). */
  readonly mutable?: boolean;
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** Older names that are still read: `name` in the same section, or `section.name`. */
  readonly deprecatedNames?: readonly string[];
  /** Still read, but Ironic means to drop it. */
  readonly deprecated?: boolean;
}

interface Limits extends More {
  readonly min?: number;
  readonly max?: number;
}

interface ListMore extends More {
  /** What the items may be; anything when missing. */
  readonly choices?: readonly string[];
}

export interface Option<T extends OptionValue = OptionValue> extends Limits {
  readonly kind: Kind;
  readonly default: T | Computed<T>;
  readonly help: string;
  readonly choices?: readonly string[];
}

export type Section = Readonly<Record<string, Option>>;

/** The values of a section, by the types of its options. */
export type Values<S> = { -readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never };

type Start<T> = T | Computed<T> | null;
/** `T`, or `T | null` for an option that starts with null. */
type Value<T, D> = null extends D ? T | null : T;

/** A default taken from the machine it runs on, shown to readers as `shown`. */
export const computed = <T>(shown: string, from: (machine: Machine) => T): Computed<T> => ({ shown, from });

export const isComputed = (value: unknown): value is Computed<OptionValue> =>
  typeof value === 'object' && value !== null && typeof (value as Computed<OptionValue>).from === 'function';

const textKind =
  (kind: Kind, fixed: More = {}) =>
  <D extends Start<string>>(start: D, help: string, more: More = {}): Option<Value<string, D>> => ({
    kind,
    default: start as Value<string, D>,
    help,
    ...fixed,
    ...more,
  });

const numberKind =
  (kind: Kind, fixed: Limits = {}) =>
  <D extends Start<number>>(start: D, help: string, more: Limits = {}): Option<Value<number, D>> => ({
    kind,
    default: start as Value<number, D>,
    help,
    ...fixed,
    ...more,
  });

export const text = textKind('text');
/** Text that is masked wherever it would be shown. */
export const secret = textKind('text', { secret: true });
export const path = textKind('path');
export const url = textKind('url');
/** A host name or an address without brackets. */
export const host = textKind('host');
export const ip = textKind('ip');
/** Kernel command line arguments; line breaks count as blanks. */
export const kernelParameters = textKind('kernel parameters');

export const integer = numberKind('integer');
export const float = numberKind('float');
/** Whole seconds. */
export const seconds = numberKind('seconds');
export const port = numberKind('port', { min: 0, max: 65535 });
/** A file mode written in octal. */
export const octal = numberKind('octal');

export const boolean = (start: boolean, help: string, more: More = {}): Option<boolean> => ({
  kind: 'boolean',
  default: start,
  help,
  ...more,
});

export const choice = <const C extends readonly string[], D extends C[number] | null>(
  start: D,
  choices: C,
  help: string,
  more: More = {},
): Option<Value<C[number], D>> => ({ kind: 'choice', default: start as Value<C[number], D>, choices, help, ...more });

type Items = readonly string[];

/** Items divided by commas. */
export const list = <D extends Items | null>(start: D, help: string, more: ListMore = {}): Option<Value<Items, D>> => ({
  kind: 'list',
  default: start as Value<Items, D>,
  help,
  ...more,
});

/** One item for each time that the option is given. */
export const multi = (start: Items, help: string, more: ListMore = {}): Option<Items> => ({
  kind: 'multi',
  default: start,
  help,
  ...more,
});

/** `key:value` pairs divided by commas. */
export const dict = (
  start: Readonly<Record<string, string>>,
  help: string,
  more: More = {},
): Option<Readonly<Record<string, string>>> => ({ kind: 'dict', default: start, help, ...more });
