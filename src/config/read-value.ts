// Text to value, one reader per kind of option, as oslo.config's types read it.
import { isIP, isIPv4 } from 'node:net';
import type { Kind, Option, OptionValue } from './option.ts';

export type Reading = { readonly value: OptionValue } | { readonly bad: string };

const bad = (reason: string): Reading => ({ bad: reason });
const good = (value: OptionValue): Reading => ({ value });

const truths = new Map([
  ...['true', '1', 'on', 'yes'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no'].map((word) => [word, false] as const),
]);

function within({ min, max }: Option, value: number): Reading {
  if (min !== undefined && value < min) return bad(`must be ${min} or more`);
  if (max !== undefined && value > max) return bad(`must be ${max} or less`);
  return good(value);
}

function readNumber(option: Option, text: string, shape: RegExp, what: string, radix = 10): Reading {
  const digits = text.trim();
  // compat: an empty number means "not set".
  if (digits === '') return option.default === null ? good(null) : bad(`is empty; ${what} is needed`);
  if (!shape.test(digits)) return bad(`is not ${what}`);
  const plain = digits.replaceAll('_', '');
  const value = radix === 8 ? Number.parseInt(plain.replace(/^0o?/, '') || '0', 8) : Number(plain);
  if (what === 'a whole number' && !Number.isSafeInteger(value)) return bad('is too large');
  // Adding nothing makes a zero of minus zero.
  return within(option, value + 0);
}

const whole = /^[+-]?\d+(_\d+)*$/;
const decimal = /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/i;
const readInteger = (option: Option, text: string) => readNumber(option, text, whole, 'a whole number');

function readBoolean(_: Option, text: string): Reading {
  const value = truths.get(text.trim().toLowerCase());
  return value === undefined ? bad('is not one of true, false, yes, no, on, off, 1, 0') : good(value);
}

const oneOf = (choices: readonly string[]) => `is not one of ${choices.join(', ')}`;

/** `a, b`, `[a, b]` or `"a", 'b, c'`; the last two are ours: oslo.config would keep the signs in the items. */
function items(raw: string): string[] {
  const text = raw.trim();
  const bracketed = /^\[([^[\]]*)\]$/s.exec(text)?.[1] ?? text;
  const inner = bracketed.trim();
  const quoted = /^(?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*'))+\s*,?$/;
  if (quoted.test(inner)) return [...inner.matchAll(/"([^"]*)"|'([^']*)'/g)].map((m) => m[1] ?? m[2] ?? '');
  const whole = /^"([^"]*)"$|^'([^']*)'$/s.exec(inner);
  // compat: commas at the end add no items, others do.
  const plain = (whole ? (whole[1] ?? whole[2] ?? '') : inner).replace(/,+$/, '');
  return plain === '' ? [] : plain.split(',').map((part) => part.trim());
}

function readItems(option: Option, values: string[]): Reading {
  const { choices } = option;
  const wrong = choices ? values.find((value) => !choices.includes(value)) : undefined;
  return wrong === undefined ? good(values) : bad(`has "${wrong}", which ${oneOf(choices ?? [])}`);
}

function readDict(_: Option, text: string): Reading {
  const pairs = new Map<string, string>();
  if (text.trim() === '') return good({});
  let before = '';
  for (const part of text.split(',')) {
    const colon = part.indexOf(':');
    // compat: what stands before a comma without a colon belongs to the next key.
    if (colon < 0) {
      before += `${part},`;
      continue;
    }
    const key = (before + part.slice(0, colon)).trim();
    before = '';
    if (key === '') return bad('has a pair without a key');
    if (pairs.has(key)) return bad(`has the key "${key}" twice`);
    pairs.set(key, part.slice(colon + 1).trim());
  }
  return before ? bad('is not key:value pairs divided by commas') : good(Object.fromEntries(pairs));
}

/** RFC 1123 §2.1; a last label of digits is an address written wrong. */
const isHostName = (text: string): boolean =>
  text.length <= 253 &&
  !/(^|\.)\d+\.?$/.test(text) &&
  text
    .replace(/\.$/, '')
    .split('.')
    .every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label));

const isAddress = (text: string): boolean => isIPv4(text) || (isIP(text) === 6 && !text.includes('%'));

/** compat: of these, "nothing" is only what an option starts with that has no default. */
const orNothing = (option: Option, text: string, reading: () => Reading): Reading =>
  text === '' && option.default === null ? good(null) : reading();

const readers: Record<Kind, (option: Option, text: string) => Reading> = {
  text: (_, text) => good(text),
  path: (_, text) => good(text),
  'kernel parameters': (_, text) => good(text.replace(/\s*\n\s*/g, ' ')),
  integer: readInteger,
  seconds: readInteger,
  port: readInteger,
  octal: (option, text) => readNumber(option, text, /^(0o)?[0-7]+$/, 'an octal number', 8),
  float: (option, text) => readNumber(option, text, decimal, 'a number'),
  boolean: readBoolean,
  list: (option, text) => readItems(option, items(text)),
  multi: (option, text) => readItems(option, [text]),
  dict: readDict,
  choice: (option, text) => (option.choices?.includes(text) ? good(text) : bad(oneOf(option.choices ?? []))),
  host: (option, text) =>
    orNothing(option, text, () =>
      // compat: the dot at the end of a full name is not kept.
      isAddress(text) || isHostName(text)
        ? good(text.replace(/\.$/, ''))
        : bad('is neither a host name nor an address without brackets'),
    ),
  ip: (option, text) =>
    orNothing(option, text, () => (isAddress(text) ? good(text) : bad('is not an IPv4 or IPv6 address'))),
  url: (option, text) =>
    orNothing(option, text, () =>
      /^[a-z][a-z\d+.-]*:\/\/[^\s/?#]+/i.test(text) ? good(text) : bad('is not a URL with scheme and host'),
    ),
};

/** The value of `text` for this option, or why there is none. */
export const readValue = (option: Option, text: string): Reading => readers[option.kind](option, text);

/** A value as it would be written in a file, before escapes (see `formatIniValue`). */
export function writeValue(value: OptionValue, kind: Kind): string {
  if (value === null) return '';
  if (kind === 'octal' && typeof value === 'number') return `0o${value.toString(8)}`;
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, item]) => `${key}:${item}`)
      .join(',');
  return value === true ? 'True' : value === false ? 'False' : String(value);
}
