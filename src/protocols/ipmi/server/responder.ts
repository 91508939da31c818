// One BMC: a datagram comes in, the answers go out.
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { authTypes, seal15, unseal15 } from '../wire/auth15.ts';
import { completion } from '../wire/completion-codes.ts';
import { type Message, readMessage, writeResponse } from '../wire/message.ts';
import { asfTypes, type Packet15, type PacketPlus, payloads, readPacket, write15, writeAsf } from '../wire/packet.ts';
import { seal, unseal } from '../wire/seal.ts';
import { readOpenSessionRequest, readRakp1, readRakp34 } from '../wire/setup.ts';
import { readSol } from '../wire/sol.ts';
import { isUnreadable } from '../wire/unreadable.ts';
import type { BmcSpec } from './bmc-spec.ts';
import type { Answer, BmcMemory, Handler, Scene } from './handler.ts';
import { handlers } from './handlers.ts';
import type { Peer, ServerSession, Wrap15 } from './server-session.ts';
import { Sessions } from './sessions.ts';
import { Sessions15 } from './sessions15.ts';
import { SolEnd } from './sol-end.ts';

export interface ResponderParts {
  readonly clock: Clock;
  readonly log: Log;
  /** The UDP port that the BMC answers on. */
  readonly port: number;
  randomBytes(size: number): Buffer;
  send(datagram: Buffer, to: Peer): void;
}

const none = Buffer.alloc(0);

