// Policy files: JSON, or the flat part of YAML that they are written in: `"name": "check"`, comments, texts over several
// lines. Whatever else YAML knows is refused with its line, never guessed.
import { explain } from '#base/errors.ts';
import { PolicyFileInvalid } from './errors.ts';

const largest = 1024 * 1024;
/** No check is longer; what is read is never gone over more often than this allows. */
const longestText = 16 * 1024;

/** The rules of a policy file, by name. Throws PolicyFileInvalid. */
export function readPolicyFile(text: string, file: string): Record<string, string> {
  const wrong = (line: number, why: string) => new PolicyFileInvalid({ file, line, why });
  if (text.length > largest) throw wrong(1, `it is larger than ${largest} characters`);
  const plain = text.replace(/^\uFEFF/, '');
  return /^\s*\{/.test(plain) ? readJson(plain, wrong) : readYaml(plain.split(/\r\n|\r|\n/), wrong);
}

type Wrong = (line: number, why: string) => Error;

function readJson(text: string, wrong: Wrong): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(explain(error));
    throw wrong(at ? text.slice(0, Number(at[1])).split('\n').length : 1, `no valid JSON (${explain(error)})`);
  }
  for (const [name, rule] of Object.entries(value as object))
    if (typeof rule !== 'string') throw wrong(lineOf(text, name), `rule "${name}": a text is expected`);
  return value as Record<string, string>;
}

const lineOf = (text: string, name: string): number =>
  Math.max(1, text.slice(0, Math.max(0, text.indexOf(JSON.stringify(name)))).split('\n').length);

