// From a check string to a tree. `not` binds closest, then `and`, then `or`.
import type { Check, Template } from './check.ts';
import { PolicyRuleInvalid } from './errors.ts';

type Token = '(' | ')' | 'and' | 'or' | 'not' | { readonly check: string };

const longest = 64 * 1024;
const deepest = 100;

/** The tree of a check string; an empty one lets everybody pass. Throws PolicyRuleInvalid. */
export function parseRule(rule: string, text: string): Check {
  const wrong = (why: string) => new PolicyRuleInvalid({ rule, text: text.slice(0, 200), why });
  if (text.length > longest) throw wrong(`it is longer than ${longest} characters`);
  const tokens = tokensOf(text);
  if (text === '') return { is: 'always' };
  if (tokens.length === 0) throw wrong('it is blank; an empty text lets everybody pass, "!" nobody');
  let at = 0;
  let depth = 0;

  const either = (): Check => joined('or', both);
  const both = (): Check => joined('and', one);
  const joined = (word: 'or' | 'and', part: () => Check): Check => {
    const parts = [part()];
    while (tokens[at] === word) {
      at += 1;
      parts.push(part());
    }
    return parts.length === 1 ? parts[0]! : { is: word, of: parts };
  };
  const one = (): Check => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) throw wrong('it ends where a check is expected');
    if (token === ')' || token === 'and' || token === 'or') throw wrong(`"${token}" stands where a check is expected`);
    if (typeof token === 'object') return readCheck(token.check, wrong);
    depth += 1;
    if (depth > deepest) throw wrong(`it is nested deeper than ${deepest}`);
    const inner = token === 'not' ? ({ is: 'not', of: one() } as const) : either();
    depth -= 1;
    if (token === '(' && tokens[at++] !== ')') throw wrong('a parenthesis is not closed');
    return inner;
  };

  const check = either();
  if (at < tokens.length) throw wrong(`nothing is expected after the check, and ${shown(tokens[at]!)} follows`);
  return check;
}

const shown = (token: Token): string => `"${typeof token === 'object' ? token.check : token}"`;

/** Words, with the parentheses around them; those inside a word, as of `%(name)s`, belong to it. */
function tokensOf(text: string): Token[] {
  return text.split(/\s+/).flatMap((word): Token[] => {
    const opening = /^\(*/.exec(word)![0].length;
    const rest = word.slice(opening);
    const closing = /\)*$/.exec(rest)![0].length;
    const middle = rest.slice(0, rest.length - closing);
    const lower = middle.toLowerCase();
    const operator = lower === 'and' || lower === 'or' || lower === 'not' ? lower : undefined;
    const own: Token[] = middle === '' ? [] : [operator ?? { check: middle }];
    return [...new Array<Token>(opening).fill('('), ...own, ...new Array<Token>(closing).fill(')')];
  });
}

type Wrong = (why: string) => Error;

function readCheck(text: string, wrong: Wrong): Check {
  if (text === '@') return { is: 'always' };
  if (text === '!') return { is: 'never' };
  const colon = splitAt(text);
  if (colon < 0) throw wrong(`"${text}" is no check: kind:value is expected`);
  const [kind, value] = [text.slice(0, colon), text.slice(colon + 1)];
  if (kind === 'rule') return { is: 'rule', name: value };
  if (kind === 'role') return { is: 'role', name: readTemplate(value, wrong) };
  if (kind === 'http' || kind === 'https') throw wrong(`checks by another server (${kind}:) are not made here`);
  if (kind === 'field') throw wrong('field: checks belong to the network service');
  const equals = readTemplate(value, wrong);
  const constant = constantOf(kind);
  if (constant !== undefined) return { is: 'constant', value: constant, equals };
  if (!/^[\w.-]+$/.test(kind)) throw wrong(`"${kind}" names no credential`);
  return { is: 'credential', path: kind.split('.'), equals };
}

/** Where kind and value part: the first colon outside of quotes. */
function splitAt(text: string): number {
  const quoted = /^(['"]).*?\1/.exec(text);
  return text.indexOf(':', quoted?.[0].length ?? 0);
}

/** What stands left of the colon and is no name: a quoted text, a number, True, False or None. */
function constantOf(kind: string): string | undefined {
  const quoted = /^(['"])(.*)\1$/.exec(kind);
  if (quoted) return quoted[2];
  return /^(\d+|True|False|None)$/.test(kind) ? kind : undefined;
}

const placeholder = /%(?:\(([^()]*)\)s|(%)|())/g;

function readTemplate(text: string, wrong: Wrong): Template {
  const parts: (string | { target: string })[] = [];
  let from = 0;
  for (const found of text.matchAll(placeholder)) {
    const [whole, name, percent] = found;
    if (name === undefined && percent === undefined) throw wrong(`"${text}": after % (name)s is expected`);
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(name === undefined ? '%' : { target: name });
    from = found.index + whole.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
