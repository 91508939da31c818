// Regular expressions as rules write them (the syntax of Python's re), read into a tree. What cannot be matched in time
// proportional to the text (back references, conditionals, atomic and possessive parts) is refused with its place.

/** Whether a code point belongs to a set. */
export type CharTest = (code: number) => boolean;

export type Assertion = 'start' | 'end' | 'line start' | 'line end' | 'text end' | 'word' | 'no word';

export type Tree =
  | { readonly is: 'empty' }
  | { readonly is: 'char'; readonly test: CharTest }
  | { readonly is: 'all'; readonly parts: readonly Tree[] }
  | { readonly is: 'any'; readonly parts: readonly Tree[] }
  | { readonly is: 'repeat'; readonly part: Tree; readonly min: number; readonly max: number }
  | { readonly is: 'assert'; readonly what: Assertion }
  | { readonly is: 'look'; readonly part: Tree; readonly ahead: boolean; readonly negated: boolean };

/** What is wrong with a pattern, and at which character (from 0). */
export class PatternError extends Error {
  readonly at: number;

  constructor(why: string, at: number) {
    super(`${why} at character ${at + 1}`);
    this.name = 'PatternError';
    this.at = at;
  }
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly ascii: boolean;
}

const longest = 4096;
const deepest = 100;
const mostRepeats = 1000;

const digit: CharTest = (c) => c >= 48 && c <= 57;
const asciiWord: CharTest = (c) => digit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
const wordLike = /^[\p{L}\p{N}_]$/u;
const spaceLike = /^\s$/u;
export const isWord: CharTest = (c) => (c < 128 ? asciiWord(c) : wordLike.test(String.fromCodePoint(c)));
const isSpace: CharTest = (c) =>
  c < 128 ? c === 32 || (c >= 9 && c <= 13) || (c >= 28 && c <= 31) : spaceLike.test(String.fromCodePoint(c));
const not =
  (test: CharTest): CharTest =>
  (c) =>
    !test(c);

