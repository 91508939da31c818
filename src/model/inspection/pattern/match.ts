// Whether a text fits a pattern, in steps that are counted: all ways are followed at once (Thompson's simulation), so no
// pattern makes a text cost more than their product, and the budget ends even that.
import { type Assertion, type CharTest, isWord, PatternError, readPattern, type Tree } from './syntax.ts';

type Instruction =
  | { readonly is: 'char'; readonly test: CharTest }
  | { readonly is: 'fork'; readonly to: readonly number[] }
  | { readonly is: 'assert'; readonly what: Assertion }
  | { readonly is: 'look'; readonly program: Program; readonly ahead: boolean; readonly negated: boolean }
  | { readonly is: 'end' };

type Program = readonly Instruction[];

/** A pattern that was read. */
export interface Pattern {
  readonly program: Program;
}

/** Steps that may still be taken; shared by all that is matched for one rule. */
export interface Budget {
  steps: number;
}

export class BudgetSpent extends Error {
  constructor() {
    super('it takes more work than a rule is given');
    this.name = 'BudgetSpent';
  }
}

export function spend(budget: Budget, steps: number): void {
  budget.steps -= steps;
  if (budget.steps < 0) throw new BudgetSpent();
}

const largest = 20_000;

/** Compile a pattern; `whole`: it has to fit the whole text, else any part. Throws PatternError. */
export function compile(source: string, whole: boolean): Pattern {
  const tree = readPattern(source);
  const parts: Tree[] = [tree, ...(whole ? [{ is: 'assert', what: 'end' } as const] : [])];
  const anchored: Tree[] = whole ? [{ is: 'assert', what: 'start' }, ...parts] : parts;
  return { program: programOf({ is: 'all', parts: anchored }, { left: largest }) };
}

function programOf(tree: Tree, room: { left: number }): Program {
  const program: Instruction[] = [];
  const add = (instruction: Instruction): number => {
    room.left -= 1;
    if (room.left < 0) throw new PatternError('repeats inside repeats make it too large', 0);
    return program.push(instruction) - 1;
  };
  const emit = (part: Tree): void => {
    switch (part.is) {
      case 'empty':
        return;
      case 'char':
        add({ is: 'char', test: part.test });
        return;
      case 'assert':
        add({ is: 'assert', what: part.what });
        return;
      case 'look':
        add({ is: 'look', program: programOf(part.part, room), ahead: part.ahead, negated: part.negated });
        return;
      case 'all':
        for (const one of part.parts) emit(one);
        return;
      case 'any':
        alternatives(part.parts);
        return;
      case 'repeat':
        repeat(part);
        return;
    }
  };
  const alternatives = (parts: readonly Tree[]): void => {
    const starts: number[] = [];
    const fork = add({ is: 'fork', to: starts });
    const leaves: number[][] = [];
    for (const part of parts) {
      starts.push(program.length);
      emit(part);
      const leave: number[] = [];
      add({ is: 'fork', to: leave });
      leaves.push(leave);
    }
    for (const leave of leaves) leave.push(program.length);
    if (starts.length === 0) program[fork] = { is: 'fork', to: [program.length] };
  };
  const repeat = ({ part, min, max }: Tree & { is: 'repeat' }): void => {
    for (let i = 0; i < min; i += 1) emit(part);
    if (max === Number.POSITIVE_INFINITY) {
      const ways: number[] = [];
      const again = add({ is: 'fork', to: ways });
      ways.push(program.length);
      emit(part);
      add({ is: 'fork', to: [again] });
      ways.push(program.length);
      return;
    }
    const skips: number[][] = [];
    for (let i = min; i < max; i += 1) {
      const ways = [program.length + 1];
      add({ is: 'fork', to: ways });
      skips.push(ways);
      emit(part);
    }
    for (const ways of skips) ways.push(program.length);
  };
  emit(tree);
  add({ is: 'end' });
  return program;
}

/** Whether the text holds what the pattern says. Throws BudgetSpent. */
export function fits(pattern: Pattern, text: string, budget: Budget): boolean {
  spend(budget, text.length);
  const codes = Array.from(text, (letter) => letter.codePointAt(0)!);
  return new Run(codes, budget).found(pattern.program, 0, codes.length, 'anywhere');
}

type Where = 'anywhere' | 'here' | 'ending there';

class Run {
  readonly #codes: readonly number[];
  readonly #budget: Budget;

  constructor(codes: readonly number[], budget: Budget) {
    this.#codes = codes;
    this.#budget = budget;
  }

  /** `here`: from `from` on; `ending there`: any part that ends exactly at `to`. */
  found(program: Program, from: number, to: number, where: Where): boolean {
    let now = new Set<number>();
    for (let at = from; at <= to; at += 1) {
      if (at === from || where !== 'here') this.#enter(program, 0, at, now);
      const ended = now.has(program.length - 1);
      if (ended && (where !== 'ending there' || at === to)) return true;
      if (at === to || (where === 'here' && now.size === 0)) return false;
      now = this.#step(program, now, at);
    }
    return false;
  }

  #step(program: Program, now: ReadonlySet<number>, at: number): Set<number> {
    const next = new Set<number>();
    const code = this.#codes[at]!;
    for (const place of now) {
      spend(this.#budget, 1);
      const instruction = program[place]!;
      if (instruction.is === 'char' && instruction.test(code)) this.#enter(program, place + 1, at + 1, next);
    }
    return next;
  }

  /** Add `place`, and all that is reached from it without taking a letter. */
  #enter(program: Program, place: number, at: number, into: Set<number>): void {
    const left = [place];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      spend(this.#budget, 1);
      if (into.has(next)) continue;
      into.add(next);
      const instruction = program[next]!;
      if (instruction.is === 'fork') left.push(...instruction.to);
      else if (instruction.is === 'assert' && this.#holds(instruction.what, at)) left.push(next + 1);
      else if (instruction.is === 'look' && this.#looks(instruction, at)) left.push(next + 1);
    }
  }

  #looks({ program, ahead, negated }: Instruction & { is: 'look' }, at: number): boolean {
    const seen = ahead
      ? this.found(program, at, this.#codes.length, 'here')
      : this.found(program, 0, at, 'ending there');
    return seen !== negated;
  }

  #holds(what: Assertion, at: number): boolean {
    const codes = this.#codes;
    switch (what) {
      case 'start':
        return at === 0;
      case 'end':
        return at === codes.length || (at === codes.length - 1 && codes[at] === 10);
      case 'text end':
        return at === codes.length;
      case 'line start':
        return at === 0 || codes[at - 1] === 10;
      case 'line end':
        return at === codes.length || codes[at] === 10;
      case 'word':
      case 'no word': {
        const before = at > 0 && isWord(codes[at - 1]!);
        const after = at < codes.length && isWord(codes[at]!);
        return (before !== after) === (what === 'word');
      }
    }
  }
}
