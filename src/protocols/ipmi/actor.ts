// What goes on between us and one BMC: one command at a time, in a session that is opened when needed and kept a while.
import type { Fault } from '#base/errors.ts';
import type { Alarm } from './alarms.ts';
import { answerTo, bridgedMessage, directMessage, isSendMessage, sendMessage } from './bridge.ts';
import { Circuit } from './circuit.ts';
import { closeSession, deviceId, setSessionPrivilege } from './commands/app.ts';
import type { CallOptions, Command } from './commands/command.ts';
import {
  IpmiAborted,
  IpmiAuthFailed,
  IpmiBadAnswer,
  IpmiCircuitOpen,
  IpmiCommandFailed,
  IpmiUnreachable,
} from './errors.ts';
import { type Job, JobQueue, jobFor } from './job.ts';
import { Line, type Silence } from './line.ts';
import type { Place } from './pace.ts';
import type { ActorParts, BmcSettings } from './parts.ts';
import type { BmcSession } from './session.ts';
import { SessionOpener } from './session-opener.ts';
import { completion } from './wire/completion-codes.ts';
import type { Message } from './wire/message.ts';
import { type Packet15, type PacketPlus, payloads } from './wire/packet.ts';
import type { SolPacket } from './wire/sol.ts';
import { isUnreadable } from './wire/unreadable.ts';

/** Packets for a command in a session that may be gone: then a new one is opened. */
const keptSends = 2;
const freshSends = 8;
/** A session in which nothing was heard for so long is checked before something is sent that must not be sent twice. */
const trustedMs = 2_000;
/** BMCs drop a session after 60 s without traffic (IPMI 2.0 §6.12.15). */
const sessionLifeMs = 50_000;
const firstAuthPauseMs = 10_000;
const longestAuthPauseMs = 300_000;
const busyPauseMs = 500;

/** Who listens to the serial line of the session. */
export interface SolListener {
  heard(packet: SolPacket): void;
  lost(): void;
}

export class Actor {
  readonly #parts: ActorParts;
  readonly #settings: BmcSettings;
  readonly #queue = new JobQueue();
  readonly #line: Line;
  readonly #opener: SessionOpener;
  readonly #circuit: Circuit;
  #session: BmcSession | undefined;
  #working = false;
  #closed = false;
  #current: Job | undefined;
  #place: Place | undefined;
  #linger: Alarm | undefined;
  #lastCommandAt = Number.NEGATIVE_INFINITY;
  #authPause = 0;
  #authFailure: { why: string; retryAt: number } | undefined;
  #sol: SolListener | undefined;
  /** When it was last asked something; milliseconds since the epoch. */
  usedAt = 0;

