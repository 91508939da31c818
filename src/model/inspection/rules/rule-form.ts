// Whether what is given as conditions and actions can be some. For rules of clients and rules of files.
import { typeName } from '#contract/values.ts';
import { compile } from '../pattern/match.ts';
import { PatternError } from '../pattern/syntax.ts';
import { actionArguments, conditionArguments, type Entry, multiples, namedArguments, operatorOf } from './arguments.ts';

type Refuse = (why: string) => Error;

const isTree = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** The entries, checked; throws what `refuse` makes of the entry's place and what is wrong there. */
export function checkEntries(where: 'conditions' | 'actions', entries: readonly unknown[], refuse: Refuse): Entry[] {
  const operators = where === 'conditions' ? conditionArguments : actionArguments;
  for (const [at, entry] of entries.entries()) {
    const wrong = (why: string) => refuse(`${where}, entry ${at}: ${why}`);
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      throw wrong(`an object is accepted, not ${typeName(entry)}`);
    const { op, args, loop, multiple } = entry as { [K in keyof Entry]?: unknown };
    const name = where === 'conditions' ? operatorOf(String(op)).name : String(op);
    const takes = Object.hasOwn(operators, name) ? operators[name] : undefined;
    if (!takes) throw wrong(`op "${String(op)}" is unknown; there are ${Object.keys(operators).join(', ')}`);
    if (!isTree(args)) throw wrong('"args" is needed, an object or a list');
    checkNames(args as object, takes, wrong);
    if (loop !== undefined && !isTree(loop)) throw wrong('loop: an object or a list is accepted');
    if (multiple !== undefined && !multiples.some((known) => known === multiple))
      throw wrong(`multiple: one of ${multiples.join(', ')}`);
    if (loop === undefined) checkPattern(namedArguments(args as Entry['args'], takes).regex, wrong);
  }
  return entries as Entry[];
}

/** A pattern that a loop has no part in is known already. */
function checkPattern(regex: unknown, wrong: Refuse): void {
  if (typeof regex !== 'string') return;
  try {
    compile(regex, false);
  } catch (error) {
    throw error instanceof PatternError ? wrong(`args: regex "${regex}": ${error.message}`) : error;
  }
}

function checkNames(args: object, takes: readonly string[], wrong: Refuse): void {
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
