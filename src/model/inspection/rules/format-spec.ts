// What stands behind the colon of a placeholder: the part of Python's format specification that texts and numbers use.
import { pythonText } from './python-text.ts';

const shape = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d{1,4})?([,_])?(?:\.(\d{1,3}))?([a-zA-Z%])?$/u;
const widest = 1024;

/** `value` written as `spec` asks; undefined where the two do not go together. */
export function formatted(value: unknown, spec: string): string | undefined {
  if (spec === '') return pythonText(value);
  const found = shape.exec(spec);
  if (!found) return undefined;
  const [, fill, align, sign, alternate, zero, width, group, precision, type] = found;
  if (Number(width ?? 0) > widest) return undefined;
  const asked = { sign: sign ?? '-', alternate: !!alternate, group, precision, type };
  const body =
    typeof value === 'number' || typeof value === 'boolean' ? numeral(Number(value), asked) : textual(value, asked);
  if (body === undefined) return undefined;
  const isNumber = typeof value === 'number';
  return padded(body, {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? (zero ? '=' : isNumber ? '>' : '<'),
    width: Number(width ?? 0),
  });
}

interface Asked {
  readonly sign: string;
  readonly alternate: boolean;
  readonly group: string | undefined;
  readonly precision: string | undefined;
  readonly type: string | undefined;
}

function textual(value: unknown, { type, precision, sign, alternate, group }: Asked): string | undefined {
  if (typeof value !== 'string' || (type !== undefined && type !== 's') || sign !== '-' || alternate || group)
    return undefined;
  return precision === undefined ? value : [...value].slice(0, Number(precision)).join('');
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function numeral(value: number, { sign, alternate, group, precision, type }: Asked): string | undefined {
  const size = Math.abs(value);
  let digits: string;
  const whole = Number.isSafeInteger(value);
  if (type === undefined && precision !== undefined) {
    if (whole || precision === '0') return undefined;
    digits = pythonText(Number(size.toPrecision(Number(precision))));
  } else if (type === undefined) digits = pythonText(size);
  else if (type === 'd' || type === 'n') {
    if (!whole || precision !== undefined) return undefined;
    digits = pythonText(size);
  } else if (Object.hasOwn(bases, type)) {
    if (!whole || precision !== undefined) return undefined;
    const [base, prefix] = bases[type]!;
    const text = size.toString(base);
    digits = (alternate ? prefix : '') + (type === 'X' ? text.toUpperCase() : text);
  } else if (type === 'f' || type === 'F') digits = size.toFixed(Number(precision ?? 6));
  else if (type === '%') digits = `${(size * 100).toFixed(Number(precision ?? 6))}%`;
  else return undefined;
  if (/e/.test(digits) && type !== undefined) return undefined; // larger than is written out here
  if (group) digits = digits.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, group));
  return (value < 0 ? '-' : sign === '-' ? '' : sign) + digits;
}

function padded(body: string, { fill, align, width }: { fill: string; align: string; width: number }): string {
  const missing = width - [...body].length;
  if (missing <= 0) return body;
  const before = align === '>' ? missing : align === '^' ? Math.floor(missing / 2) : 0;
  if (align !== '=') return fill.repeat(before) + body + fill.repeat(missing - before);
  const sign = /^[+\- ]/.exec(body)?.[0] ?? '';
  return sign + fill.repeat(missing) + body.slice(sign.length);
}
