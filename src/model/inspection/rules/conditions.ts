// What a rule can ask. (reference: schemas/inspection_rules.json, operators)
import { BlockList, isIP } from 'node:net';
import { type Budget, compile, fits, spend } from '../pattern/match.ts';
import { PatternError } from '../pattern/syntax.ts';
import { RuleError } from './paths.ts';
import { type Filled, fillAll, fillText, type Scope } from './placeholders.ts';
import { pythonText } from './python-text.ts';

/** The arguments of a condition, with the means to fill them in. */
export interface Asked {
  readonly args: Readonly<Record<string, unknown>>;
  readonly scope: Scope;
  readonly budget: Budget;
}

type Operator = (asked: Asked) => boolean;

/** An argument that is one value: filled in, and still known for what it named. */
function judged(name: string, { args, scope, budget }: Asked): Filled {
  const given = args[name];
  return typeof given === 'string' ? fillText(given, scope, budget) : { value: fillAll(given, scope, budget) };
}

/** What a single value is taken for: what it named, nothing where that is missing. */
const meant = (filled: Filled): unknown => ('named' in filled ? filled.named : filled.missing ? null : filled.value);

const textOf = (name: string, asked: Asked): string => pythonText(judged(name, asked).value);

function pairs(asked: Asked, holds: (left: Filled, right: Filled) => boolean): boolean {
  const { values, force_strings } = asked.args;
  if (!Array.isArray(values)) throw new RuleError(`values: a list is accepted, not ${pythonText(values)}`);
  const filled = values.map((_, at) => judged(String(at), { ...asked, args: values as never }));
  const forced = force_strings === true || String(force_strings).toLowerCase() === 'true';
  const compared = forced ? filled.map(({ value }) => ({ value: pythonText(value) })) : filled;
  return compared.every((value, at) => at === 0 || holds(compared[at - 1]!, value));
}

/** Equal as values, or, where a placeholder made one of them a text, as texts. */
function same(left: Filled, right: Filled): boolean {
  if (alike(left.value, right.value)) return true;
  if (!('named' in left) && !('named' in right)) return false;
  return alike(meant(left), meant(right)) || pythonText(left.value) === pythonText(right.value);
}

const alike = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && pythonText(sorted(a)) === pythonText(sorted(b)));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const asNumber = (value: unknown): number | undefined => {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
};

/** Less than 0, 0 or more: numbers as numbers where one of the two is one, else texts. */
function compared(left: Filled, right: Filled): number {
  const [a, b] = [meant(left), meant(right)];
  const numeric = typeof a === 'number' || typeof b === 'number';
  const [x, y] = [asNumber(a), asNumber(b)];
  if (numeric && x !== undefined && y !== undefined) return x - y;
  if (typeof left.value !== 'string' || typeof right.value !== 'string')
    throw new RuleError(`${pythonText([left.value])} and ${pythonText([right.value])} cannot be compared`);
  return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
}

function inNet(asked: Asked): boolean {
  const address = textOf('address', asked);
  const subnet = textOf('subnet', asked);
  const [network = '', length] = subnet.split('/');
  const family = isIP(network);
  const bits = length === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (!family || bits < 0 || bits > (family === 4 ? 32 : 128))
    throw new RuleError(`subnet "${subnet}" is no network, such as 192.0.2.0/24`);
  const own = isIP(address);
  if (!own) throw new RuleError(`address "${address}" is no IP address`);
  if (own !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, own === 4 ? 'ipv4' : 'ipv6');
}

function searched(asked: Asked, whole: boolean): boolean {
  const { scope, budget, args } = asked;
  const written = pythonText(args.regex);
  // Braces count repeats in a pattern: they are placeholders only where a loop has something to put there.
  const regex = scope.item === undefined ? written : pythonText(fillText(written, scope, budget).value);
  try {
    const pattern = compile(regex, whole);
    spend(budget, pattern.program.length);
    return fits(pattern, textOf('value', asked), budget);
  } catch (error) {
    if (error instanceof PatternError) throw new RuleError(`regex "${regex}": ${error.message}`);
    throw error;
  }
}

const word = (value: unknown): string | undefined => (typeof value === 'string' ? value.toLowerCase() : undefined);

function isTrue(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0;
  return value === true || ['yes', 'true'].includes(word(value) ?? '');
}

function isFalse(value: unknown): boolean {
  return value === false || value === 0 || value === null || ['no', 'false'].includes(word(value) ?? '');
}

function oneOf(asked: Asked): boolean {
  const value = judged('value', asked);
  const { values = [] } = asked.args;
  if (typeof values === 'string') return textOf('values', asked).includes(pythonText(value.value));
  if (!Array.isArray(values)) throw new RuleError('values: a list is accepted');
  return values.some((_, at) => same(value, judged(String(at), { ...asked, args: values as never })));
}

export const conditions = {
  eq: (asked) => pairs(asked, same),
  lt: (asked) => pairs(asked, (a, b) => compared(a, b) < 0),
  gt: (asked) => pairs(asked, (a, b) => compared(a, b) > 0),
  'is-empty': (asked) => ['', 'None', '[]', '{}'].includes(pythonText(meant(judged('value', asked)))),
  'in-net': inNet,
  matches: (asked) => searched(asked, true),
  contains: (asked) => searched(asked, false),
  'one-of': oneOf,
  'is-none': (asked) => meant(judged('value', asked)) === null,
  'is-true': (asked) => isTrue(meant(judged('value', asked))),
  'is-false': (asked) => isFalse(meant(judged('value', asked))),
} as const satisfies Record<string, Operator>;

export type ConditionName = keyof typeof conditions;
