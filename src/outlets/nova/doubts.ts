// Requests of which nobody knows whether they arrived: one of them may take effect after a newer one. While that may be,
// whatever else nova is told of the instance is told once more when it cannot be any longer.

interface Doubt {
  /** The state that may still arrive; undefined: any. */
  readonly state: string | undefined;
  readonly until: number;
}

export class Doubts {
  readonly #lastsMs: number;
  readonly #doubts = new Map<string, Doubt>();

  /** `lastsMs`: how long after its end was lost a request may still take effect. */
  constructor(lastsMs: number) {
    this.#lastsMs = lastsMs;
  }

  /** A request to tell `state` of `instance` has no known end; `state` undefined: nobody knows which it was. */
  add(instance: string, state: string | undefined, now: number): void {
    const known = this.#doubts.get(instance);
    const mixed = known !== undefined && known.until > now && known.state !== state;
    this.#doubts.set(instance, { state: mixed ? undefined : state, until: now + this.#lastsMs });
  }

  /** Nova took `state` of `instance`: when to say it once more; undefined where nothing older can undo it. */
  repeatAt(instance: string, state: string, now: number): number | undefined {
    const doubt = this.#doubts.get(instance);
    return doubt && doubt.until > now && doubt.state !== state ? doubt.until : undefined;
  }

  /** Forget what is over. */
  sweep(now: number): void {
    for (const [instance, { until }] of this.#doubts) if (until <= now) this.#doubts.delete(instance);
  }
}