const classes: Readonly<Record<string, CharTest>> = {
  d: digit,
  D: not(digit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, 0: 0 };
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Read a pattern; throws PatternError. */
export function readPattern(pattern: string): Tree {
  if (pattern.length > longest) throw new PatternError(`more than ${longest} characters`, longest);
  return new Reader(pattern).read();
}

class Reader {
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags = { ignoreCase: false, dotAll: false, multiline: false, ascii: false };

  constructor(pattern: string) {
    this.#text = [...pattern];
  }

  read(): Tree {
    const tree = this.#alternatives();
    if (this.#at < this.#text.length) throw this.#wrong('")" without its "("');
    return tree;
  }

  #wrong(why: string, at = this.#at): PatternError {
    return new PatternError(why, at);
  }

  #looking(word: string): boolean {
    return [...word].every((letter, i) => this.#text[this.#at + i] === letter);
  }

  #take(word: string): boolean {
    if (!this.#looking(word)) return false;
    this.#at += word.length;
    return true;
  }

  #alternatives(): Tree {
    if (++this.#depth > deepest) throw this.#wrong(`more than ${deepest} groups inside each other`);
    const before = this.#flags;
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#flags = this.#depth > 1 ? before : this.#flags;
    this.#depth -= 1;
    return parts.length === 1 ? parts[0]! : { is: 'any', parts };
  }

  #sequence(): Tree {
    const parts: Tree[] = [];
    while (this.#at < this.#text.length && !this.#looking('|') && !this.#looking(')')) {
      const part = this.#one();
      if (part) parts.push(this.#repeated(part));
    }
    return parts.length === 1 ? parts[0]! : { is: 'all', parts };
  }

  /** Undefined for what is no part: flags and comments. */
  #one(): Tree | undefined {
    const letter = this.#text[this.#at++]!;
    if (letter === '(') return this.#group();
    if (letter === '[') return this.#charOf(this.#set());
    if (letter === '\\') return this.#escape();
    if (letter === '.') return { is: 'char', test: this.#flags.dotAll ? () => true : (c) => c !== 10 };
    if (letter === '^') return { is: 'assert', what: this.#flags.multiline ? 'line start' : 'start' };
    if (letter === '$') return { is: 'assert', what: this.#flags.multiline ? 'line end' : 'end' };
    if (letter === '*' || letter === '+' || letter === '?')
      throw this.#wrong(`"${letter}" has nothing to repeat`, this.#at - 1);
    const code = letter.codePointAt(0)!;
    return this.#charOf((c) => c === code);
  }

  #charOf(test: CharTest): Tree {
    if (!this.#flags.ignoreCase) return { is: 'char', test };
    return { is: 'char', test: (c) => test(c) || cased(c).some(test) };
  }

  #repeated(part: Tree): Tree {
    const counts = this.#counts();
    if (!counts) return part;
    if (this.#take('+')) throw this.#wrong('possessive repeats are not taken');
    this.#take('?'); // lazy: the same texts match
    if (this.#at < this.#text.length && this.#counts()) throw this.#wrong('a repeat cannot be repeated');
    return { is: 'repeat', part, ...counts };
  }

  #counts(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (!this.#looking('{')) return undefined;
    const written = /^\{(\d*)(,?)(\d*)\}/.exec(this.#text.slice(this.#at, this.#at + 32).join(''));
    if (!written || (written[1] === '' && written[3] === '')) return undefined; // the letter itself
    this.#at += written[0].length;
    const min = Number(written[1] || 0);
    const max = written[2] === '' ? min : written[3] === '' ? Number.POSITIVE_INFINITY : Number(written[3]);
    if (max < min) throw this.#wrong(`{${min},${max}} ends before it begins`);
    if (min > mostRepeats || (max > mostRepeats && max !== Number.POSITIVE_INFINITY))
      throw this.#wrong(`more than ${mostRepeats} repeats`);
    return { min, max };
  }

  #group(): Tree | undefined {
    const start = this.#at - 1;
    if (!this.#take('?')) return this.#closed(start);
    if (this.#take(':')) return this.#closed(start);
    if (this.#take('#')) return this.#comment(start);
    if (this.#take('P<')) {
      this.#name(start);
      return this.#closed(start);
    }
    for (const [sign, ahead, negated] of looks)
      if (this.#take(sign)) return { is: 'look', part: this.#closed(start), ahead, negated };
    if (this.#looking('P=')) throw this.#wrong('back references are not taken', start);
    if (this.#looking('(')) throw this.#wrong('conditional parts are not taken', start);
    if (this.#looking('>')) throw this.#wrong('atomic groups are not taken', start);
    return this.#flagged(start);
  }

  #closed(start: number): Tree {
    const tree = this.#alternatives();
    if (!this.#take(')')) throw this.#wrong('"(" without its ")"', start);
    return tree;
  }

  #comment(start: number): undefined {
    const end = this.#text.indexOf(')', this.#at);
    if (end < 0) throw this.#wrong('"(?#" without its ")"', start);
    this.#at = end + 1;
  }

  #name(start: number): void {
    const end = this.#text.indexOf('>', this.#at);
    const name = end < 0 ? '' : this.#text.slice(this.#at, end).join('');
    if (!/^[A-Za-z_]\w*$/.test(name)) throw this.#wrong('a group needs a name of letters and digits', start);
    this.#at = end + 1;
  }

  /** `(?i)` for all that follows, `(?i:…)` and `(?-i:…)` for the group. */
  #flagged(start: number): Tree | undefined {
    let on = true;
    const flags = { ...this.#flags } as { -readonly [K in keyof Flags]: Flags[K] };
    for (;;) {
      const letter = this.#text[this.#at++];
      if (letter === '-') on = false;
      else if (letter === 'i') flags.ignoreCase = on;
      else if (letter === 's') flags.dotAll = on;
      else if (letter === 'm') flags.multiline = on;
      else if (letter === 'a') flags.ascii = on;
      else if (letter === 'u') flags.ascii = false;
      else if (letter === ')') {
        this.#flags = flags;
        return undefined;
      } else if (letter === ':') {
        const before = this.#flags;
        this.#flags = flags;
        const tree = this.#closed(start);
        this.#flags = before;
        return tree;
      } else throw this.#wrong(`"(?${letter ?? ''}" is not known; there are flags i, s, m, a and u`, start);
    }
  }

  #escape(): Tree {
    const letter = this.#text[this.#at];
    if (letter === 'b') return this.#asserts('word');
    if (letter === 'B') return this.#asserts('no word');
    if (letter === 'A') return this.#asserts('start');
    if (letter === 'Z') return this.#asserts('text end');
    if (letter !== undefined && /[1-9]/.test(letter)) throw this.#wrong('back references are not taken', this.#at - 1);
    return this.#charOf(this.#escaped());
  }

  #asserts(what: Assertion): Tree {
    this.#at += 1;
    return { is: 'assert', what };
  }

  /** What an escape stands for, in a set or out of it. */
  #escaped(): CharTest {
    const code = this.#escapedCode();
    if (typeof code === 'number') return (c) => c === code;
    return code;
  }

  #escapedCode(): number | CharTest {
    const start = this.#at - 1;
    const letter = this.#text[this.#at++];
    if (letter === undefined) throw this.#wrong('a "\\" at the end', start);
    if (letter === 'w' && this.#flags.ascii) return asciiWord;
    if (letter === 'W' && this.#flags.ascii) return not(asciiWord);
    if (Object.hasOwn(classes, letter)) return classes[letter]!;
    if (Object.hasOwn(controls, letter)) return controls[letter]!;
    if (Object.hasOwn(hexLengths, letter)) return this.#hex(letter, start);
    if (/[A-Za-z0-9]/.test(letter)) throw this.#wrong(`"\\${letter}" is not known`, start);
    return letter.codePointAt(0)!;
  }

  #hex(letter: string, start: number): number {
    const digits = this.#text.slice(this.#at, this.#at + hexLengths[letter]!).join('');
    const code = Number.parseInt(digits, 16);
    if (!/^[0-9a-f]+$/i.test(digits) || digits.length !== hexLengths[letter] || code > 0x10ffff)
      throw this.#wrong(`"\\${letter}" needs ${hexLengths[letter]} hexadecimal digits`, start);
    this.#at += digits.length;
    return code;
  }

  #set(): CharTest {
    const start = this.#at - 1;
    const negated = this.#take('^');
    const tests: CharTest[] = [];
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) throw this.#wrong('"[" without its "]"', start);
      if (!first && this.#take(']')) break;
      tests.push(this.#range());
    }
    const test: CharTest = (c) => tests.some((one) => one(c));
    return negated ? not(test) : test;
  }

  #range(): CharTest {
    const from = this.#member();
    if (!this.#looking('-') || this.#text[this.#at + 1] === ']' || this.#at + 1 >= this.#text.length)
      return testOf(from);
    this.#at += 1;
    const to = this.#member();
    if (typeof from !== 'number' || typeof to !== 'number' || to < from) throw this.#wrong('a range that is none');
    return (c) => c >= from && c <= to;
  }

  #member(): number | CharTest {
    const letter = this.#text[this.#at++]!;
    if (letter !== '\\') return letter.codePointAt(0)!;
    if (this.#take('b')) return 8;
    return this.#escapedCode();
  }
}

const looks = [
  ['=', true, false],
  ['!', true, true],
  ['<=', false, false],
  ['<!', false, true],
] as const;

const testOf = (member: number | CharTest): CharTest => (typeof member === 'number' ? (c) => c === member : member);

function cased(code: number): number[] {
  const letter = String.fromCodePoint(code);
  const forms = [letter.toLowerCase(), letter.toUpperCase()];
  return forms.filter((form) => form !== letter && [...form].length === 1).map((form) => form.codePointAt(0)!);
}
