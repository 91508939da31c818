// The form of inspection rules, as clients give them: operators with their arguments, for conditions and for actions.
import { InvalidParameterValue } from '#contract/errors.ts';
import { typeName } from '#contract/values.ts';
import { compile } from '#model/inspection/pattern/match.ts';
import { PatternError } from '#model/inspection/pattern/syntax.ts';
import {
  actionArguments,
  conditionArguments,
  multiples,
  namedArguments,
  type Operators,
  operatorOf,
} from '#model/inspection/rules/arguments.ts';

const highestPriority = 9999;

const isTree = (value: unknown): boolean => typeof value === 'object' && value !== null;

interface Entry {
  readonly op?: unknown;
  readonly args?: unknown;
  readonly loop?: unknown;
  readonly multiple?: unknown;
}

function checkEntries(where: 'conditions' | 'actions', entries: unknown, operators: Operators): void {
  for (const [at, entry] of (entries as unknown[]).entries()) {
    const wrong = (why: string) => new InvalidParameterValue({ why: `${where}, entry ${at}: ${why}.` });
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      throw wrong(`an object is accepted, not ${typeName(entry)}`);
    const { op, args, loop, multiple } = entry as Entry;
    const name = where === 'conditions' ? operatorOf(String(op)).name : String(op);
    const takes = Object.hasOwn(operators, name) ? operators[name] : undefined;
    if (!takes) throw wrong(`op "${String(op)}" is unknown; there are ${Object.keys(operators).join(', ')}`);
    if (!isTree(args)) throw wrong('"args" is needed, an object or a list');
    checkNames(args as object, takes, wrong);
    if (loop !== undefined && !isTree(loop)) throw wrong('loop: an object or a list is accepted');
    if (multiple !== undefined && !multiples.some((known) => known === multiple))
      throw wrong(`multiple: one of ${multiples.join(', ')}`);
    if (loop === undefined) checkPattern(namedArguments(args as object as readonly unknown[], takes).regex, wrong);
  }
}

/** A pattern that a loop has no part in is known already. */
function checkPattern(regex: unknown, wrong: (why: string) => Error): void {
  if (typeof regex !== 'string') return;
  try {
    compile(regex, false);
  } catch (error) {
    throw error instanceof PatternError ? wrong(`args: regex "${regex}": ${error.message}`) : error;
  }
}

function checkNames(args: object, takes: readonly string[], wrong: (why: string) => Error): void {
  const needed = takes.filter((name) => !name.endsWith('?'));
  if (Array.isArray(args)) {
    if (args.length < needed.length || args.length > takes.length) throw wrong(`args: ${takes.join(', ')} are taken`);
    return;
  }
  const known = takes.map((name) => name.replace('?', ''));
  const lacking = needed.filter((name) => !Object.hasOwn(args, name));
  const extra = Object.keys(args).filter((name) => !known.includes(name));
  if (lacking.length) throw wrong(`args: "${lacking.join('", "')}" is missing`);
  if (extra.length) throw wrong(`args: "${extra.join('", "')}" is not taken; there are ${known.join(', ')}`);
}

/** Throws 400 unless what is given of a rule can be one. */
export function checkRule(rule: Readonly<Record<string, unknown>>): void {
  const { phase, priority, conditions, actions } = rule;
  if (phase !== undefined && phase !== null && phase !== 'main')
    throw new InvalidParameterValue({ why: `phase "${String(phase)}": "main" is the only one.` });
  if (typeof priority === 'number' && (priority < 0 || priority > highestPriority))
    throw new InvalidParameterValue({ why: `priority ${priority}: 0 to ${highestPriority} is accepted.` });
  if (conditions) checkEntries('conditions', conditions, conditionArguments);
  if (actions) checkEntries('actions', actions, actionArguments);
}
