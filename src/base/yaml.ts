// The part of YAML that people write configuration files in (and JSON, which is part of it): block and flow lists and
// mappings, quoted and plain texts, texts over several lines. Anchors, tags and complex keys are refused with their line.
import { defineError } from './errors.ts';

export const YamlInvalid = defineError(
  'YamlInvalid',
  400,
  (p: { file: string; line: number; why: string }) => `${p.file}, line ${p.line}: ${p.why}.`,
);

const largest = 1024 * 1024;
const deepest = 50;

/** The value of the one document in `text`; `file` is for messages. Throws YamlInvalid. */
export function readYaml(text: string, file: string): unknown {
  return new Reader(text, file).read();
}

type Mapping = Record<string, unknown>;

const blank = /^\s*(#.*)?$/;
const item = /^-(\s|$)/;
const blockHead = /^[|>]([+-]?)\s*(#.*)?$/;

class Reader {
  readonly #lines: string[];
  readonly #file: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
    if (text.length > largest) throw this.#wrong(`larger than ${largest} characters`, 0);
  }

  #wrong(why: string, at = this.#at): Error {
    return new YamlInvalid({ file: this.#file, line: at + 1, why });
  }

  read(): unknown {
    if (this.#next() && /^---(\s|$)/.test(this.#lines[this.#at]!))
      this.#lines[this.#at] = this.#lines[this.#at]!.replace('---', '   ');
    const value = this.#node(0);
    if (this.#next() && /^\.\.\.\s*$/.test(this.#lines[this.#at]!)) this.#at += 1;
    if (this.#next()) throw this.#wrong('this does not belong to what stands above it');
    return value;
  }

  /** Go to the next line that says something; false at the end. */
  #next(): boolean {
    while (this.#at < this.#lines.length && blank.test(this.#lines[this.#at]!)) this.#at += 1;
    return this.#at < this.#lines.length;
  }

  #indent(): number {
    const line = this.#lines[this.#at]!;
    const indent = line.length - line.trimStart().length;
    if (line.slice(0, indent).includes('\t')) throw this.#wrong('a tab stands where blanks should');
    return indent;
  }

  /** What begins on the next line, if that is indented by `least` or more; else null. */
  #node(least: number): unknown {
    if (!this.#next()) return null;
    const indent = this.#indent();
    if (indent < least) return null;
    if (++this.#depth > deepest) throw this.#wrong(`more than ${deepest} levels`);
    const text = this.#lines[this.#at]!.slice(indent);
    const value = item.test(text)
      ? this.#sequence(indent)
      : this.#keyOf(text)
        ? this.#mapping(indent)
        : this.#inline(text, indent - 1);
    this.#depth -= 1;
    return value;
  }

  #sequence(indent: number): unknown[] {
    const items: unknown[] = [];
    while (this.#next() && this.#indent() === indent && item.test(this.#lines[this.#at]!.slice(indent))) {
      const rest = this.#lines[this.#at]!.slice(indent + 1);
      if (blank.test(rest)) {
        this.#at += 1;
        items.push(this.#node(indent + 1));
      } else if (blockHead.test(rest.trim())) items.push(this.#block(rest.trim(), indent));
      else {
        this.#lines[this.#at] = `${' '.repeat(indent + 1)}${rest}`;
        items.push(this.#node(indent + 1));
      }
    }
    this.#ends(indent);
    return items;
  }

  #mapping(indent: number): Mapping {
    const entries = new Map<string, unknown>();
    while (this.#next() && this.#indent() === indent) {
      const key = this.#keyOf(this.#lines[this.#at]!.slice(indent));
      if (!key) break;
      if (entries.has(key.name)) throw this.#wrong(`"${key.name}" is there twice`);
      entries.set(key.name, this.#valueOf(key.rest, indent));
    }
    this.#ends(indent);
    return Object.fromEntries(entries);
  }

  #ends(indent: number): void {
    if (this.#next() && this.#indent() > indent) throw this.#wrong('it is indented further than what stands above it');
  }

  #valueOf(rest: string, indent: number): unknown {
    if (blockHead.test(rest)) return this.#block(rest, indent);
    if (!blank.test(rest)) return this.#inline(rest, indent);
    this.#at += 1;
    if (!this.#next()) return null;
    // A list may stand as far left as the key that it belongs to.
    const listed = this.#indent() === indent && item.test(this.#lines[this.#at]!.slice(indent));
    return listed ? this.#sequence(indent) : this.#node(indent + 1);
  }

  #keyOf(text: string): { name: string; rest: string } | undefined {
    const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?:\s+|$)(.*)$/.exec(text);
    if (quoted) return { name: String(this.#scalar(quoted[1]!)), rest: quoted[2]! };
    if (/^["'[{]/.test(text)) return undefined;
    const colon = text.search(/:(?:\s|$)/);
    const remark = text.search(/(?:^|\s)#/);
    if (colon < 1 || (remark >= 0 && remark < colon)) return undefined;
    if (/^[&*!|>%@`?]/.test(text)) throw this.#wrong(`"${text[0]}" of YAML is not known here`);
    return { name: text.slice(0, colon).trimEnd(), rest: text.slice(colon + 1).trim() };
  }

  /** A text of the lines further in: `|` keeps the breaks, `>` makes blanks of them; `-` drops the last one. */
  #block(head: string, indent: number): string {
    const keep = head.startsWith('|');
    const chomp = blockHead.exec(head)![1];
    const lines: string[] = [];
    let inner: number | undefined;
    for (this.#at += 1; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at]!;
      if (line.trim() === '') {
        lines.push('');
        continue;
      }
      const own = this.#indent();
      if (own <= indent) break;
      inner ??= own;
      if (own < inner) throw this.#wrong('it is indented less than the text that it belongs to');
      lines.push(line.slice(inner));
    }
    const text = lines.join('\n').replace(/\n+$/, '');
    const joined = keep ? text : text.replace(/(\S)\n(?=\S)/g, '$1 ').replace(/\n\n/g, '\n');
    return chomp === '-' || joined === '' ? joined : `${joined}\n`;
  }

  /** A list or mapping in brackets, a quoted text, or a plain one; each may go on on lines further in. */
  #inline(first: string, indent: number): unknown {
    const start = this.#at;
    let text = first.trim();
    for (this.#at += 1; ; this.#at += 1) {
      const end = endOf(text);
      if (end !== undefined) {
        if (!blank.test(text.slice(end)) || /^#/.test(text.slice(end)))
          throw this.#wrong('something follows the end of the value', this.#at - 1);
        return new Flow(
          text.slice(0, end),
          (token) => this.#scalar(token, start),
          (why) => this.#wrong(why, start),
        ).value();
      }
      const closed = !/^["'[{]/.test(text);
      const more = this.#at < this.#lines.length && !blank.test(this.#lines[this.#at]!) && this.#indent() > indent;
      if (closed && this.#keyOf(text)) throw this.#wrong('": " stands in a text: put the text in quotes', start);
      if (closed && !more) return this.#scalar(uncommented(text), start);
      if (!closed && this.#at >= this.#lines.length) throw this.#wrong(`"${text[0]}" is not closed`, start);
      if (closed && this.#keyOf(this.#lines[this.#at]!.trim())) throw this.#wrong('a key stands where a text goes on');
      text = `${closed ? uncommented(text) : text} ${this.#lines[this.#at]!.trim()}`;
    }
  }

  #scalar(token: string, at = this.#at): unknown {
    if (token.startsWith('"')) return undouble(token, (why) => this.#wrong(why, at));
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^[&*!%@`|>]/.test(token))
      throw this.#wrong(`"${token[0]}" of YAML is not known here: put the text in quotes`, at);
    return plainValue(token);
  }
}

const uncommented = (text: string): string => text.replace(/\s#.*$/, '').trim();

/** Where the quoted or bracketed value at the start of `text` ends; undefined for none, or one that is not closed. */
function endOf(text: string): number | undefined {
  if (!/^["'[{]/.test(text)) return undefined;
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (letter === '"' || letter === "'") {
      const end = quoteEnd(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (letter === '[' || letter === '{') open += 1;
    else if (letter === ']' || letter === '}') open -= 1;
    if (open === 0) return at + 1;
  }
  return undefined;
}

function quoteEnd(text: string, at: number): number | undefined {
  const quote = text[at]!;
  for (let end = at + 1; end < text.length; end += 1) {
    if (quote === '"' && text[end] === '\\') end += 1;
    else if (text[end] === quote && quote === "'" && text[end + 1] === "'") end += 1;
    else if (text[end] === quote) return end;
  }
  return undefined;
}

/** Flow style: a text in which brackets and quotes are known to close. */
class Flow {
  readonly #text: string;
  readonly #scalar: (token: string) => unknown;
  readonly #wrong: (why: string) => Error;
  #at = 0;
  #depth = 0;

  constructor(text: string, scalar: (token: string) => unknown, wrong: (why: string) => Error) {
    this.#text = text;
    this.#scalar = scalar;
    this.#wrong = wrong;
  }

  value(): unknown {
    if (++this.#depth > deepest) throw this.#wrong(`more than ${deepest} levels`);
    this.#blanks();
    const letter = this.#text[this.#at];
    const value = letter === '[' ? this.#list() : letter === '{' ? this.#mapping() : this.#scalar(this.#token());
    this.#depth -= 1;
    return value;
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #take(letter: string): boolean {
    this.#blanks();
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }

  #token(): string {
    const start = this.#at;
    if (/["']/.test(this.#text[start] ?? '')) {
      this.#at = (quoteEnd(this.#text, start) ?? this.#text.length) + 1;
      return this.#text.slice(start, this.#at);
    }
    while (
      this.#at < this.#text.length &&
      !/^(?:[,[\]{}]|:(?:\s|[,[\]{}]|$))/.test(this.#text.slice(this.#at, this.#at + 2))
    )
      this.#at += 1;
    const token = this.#text.slice(start, this.#at).trim();
    if (!token) throw this.#wrong('a value is missing between brackets');
    return token;
  }

  #list(): unknown[] {
    this.#at += 1;
    const items: unknown[] = [];
    while (!this.#take(']')) {
      items.push(this.value());
      if (!this.#take(',') && this.#text[this.#at] !== ']') throw this.#wrong('"," or "]" is missing');
    }
    return items;
  }

  #mapping(): Mapping {
    this.#at += 1;
    const entries = new Map<string, unknown>();
    while (!this.#take('}')) {
      this.#blanks();
      const name = String(this.#scalar(this.#token()));
      entries.set(name, this.#take(':') ? this.value() : null);
      if (!this.#take(',') && this.#text[this.#at] !== '}') throw this.#wrong('"," or "}" is missing');
    }
    return Object.fromEntries(entries);
  }
}

const words: Readonly<Record<string, unknown>> = {
  '': null,
  '~': null,
  null: null,
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/** What a text without quotes stands for, as YAML 1.1 has it. */
function plainValue(token: string): unknown {
  const lower = token.toLowerCase();
  if (Object.hasOwn(words, lower)) return words[lower];
  if (/^[-+]?(0|[1-9][\d_]*)$/.test(token)) return Number(token.replaceAll('_', '')) + 0;
  if (/^0x[\da-f]+$/i.test(token)) return Number.parseInt(token, 16);
  if (/^[-+]?0[0-7]+$/.test(token)) return Number.parseInt(token, 8);
  return /^[-+]?(\d+\.\d*|\.\d+)(e[-+]\d+)?$/i.test(token) ? Number(token) : token;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  0: '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
};
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function undouble(token: string, wrong: (why: string) => Error): string {
  return token
    .slice(1, -1)
    .replace(/\\(?:([xuU])([\da-fA-F]+)|(.))/g, (_, kind?: string, digits?: string, letter?: string) => {
      if (kind && digits) {
        const length = hexLengths[kind]!;
        const code = Number.parseInt(digits.slice(0, length), 16);
        if (digits.length < length || code > 0x10ffff) throw wrong(`the escape \\${kind}${digits} is not whole`);
        return String.fromCodePoint(code) + digits.slice(length);
      }
      if (Object.hasOwn(escapes, letter!)) return escapes[letter!]!;
      if (/[A-Za-z0-9]/.test(letter!)) throw wrong(`the escape \\${letter} is not known`);
      return letter!;
    });
}
