// The root of errors. Every error that leaves a room on purpose is declared once, with a name, a status and a sentence.

/** An error with a name, an HTTP status and facts; the sentence is made from the facts. */
export class Fault<P extends object = object> extends Error {
  override readonly name: string;
  readonly status: number;
  readonly facts: P;

  constructor(name: string, status: number, sentence: string, facts: P, options?: ErrorOptions) {
    super(sentence, options);
    this.name = name;
    this.status = status;
    this.facts = facts;
  }
}

/** What `defineError` returns: call it with `new`, test with `is`. */
export interface FaultKind<P extends object> {
  new (facts: P, options?: ErrorOptions): Fault<P>;
  readonly kind: string;
  readonly status: number;
  is(error: unknown): error is Fault<P>;
}

/**
 * Declare a kind of error: its name (Ironic's where there is one), HTTP status and the sentence made from its facts.
 * `new Kind({ facts })` makes one; `Kind.is(error)` asks.
 */
export function defineError<P extends object>(
  kind: string,
  status: number,
  sentence: (facts: P) => string,
): FaultKind<P> {
  return class extends Fault<P> {
    static readonly kind = kind;
    static readonly status = status;
    static is(error: unknown): error is Fault<P> {
      return error instanceof Fault && error.name === kind;
    }
    constructor(facts: P, options?: ErrorOptions) {
      super(kind, status, sentence(facts), facts, options);
    }
  };
}

/** The sentence of anything thrown, with the sentences of its causes: one line, fit for `last_error` and logs. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || error.name;
  const cause = error.cause === undefined ? '' : explain(error.cause);
  return cause && !own.includes(cause) ? `${own.replace(/[.:\s]+$/, '')}: ${cause}` : own;
}
