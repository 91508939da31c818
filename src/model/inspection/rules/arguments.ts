// The words of rules: every operator with its arguments, and how a rule is held against them.
// (reference: schemas/inspection_rules.json)

/** Arguments of an operator; those ending in ? may be missing. */
export type Operators = Readonly<Record<string, readonly string[]>>;

export const conditionArguments: Operators = {
  eq: ['values', 'force_strings?'],
  lt: ['values', 'force_strings?'],
  gt: ['values', 'force_strings?'],
  'is-empty': ['value'],
  'in-net': ['address', 'subnet'],
  matches: ['value', 'regex'],
  contains: ['value', 'regex'],
  'one-of': ['value', 'values?'],
  'is-none': ['value'],
  'is-true': ['value'],
  'is-false': ['value'],
};

export const actionArguments: Operators = {
  fail: ['msg'],
  log: ['msg', 'level?'],
  'set-attribute': ['path', 'value'],
  'extend-attribute': ['path', 'value', 'unique?'],
  'del-attribute': ['path'],
  'set-capability': ['name', 'value'],
  'unset-capability': ['name'],
  'add-trait': ['name'],
  'remove-trait': ['name'],
  'set-plugin-data': ['path', 'value'],
  'extend-plugin-data': ['path', 'value', 'unique?'],
  'unset-plugin-data': ['path'],
  'set-port-attribute': ['port_id', 'path', 'value'],
  'extend-port-attribute': ['port_id', 'path', 'value', 'unique?'],
  'del-port-attribute': ['port_id', 'path'],
  'api-call': ['url', 'headers?', 'proxies?', 'timeout?', 'retries?', 'backoff_factor?'],
};

export const multiples = ['any', 'all', 'first', 'last'] as const;
export type Multiple = (typeof multiples)[number];

/** A condition or an action as it is stored. */
export interface Entry {
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>> | readonly unknown[];
  readonly loop?: unknown;
  readonly multiple?: Multiple;
}

/** The operator of a condition, and whether it is turned round. */
export function operatorOf(op: string): { name: string; inverted: boolean } {
  const found = /^\s*(!?)\s*(.*?)\s*$/s.exec(op)!;
  return { name: found[2]!, inverted: found[1] === '!' };
}

/** Arguments by name; a list gives them in their order. */
export function namedArguments(args: Entry['args'], takes: readonly string[]): Readonly<Record<string, unknown>> {
  if (!Array.isArray(args)) return args as Readonly<Record<string, unknown>>;
  return Object.fromEntries(args.map((value, at) => [takes[at]?.replace('?', '') ?? `argument ${at}`, value]));
}