const blank = /^\s*(#.*)?$/;
const divider = /^(---|\.\.\.)(\s.*)?$/;

/** The lines of the one document of a file, those around it made blank. */
function documentOf(lines: readonly string[], wrong: Wrong): string[] {
  const start = lines.findIndex((line) => !blank.test(line));
  const begins = lines[start]?.startsWith('---') ? start + 1 : 0;
  const more = lines.slice(begins).findIndex((line) => divider.test(line));
  const ends = more < 0 ? lines.length : begins + more;
  const after = lines.slice(ends + 1).findIndex((line) => !blank.test(line));
  if (lines[ends]?.startsWith('---') || after >= 0) throw wrong(ends + 1, 'a second document begins; one is read');
  if (begins && !blank.test(lines[start]!.slice(3))) throw wrong(start + 1, 'a line of its own is expected for ---');
  const own = lines.map((line, at) => (at < begins || at >= ends ? '' : line));
  const said = own.filter((line) => !blank.test(line));
  return said.length === 1 && /^\s*\{\s*\}\s*(#.*)?$/.test(said[0]!) ? [] : own;
}

function readYaml(all: readonly string[], wrong: Wrong): Record<string, string> {
  const lines = documentOf(all, wrong);
  const rules = new Map<string, string>();
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (blank.test(line)) {
      at += 1;
      continue;
    }
    const start = at + 1;
    if (line.length > longestText) throw wrong(start, `the line is longer than ${longestText} characters`);
    const key = readKey(line, start, wrong);
    if (rules.has(key.name)) throw wrong(start, `rule "${key.name}" is there twice`);
    const value = readValue(lines, at, key.rest, wrong);
    rules.set(key.name, value.text);
    at = value.next;
  }
  return Object.fromEntries(rules);
}

function readKey(line: string, at: number, wrong: Wrong): { name: string; rest: string } {
  if (/^\s/.test(line)) throw wrong(at, 'a rule begins at the start of a line; lists inside rules are not known here');
  if (line.startsWith('- ')) throw wrong(at, 'a list stands where "name": "check" is expected');
  if (/^[&*!%@`|>[\]{},?]/.test(line)) throw wrong(at, `"${line[0]}" of YAML is not known here: write "name": "check"`);
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*:(?=\s|$)(.*)$/.exec(line);
  if (quoted)
    return { name: quoted[1] === undefined ? unsingle(quoted[2]!) : undouble(quoted[1], at, wrong), rest: quoted[3]! };
  const colon = line.search(/:(?=\s|$)/);
  const name = line.slice(0, Math.max(0, colon)).trimEnd();
  if (name === '' || /["'#]/.test(name)) throw wrong(at, '"name": "check" is expected');
  return { name, rest: line.slice(colon + 1) };
}

interface Read {
  readonly text: string;
  /** The index of the line after it. */
  readonly next: number;
}

function readValue(lines: readonly string[], at: number, rest: string, wrong: Wrong): Read {
  const text = rest.trim();
  if (/^[|>]/.test(text)) return readBlock(lines, at, text, wrong);
  if (text.startsWith('"') || text.startsWith("'")) return readQuoted(lines, at, text, wrong);
  if (/^[&*!%@`[{]/.test(text) && text !== '!' && text !== '@')
    throw wrong(at + 1, `"${text[0]}" of YAML is not known here: put the check in quotes`);
  return readPlain(lines, at, text);
}

const indented = (line: string | undefined): boolean => line !== undefined && /^\s+\S/.test(line);
const uncommented = (text: string): string => text.replace(/(^|\s)#.*$/, '').trim();

/** Without quotes: the lines that follow, further in, belong to it. */
function readPlain(lines: readonly string[], at: number, first: string): Read {
  const parts = [uncommented(first)];
  let next = at + 1;
  while (indented(lines[next])) {
    parts.push(uncommented(lines[next]!));
    next += 1;
  }
  const text = parts.filter(Boolean).join(' ');
  return { text: text === '~' || text === 'null' ? '' : text, next };
}

/** In quotes: until they close, lines joined by a space. */
function readQuoted(lines: readonly string[], at: number, first: string, wrong: Wrong): Read {
  const quote = first[0]!;
  const body = quote === '"' ? /^"((?:[^"\\]|\\.)*)"(.*)$/ : /^'((?:[^']|'')*)'(.*)$/;
  let text = first;
  let added = first.slice(1);
  for (let next = at + 1; ; next += 1) {
    const closed = added.includes(quote) ? body.exec(text) : null;
    if (closed) {
      if (!blank.test(closed[2]!)) throw wrong(next, 'something follows the closing quote');
      return { text: quote === '"' ? undouble(closed[1]!, next, wrong) : unsingle(closed[1]!), next };
    }
    const line = lines[next];
    if (line === undefined || (line !== '' && !/^\s/.test(line))) throw wrong(at + 1, 'the quote is not closed');
    added = line;
    // A backslash at the end of a line takes the break away; an empty line is a break.
    text = text.endsWith('\\') ? text.slice(0, -1) + line.trimStart() : `${text} ${line.trim()}`;
    if (text.length > longestText) throw wrong(at + 1, `the check is longer than ${longestText} characters`);
  }
}

/** After `>` or `|`: all lines further in. Breaks are blanks to a check, so both read alike. */
function readBlock(lines: readonly string[], at: number, head: string, wrong: Wrong): Read {
  if (!/^[|>][+-]?\s*(#.*)?$/.test(head)) throw wrong(at + 1, `"${head}" of YAML is not known here`);
  const parts: string[] = [];
  let next = at + 1;
  while (next < lines.length && (lines[next]!.trim() === '' || indented(lines[next]))) {
    parts.push(lines[next]!.trim());
    next += 1;
  }
  return { text: parts.filter(Boolean).join(' '), next };
}

const unsingle = (text: string): string => text.replaceAll("''", "'");

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\', '/': '/', ' ': ' ' };

function undouble(text: string, at: number, wrong: Wrong): string {
  return text.replace(/\\(.)/g, (_, letter: string) => {
    const meant = escapes[letter];
    if (meant === undefined) throw wrong(at, `the escape \\${letter} is not known here`);
    return meant;
  });
}
