// What a rule can do: each action makes a new draft of the machine's records, or tells of something to be done outside.
// (reference: schemas/inspection_rules.json, actions)
import { isTrait } from '#contract/standard-traits.ts';
import { withCapabilities, withoutCapability } from '../capabilities.ts';
import type { Budget } from '../pattern/match.ts';
import { type Appended, appended, withAppended, withAttribute, withoutAttribute } from './attributes.ts';
import { dataKeysOf, keysOf, RuleError, valueAt, withoutValue, withValue } from './paths.ts';
import { pythonText } from './python-text.ts';

type Json = Readonly<Record<string, unknown>>;

/** The records that rules may change. */
export interface Draft {
  readonly node: Json;
  readonly ports: readonly Json[];
  readonly traits: readonly string[];
  readonly plugin_data: Json;
}

export const logLevels = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A request that a rule asks for: a GET. */
export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** By scheme of the URL: `http`, `https`. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly backoffFactor: number;
  /** The rule itself says where the request goes; else something that was filled in has a part in it. */
  readonly fixedHost: boolean;
}

/** What is to be done outside of the records. */
export type Effect =
  | { readonly is: 'log'; readonly level: LogLevel; readonly msg: string }
  | { readonly is: 'call'; readonly call: Call };

export interface Done {
  readonly draft?: Draft;
  readonly effect?: Effect;
}

/** `args` are filled in, `written` are as the rule has them. Throws RuleError, and Refused for a rule that means to. */
export type Action = (args: Json, draft: Draft, budget: Budget, written: Json) => Done;

/** A rule said that the machine is not wanted so. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

const mostTraits = 50;
const longestMessage = 2000;

const messageOf = (value: unknown): string => pythonText(value).slice(0, longestMessage);

const more = ({ value, unique }: Json): Appended => ({
  value,
  unique: unique === true || pythonText(unique).toLowerCase() === 'true',
});

function onNode(change: (node: Json, args: Json, budget: Budget) => Json): Action {
  return (args, draft, budget) => ({ draft: { ...draft, node: change(draft.node, args, budget) } });
}

function onPort(change: (port: Json, args: Json, budget: Budget) => Json): Action {
  return (args, draft, budget) => {
    const id = pythonText(args.port_id).toLowerCase();
    const port = draft.ports.find(({ uuid, address }) => uuid === id || address === id);
    if (!port) throw new RuleError(`port_id "${pythonText(args.port_id)}": the node has no port with that UUID or MAC`);
    const changed = change(port, args, budget);
    return { draft: { ...draft, ports: draft.ports.map((one) => (one === port ? changed : one)) } };
  };
}

function onData(change: (data: Json, keys: readonly string[], args: Json, budget: Budget) => Json): Action {
  return (args, draft, budget) => ({
    draft: { ...draft, plugin_data: change(draft.plugin_data, dataKeysOf(args.path), args, budget) },
  });
}

function capability(name: unknown): string {
  const text = pythonText(name).trim();
  if (!text || /[:,]/.test(text)) throw new RuleError(`name "${text}": a capability has a name without ":" and ","`);
  return text;
}

function traitNamed(name: unknown): string {
  if (typeof name === 'string' && isTrait(name)) return name;
  throw new RuleError(`"${pythonText(name)}" is no trait: CUSTOM_… or a standard one is accepted`);
}

function setCapability({ name, value }: Json, draft: Draft): Done {
  const text = pythonText(value);
  if (text.includes(',')) throw new RuleError(`value "${text}": a capability cannot hold ","`);
  const properties = withCapabilities(draft.node.properties as Json, { [capability(name)]: text });
  return { draft: { ...draft, node: { ...draft.node, properties } } };
}

function addTrait({ name }: Json, draft: Draft): Done {
  const traits = [...new Set([...draft.traits, traitNamed(name)])];
  if (traits.length > mostTraits) throw new RuleError(`a node has ${mostTraits} traits at most`);
  return { draft: { ...draft, traits } };
}

/** compat: an object that is left empty by it goes too. */
function unset(data: Json, keys: readonly string[]): Json {
  if (valueAt(data, keys) === undefined) return data;
  const left = withoutValue(data, keys) as Json;
  const parent = keys.slice(0, -1);
  const empty = parent.length > 0 && Object.keys(valueAt(left, parent) as object).length === 0;
  return empty ? (withoutValue(left, parent) as Json) : left;
}

function log({ msg, level = 'info' }: Json): Done {
  const asked = pythonText(level).toLowerCase();
  const known = logLevels.find((name) => name === asked);
  if (!known) throw new RuleError(`level "${asked}": one of ${logLevels.join(', ')} is accepted`);
  return { effect: { is: 'log', level: known, msg: messageOf(msg) } };
}

function numberFrom(name: string, value: unknown, { min, max }: { min: number; max: number }): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= min && number <= max) return number;
  throw new RuleError(`${name} "${pythonText(value)}": ${min} to ${max} is accepted`);
}

function texts(name: string, value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new RuleError(`${name}: an object is accepted`);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pythonText(inner)]));
}

const fixedHost = /^https?:\/\/[^/?#\\@{}\s]+(?:[/?#]|$)/i;

function apiCall(args: Json, _draft: Draft, _budget: Budget, written: Json): Done {
  const { url, headers, proxies, timeout = 5, retries = 3, backoff_factor = 0.3 } = args;
  const call: Call = {
    url: pythonText(url),
    headers: texts('headers', headers),
    proxies: texts('proxies', proxies),
    timeoutSeconds: numberFrom('timeout', timeout, { min: 0.001, max: 60 }),
    retries: Math.trunc(numberFrom('retries', retries, { min: 0, max: 10 })),
    backoffFactor: numberFrom('backoff_factor', backoff_factor, { min: 0, max: 10 }),
    fixedHost: fixedHost.test(pythonText(written.url)),
  };
  return { effect: { is: 'call', call } };
}

export const actions = {
  fail({ msg }) {
    throw new Refused(messageOf(msg));
  },
  log,
  'set-attribute': onNode((node, { path, value }, budget) => withAttribute('node', node, keysOf(path), value, budget)),
  'extend-attribute': onNode((node, args, budget) => withAppended('node', node, keysOf(args.path), more(args), budget)),
  'del-attribute': onNode((node, { path }) => withoutAttribute('node', node, keysOf(path))),
  'set-capability': setCapability,
  'unset-capability': onNode((node, { name }) => ({
    ...node,
    properties: withoutCapability(node.properties as Json, capability(name)),
  })),
  'add-trait': addTrait,
  'remove-trait': ({ name }, draft) => ({
    draft: { ...draft, traits: draft.traits.filter((trait) => trait !== name) },
  }),
  'set-plugin-data': onData((data, keys, { value }, budget) => withValue(data, keys, value, budget)),
  'extend-plugin-data': onData((data, keys, args, budget) =>
    withValue(data, keys, appended(valueAt(data, keys), more(args), budget), budget),
  ),
  'unset-plugin-data': onData(unset),
  'set-port-attribute': onPort((port, { path, value }, budget) =>
    withAttribute('port', port, keysOf(path), value, budget),
  ),
  'extend-port-attribute': onPort((port, args, budget) =>
    withAppended('port', port, keysOf(args.path), more(args), budget),
  ),
  'del-port-attribute': onPort((port, { path }) => withoutAttribute('port', port, keysOf(path))),
  'api-call': apiCall,
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;
