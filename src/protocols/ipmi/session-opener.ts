// Gets a session with a BMC: the cipher suites in turn, patience with a BMC that has no free slot, and the reason when it fails.
import { IpmiAuthFailed, IpmiCipherMismatch, IpmiSessionRefused, IpmiUnreachable } from './errors.ts';
import { type Opened, openSession } from './handshake.ts';
import { openSession15 } from './handshake15.ts';
import type { Job } from './job.ts';
import type { Line } from './line.ts';
import type { ActorParts, BmcSettings } from './parts.ts';
import type { BmcSession } from './session.ts';
import { suites } from './wire/suites.ts';

const refusedPauseMs = 500;
/** Packets to a BMC whose suite is not known before the next suite is tried: some ignore what they do not know. */
const guessSends = 2;
const knownSends = 10;

export class SessionOpener {
  readonly #parts: ActorParts;
  readonly #settings: BmcSettings;
  readonly #line: Line;
  /** The suite that the BMC took last. */
  #suite: number | undefined;
  #tag = 0;

  constructor(parts: ActorParts, settings: BmcSettings, line: Line) {
    this.#parts = parts;
    this.#settings = settings;
    this.#line = line;
  }

  /** A new session, or the declared error that says why there is none. */
  async open(job: Job, until: number, authPauseMs: number): Promise<BmcSession> {
    const { clock } = this.#parts;
    const started = clock.now();
    await this.#parts.ready();
    const refused = new Map<number, string>();
    let packets = 0;
    let refusals = 0;
    for (let turn = 0; ; ) {
      const candidates = this.#candidates(refused);
      const id = candidates[turn % candidates.length];
      if (id === undefined) throw this.#noSuite(refused);
      const opened = await this.#attempt(
        id,
        candidates.length === 1 || id === this.#suite ? knownSends : guessSends,
        until,
      );
      if (opened.is === 'open') {
        this.#suite = id;
        return opened.session;
      }
      if (opened.is === 'denied') throw this.#denied(opened.why, authPauseMs);
      if (opened.is === 'cipher') refused.set(id, opened.why);
      if (opened.is === 'refused') await this.#afterRefusal(opened, ++refusals, until);
      if (opened.is === 'silence') {
        packets += opened.packets;
        turn++;
        if (job.ended || clock.now() >= until) throw this.#unreachable(opened.step, packets, clock.now() - started);
      }
    }
  }

  /** The suite that worked last, then the others as they were listed; without those that the BMC has refused now. */
  #candidates(refused: ReadonlyMap<number, string>): number[] {
    const known = this.#suite === undefined ? [] : [this.#suite];
    const all = [...known, ...this.#settings.cipherSuites.filter((id) => id !== this.#suite)];
    return all.filter((id) => suites.has(id) && !refused.has(id));
  }

  #attempt(id: number, firstSends: number, until: number): Promise<Opened> {
    const { clock, randomBytes } = this.#parts;
    const how = {
      line: this.#line,
      who: this.#settings,
      random: randomBytes,
      now: () => clock.now(),
      until,
      firstSends,
    };
    if (this.#settings.protocol === '1.5') return openSession15(how);
    this.#tag = (this.#tag + 1) & 0xff;
    const consoleId = (randomBytes(4).readUInt32LE() | 1) >>> 0;
    return openSession({ ...how, suite: suites.get(id)!, consoleId, tag: this.#tag });
  }

  async #afterRefusal(opened: Opened & { is: 'refused' }, tries: number, until: number): Promise<void> {
    const delay = refusedPauseMs * 2 ** (tries - 1);
    const { step, words } = opened;
    if (this.#parts.clock.now() + delay >= until)
      throw new IpmiSessionRefused({ bmc: this.#settings.name, step, words, tries });
    await new Promise<void>((resolve) => this.#parts.alarms.after(delay, resolve));
  }

  #noSuite(refused: ReadonlyMap<number, string>): Error {
    const why = [...refused.values()].at(-1) ?? 'none of them is one that Ingot speaks';
    return new IpmiCipherMismatch({ bmc: this.#settings.name, tried: this.#settings.cipherSuites, why });
  }

  #denied(why: string, authPauseMs: number): Error {
    const { name, username } = this.#settings;
    const retryAt = this.#parts.clock.now() + authPauseMs;
    return new IpmiAuthFailed({ bmc: name, username: username.toString(), why, retryAt, repeated: false });
  }

  #unreachable(doing: string, packets: number, ms: number): Error {
    const why = this.#parts.sendFailure();
    return new IpmiUnreachable({ bmc: this.#settings.name, doing, packets, ms, mayHaveRun: false, why });
  }
}