export class Responder {
  readonly #parts: ResponderParts;
  readonly #spec: BmcSpec;
  readonly #sessions: Sessions;
  readonly #sessions15: Sessions15;
  readonly #memory: BmcMemory = {
    selReservation: 0,
    sdrReservation: 0,
    invalidBoot: new Set(),
    watchdog: new Uint8Array(0),
  };

  constructor(parts: ResponderParts, spec: BmcSpec) {
    this.#parts = parts;
    this.#spec = spec;
    this.#sessions = new Sessions(parts, spec);
    this.#sessions15 = new Sessions15(parts, spec, this.#sessions);
  }

  close(): void {
    this.#sessions.closeAll();
  }

  /** Forgets all sessions without a word, as a BMC does that restarts. */
  loseSessions(): void {
    this.#sessions.closeAll();
  }

  hear(bytes: Buffer, peer: Peer): void {
    const packet = readPacket(bytes);
    if (packet.is === 'plus') this.#hearPlus(packet, peer);
    else if (packet.is === 'v1.5') void this.#hear15(packet, peer);
    else if (packet.is === 'asf' && packet.type === asfTypes.ping) this.#pong(packet.rmcpSequence, packet.tag, peer);
  }

  #pong(rmcpSequence: number, tag: number, peer: Peer): void {
    const data = Buffer.from([0, 0, 0x11, 0xbe, 0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0]);
    this.#parts.send(writeAsf({ rmcpSequence, type: asfTypes.pong, tag, data }), peer);
  }

  async #hear15(packet: Packet15, peer: Peer): Promise<void> {
    if (packet.sessionId === 0) return this.#hearOutside(packet, peer);
    const session = this.#sessions.find(packet.sessionId);
    if (session?.wrap15) return this.#hearSession15(session, session.wrap15, packet, peer);
    const answer = session ? undefined : this.#sessions15.activate(packet, peer);
    if (answer) this.#parts.send(answer, peer);
  }

  /** Outside of sessions: what a console asks before it opens one. */
  async #hearOutside(packet: Packet15, peer: Peer): Promise<void> {
    const message = readMessage(packet.payload);
    if (isUnreadable(message)) return;
    const challenged = message.netFn === 0x06 && message.cmd === 0x39;
    const payload = challenged
      ? answerWith(message, this.#sessions15.challenge(message.data))
      : (await this.#answer(message, undefined))[0];
    if (payload) this.#parts.send(write15({ authType: 0, sequence: 0, sessionId: 0, authCode: none, payload }), peer);
  }

  async #hearSession15(session: ServerSession, wrap: Wrap15, packet: Packet15, peer: Peer): Promise<void> {
    const plain = unseal15(wrap.authType, wrap.secret, packet);
    if (packet.payload.equals(wrap.activated.request)) return this.#parts.send(wrap.activated.answer, peer);
    const counted = wrap.authType !== authTypes.none || packet.sequence !== 0;
    if (isUnreadable(plain) || (counted && !session.window.take(packet.sequence))) return;
    await this.#serve(session, plain, peer);
  }

  #hearPlus(packet: PacketPlus, peer: Peer): void {
    const answer = this.#setUp(packet, peer);
    if (answer) this.#parts.send(answer, peer);
    if (packet.payloadType > payloads.sol) return;
    const session = this.#sessions.find(packet.sessionId);
    if (session?.keys) void this.#hearSession(session, packet, peer);
    else if (packet.sessionId === 0 && packet.payloadType === payloads.ipmi) void this.#hearSessionless(packet, peer);
  }

  #setUp({ payloadType, payload }: PacketPlus, peer: Peer): Buffer | undefined {
    if (payloadType === payloads.openSessionRequest) {
      const request = readOpenSessionRequest(payload);
      return isUnreadable(request) ? undefined : this.#sessions.request(request, peer);
    }
    if (payloadType === payloads.rakp1) {
      const one = readRakp1(payload);
      return isUnreadable(one) ? undefined : this.#sessions.rakp1(one);
    }
    if (payloadType === payloads.rakp3) {
      const three = readRakp34(payload);
      return isUnreadable(three) ? undefined : this.#sessions.rakp3(three);
    }
    return undefined;
  }

  async #hearSessionless(packet: PacketPlus, peer: Peer): Promise<void> {
    const message = packet.authenticated || packet.encrypted ? undefined : readMessage(packet.payload);
    if (!message || isUnreadable(message)) return;
    const [answer] = await this.#answer(message, undefined);
    if (!answer) return;
    const out = Buffer.alloc(16 + answer.length);
    out.set([6, 0, 0xff, 7, 6, payloads.ipmi]);
    out.writeUInt16LE(answer.length, 14);
    out.set(answer, 16);
    this.#parts.send(out, peer);
  }

  async #hearSession(session: ServerSession, packet: PacketPlus, peer: Peer): Promise<void> {
    const isSol = packet.payloadType === payloads.sol;
    const plain = unseal((isSol && session.solKeys) || session.keys!, packet);
    if (isUnreadable(plain) || !session.window.take(packet.sequence)) return;
    if (isSol) {
      session.usedAt = this.#parts.clock.now();
      session.peer = peer;
      const sol = readSol(plain);
      if (!isUnreadable(sol)) session.sol?.heard(sol);
      return;
    }
    await this.#serve(session, plain, peer);
  }

  async #serve(session: ServerSession, plain: Buffer, peer: Peer): Promise<void> {
    session.usedAt = this.#parts.clock.now();
    session.peer = peer;
    const request = readMessage(plain);
    if (isUnreadable(request)) return;
    for (const answer of await this.#answerOnce(session, request)) this.#send(session, payloads.ipmi, answer);
    session.sol?.start();
  }

  #send(session: ServerSession, payloadType: number, plain: Buffer): void {
    session.sequence = (session.sequence + 1) >>> 0 || 1;
    const { consoleId, sequence, peer, wrap15 } = session;
    const keys = (payloadType === payloads.sol && session.solKeys) || session.keys!;
    const datagram = wrap15
      ? seal15(wrap15.authType, wrap15.secret, consoleId, sequence, plain)
      : seal(keys, payloadType, consoleId, sequence, plain, this.#parts.randomBytes);
    this.#parts.send(datagram, peer);
  }

  /** A repeated request gets the answer of the first; while that is still being done, none. */
  async #answerOnce(session: ServerSession, request: Message): Promise<readonly Buffer[]> {
    const before = session.last;
    if (before && sameRequest(before.request, request)) return before.answers ?? [];
    session.last = { request, answers: undefined };
    const answers = await this.#answer(request, session);
    session.last = { request, answers };
    return this.#spec.faults?.dropAnswer?.(request.netFn, request.cmd) ? [] : answers;
  }

  /** The answer, and behind it those of the controllers that the request was handed on to. */
  async #answer(
    request: Message,
    session: ServerSession | undefined,
    at: Pick<BmcSpec, 'chassis' | 'satellites'> = this.#spec,
  ): Promise<readonly Buffer[]> {
    const { netFn, cmd, data } = request;
    if (netFn & 1) return [];
    const handler = handlers.get((netFn << 8) | cmd);
    if (!session && handler?.needs !== 0) return [];
    if (!handler) return [answerWith(request, completion.invalidCommand)];
    if (session && handler.needs > session.privilege) return [answerWith(request, completion.privilege)];
    const failure = this.#spec.faults?.fail?.(netFn, cmd, data);
    if (failure !== undefined) return [answerWith(request, failure)];
    const following: Buffer[] = [];
    const scene: Scene = {
      ...this.#scene(session),
      chassis: at.chassis,
      satellites: at.satellites ?? [],
      askSatellite: async (to, inner, tell) => {
        const answers = await this.#answer({ ...inner, rqAddr: request.rqAddr }, session, to);
        if (tell) following.push(...answers);
      },
    };
    return [answerWith(request, await this.#run(handler, data, scene)), ...following];
  }

  /** A machine that throws is a BMC that says "unspecified error". */
  async #run(handler: Handler, data: Buffer, scene: Scene): Promise<Answer> {
    try {
      return await handler.run(data, scene);
    } catch (error) {
      this.#parts.log.warn(
        { port: this.#parts.port, error: explain(error) },
        'A simulated machine failed to obey IPMI.',
      );
      return completion.unspecified;
    }
  }

  #scene(session: ServerSession | undefined): Omit<Scene, 'satellites' | 'askSatellite'> {
    const sessions = this.#sessions;
    return {
      chassis: this.#spec.chassis,
      spec: this.#spec,
      clock: this.#parts.clock,
      session,
      port: this.#parts.port,
      memory: this.#memory,
      sessions: () => sessions.open(),
      openSol: (holder) => this.#openSol(holder),
      // The answer still goes out in the session that it closes.
      closeSession: (closing) => sessions.close(closing),
      restart: () => sessions.closeAll(),
    };
  }

  #openSol(session: ServerSession): void {
    const serial = this.#spec.chassis.console;
    if (serial)
      session.sol = new SolEnd(serial, (payload) => this.#send(session, payloads.sol, payload), this.#parts.clock);
  }
}

const answerWith = (request: Message, answer: Answer): Buffer =>
  typeof answer === 'number'
    ? writeResponse(request, answer, none)
    : writeResponse(request, completion.ok, Uint8Array.from(answer));

function sameRequest(a: Message, b: Message): boolean {
  return a.rqSeq === b.rqSeq && a.netFn === b.netFn && a.cmd === b.cmd && a.data.equals(b.data);
}