  constructor(parts: ActorParts, settings: BmcSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#circuit = new Circuit(settings.circuit);
    this.#line = new Line({
      clock: parts.clock,
      alarms: parts.alarms,
      random: parts.random,
      send: (datagram) => parts.send(datagram),
      sent: () => this.#touch(),
      measured: (ms) => parts.pace.measured(ms),
      patience: () => parts.pace.patience,
    });
    this.#opener = new SessionOpener(parts, settings, this.#line);
  }

  get idle(): boolean {
    return !this.#working && !this.#session;
  }

  run<T>(command: Command<T>, options: CallOptions): Promise<T> {
    const { job, promise } = jobFor(command, options, (j) => this.#abort(j, 'the caller gave it up'));
    this.usedAt = this.#parts.clock.now();
    const refusal =
      options.signal?.aborted || this.#closed ? this.#aborted(job, 'it was given up before') : this.#blocked(job);
    if (refusal) {
      job.reject(refusal);
      return promise;
    }
    this.#queue.add(job);
    if (!this.#working) void this.#work();
    return promise;
  }

  /** Forgets the session and everything asked for; the BMC is told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#current) this.#abort(this.#current, 'the transport was closed');
    for (let job = this.#queue.next(); job; job = this.#queue.next()) this.#abort(job, 'the transport was closed');
    this.#endSession();
  }

  /** Frees the BMC's slot if nobody works in the session: somebody else wants one. */
  yieldSession(): void {
    if (!this.#working && !this.#sol) this.#endSession();
  }

  /** A packet from this BMC's address. */
  hear(packet: Packet15 | PacketPlus): void {
    if (packet.is === 'plus' && packet.payloadType >= payloads.openSessionRequest) this.#line.hear(packet);
    else if (this.#session?.ourId === packet.sessionId) this.#hearInside(this.#session, packet);
    else if (packet.is === 'v1.5') this.#line.hear(packet);
  }

  #hearInside(session: BmcSession, packet: Packet15 | PacketPlus): void {
    const inside = session.open(packet);
    if (!inside) return;
    session.heardAt = this.#parts.clock.now();
    if (inside.is === 'sol') this.#sol?.heard(inside);
    else this.#line.hear(inside);
  }

  /** Listens to serial-over-LAN; while somebody listens the session is kept. */
  listen(listener: SolListener | undefined): void {
    this.#sol = listener;
    if (listener) this.#linger?.cancel();
    else if (!this.#working) this.#keepAWhile(this.#settings.lingerMs);
  }

  now(): number {
    return this.#parts.clock.now();
  }

  after(ms: number, ring: () => void): Alarm {
    return this.#parts.alarms.after(ms, ring);
  }

  /** The error for a serial line whose packets are not acknowledged any more. */
  solLost(packets: number, ms: number): Error {
    return this.#unreachable('serial over LAN', { is: 'silence', packets, ms }, ms, false);
  }

  /** From now on packets of the serial line are signed, but not encrypted: the BMC wants it so. */
  solInTheClear(): void {
    this.#session?.clearSol?.();
  }

  sendSol(payload: Buffer): void {
    const datagram = this.#session?.sealSol?.(payload);
    if (datagram) this.#parts.send(datagram);
  }

  #touch(): void {
    if (this.#place) this.#place.at = this.#parts.clock.now();
  }

  #aborted(job: Job, why: string): Error {
    return new IpmiAborted({ bmc: this.#settings.name, command: job.command.name, why });
  }

  #abort(job: Job, why: string): void {
    if (job.ended) return;
    job.reject(this.#aborted(job, why));
    if (this.#current === job) this.#line.giveUp();
  }

  /** Why this job is not tried now. Orders are: whoever gives one wants to know how it is today. */
  #blocked(job: Job): Error | undefined {
    const now = this.#parts.clock.now();
    const { name, username } = this.#settings;
    if (this.#authFailure && now < this.#authFailure.retryAt)
      return new IpmiAuthFailed({ bmc: name, username: username.toString(), ...this.#authFailure, repeated: true });
    const open = job.rank === 'order' ? undefined : this.#circuit.blocked(now);
    return open && new IpmiCircuitOpen({ bmc: name, ...open });
  }

  async #work(): Promise<void> {
    this.#working = true;
    this.#linger?.cancel();
    let { lingerMs } = this.#settings;
    for (let job = this.#queue.next(); job; job = this.#queue.next()) {
      await this.#turn(job);
      lingerMs = Math.max(this.#settings.lingerMs, job.command.lingerMs ?? 0);
      if (this.#place) this.#parts.pace.leave(this.#place);
      this.#place = undefined;
      this.#current = undefined;
    }
    this.#working = false;
    this.#keepAWhile(lingerMs);
  }

  async #turn(job: Job): Promise<void> {
    const rest =
      job.command.paced === false
        ? 0
        : this.#lastCommandAt + this.#settings.minCommandIntervalMs - this.#parts.clock.now();
    if (rest > 0) await this.#pause(rest);
    if (job.rank !== 'order') {
      const place = this.#parts.pace.enter();
      this.#place = place instanceof Promise ? await place : place;
    }
    if (job.ended) return;
    const blocked = this.#blocked(job);
    if (blocked) return job.reject(blocked);
    if (this.#parts.clock.now() >= job.deadline)
      return this.#abort(job, 'its deadline passed while it waited its turn');
    this.#current = job;
    try {
      const value = await this.#perform(job);
      this.#answered();
      if (!job.ended) job.resolve(value);
    } catch (error) {
      this.#note(error);
      if (!job.ended) job.reject(error);
    }
    this.#lastCommandAt = this.#parts.clock.now();
  }

  #answered(): void {
    this.#circuit.answered();
    this.#authPause = 0;
    this.#authFailure = undefined;
  }

  #note(error: unknown): void {
    if (IpmiAborted.is(error)) return;
    const now = this.#parts.clock.now();
    if (IpmiUnreachable.is(error)) this.#circuit.silent(now, this.#parts.random());
    else this.#circuit.answered();
    if (!IpmiAuthFailed.is(error)) return;
    this.#authPause = Math.min(longestAuthPauseMs, this.#authPause * 2 || firstAuthPauseMs);
    this.#authFailure = { why: error.facts.why, retryAt: error.facts.retryAt };
  }

  async #perform(job: Job): Promise<unknown> {
    const { command } = job;
    const { clock } = this.#parts;
    const started = clock.now();
    const until = Math.min(job.deadline, started + this.#settings.commandTimeoutMs);
    for (let round = 1; ; round++) {
      const kept = this.#keptSession();
      const session = kept ?? (await this.#open(job, until));
      const alive = await this.#prepare(session, command, until);
      // A serial line is not given up for two lost packets.
      const sends = command.once ? 1 : kept && !this.#sol ? keptSends : freshSends;
      const reply = alive ? await this.#exchange(session, command, sends, until) : undefined;
      if (job.ended) throw this.#aborted(job, 'it was given up');
      if (!reply || 'packets' in reply) {
        this.#dropSession();
        const mayHaveRun = command.once === true && reply !== undefined && reply.packets > 0;
        if (kept && !mayHaveRun && clock.now() < until) continue;
        throw this.#unreachable(command.name, reply, clock.now() - started, mayHaveRun);
      }
      const code = reply.data[0] ?? completion.unspecified;
      if (isSendMessage(reply) && command.cmd !== sendMessage.cmd) throw this.#notHandedOn(command, code);
      if (code === completion.ok) return this.#read(command, reply.data.subarray(1));
      if (code === completion.privilege && session.level < session.privilege) {
        // A BMC that wants more than the specification asks for.
        await this.#raise(session, until);
        continue;
      }
      const again = code === completion.busy || code === completion.initializing;
      const delay = busyPauseMs * 2 ** (round - 1);
      if (!again || clock.now() + delay >= until) throw this.#failed(command, code);
      await this.#pause(delay);
    }
  }

  #keptSession(): BmcSession | undefined {
    const session = this.#session;
    if (session && this.#parts.clock.now() - session.heardAt > sessionLifeMs) this.#dropSession();
    return this.#session;
  }

  async #open(job: Job, until: number): Promise<BmcSession> {
    const session = await this.#opener.open(job, until, this.#authPause * 2 || firstAuthPauseMs);
    if (job.ended) throw this.#aborted(job, 'it was given up');
    this.#session = session;
    return session;
  }

  /** Makes sure that the session lives and may do the command; false when it is silent. */
  async #prepare(session: BmcSession, command: Command, until: number): Promise<boolean> {
    if (command.once && this.#parts.clock.now() - session.heardAt > trustedMs) {
      const reply = await this.#exchange(session, deviceId, keptSends, until);
      if ('packets' in reply) return false;
    }
    return command.needs <= session.level || session.level >= session.privilege || this.#raise(session, until);
  }

  async #raise(session: BmcSession, until: number): Promise<boolean> {
    const command = setSessionPrivilege(session.privilege);
    const reply = await this.#exchange(session, command, freshSends, until);
    if ('packets' in reply) return false;
    const code = reply.data[0] ?? completion.unspecified;
    if (code !== completion.ok) throw this.#failed(command, code);
    session.level = session.privilege;
    return true;
  }

  #exchange(session: BmcSession, command: Command, sends: number, until: number): Promise<Message | Silence> {
    const { netFn, lun = 0, cmd } = command;
    const data = command.dataIn?.(session.sealed) ?? command.data;
    const request = { rqSeq: session.nextRequest(), netFn, lun, cmd, data };
    const bridge = command.direct ? undefined : this.#settings.bridge;
    const message = bridge ? bridgedMessage(bridge, request) : directMessage(request);
    return this.#line.ask<Message>({
      packet: () => session.seal(message),
      sends,
      until,
      answer: (heard) => (heard.is === 'message' ? answerTo(request, heard, bridge !== undefined) : undefined),
    });
  }

  #read(command: Command, data: Buffer): unknown {
    const value = command.read(data);
    if (typeof value !== 'object' || value === null || !isUnreadable(value)) return value;
    const answer = data.subarray(0, 32).toString('hex');
    throw new IpmiBadAnswer({ bmc: this.#settings.name, command: command.name, why: value.why, answer });
  }

  #notHandedOn(command: Command, code: number): Error {
    const name = `Send Message, to hand on ${command.name},`;
    return new IpmiCommandFailed({ bmc: this.#settings.name, command: name, ...sendMessage, code });
  }

  #failed(command: Command, code: number): Error {
    const { name, netFn, cmd } = command;
    return new IpmiCommandFailed({ bmc: this.#settings.name, command: name, netFn, cmd, code });
  }

  #unreachable(doing: string, silence: Silence | undefined, ms: number, mayHaveRun: boolean): Fault {
    const why = this.#parts.sendFailure();
    return new IpmiUnreachable({
      bmc: this.#settings.name,
      doing,
      packets: silence?.packets ?? 0,
      ms,
      mayHaveRun,
      why,
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.alarms.after(ms, resolve));
  }

  #keepAWhile(lingerMs: number): void {
    if (!this.#session || this.#sol) return;
    if (lingerMs === 0) this.#endSession();
    else this.#linger = this.#parts.alarms.after(lingerMs, () => this.#endSession());
  }

  #dropSession(): void {
    this.#session = undefined;
    this.#sol?.lost();
    this.#sol = undefined;
  }

  /** Closes the session without waiting for the BMC's word: if the packet is lost, the BMC's own time-out does it. */
  #endSession(): void {
    const session = this.#session;
    if (!session) return;
    const { netFn, cmd, data } = closeSession(session.id);
    const request = { rqSeq: session.nextRequest(), netFn, lun: 0, cmd, data };
    this.#parts.send(session.seal(directMessage(request)));
    this.#dropSession();
  }
}
