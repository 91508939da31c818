// Sessions of IPMI 1.5 on one BMC: a challenge, and its answer (IPMI 2.0 §22.16, §22.17).
import type { Clock } from '#base/clock.ts';
import {
  type AuthType,
  authTypes,
  isAuthType,
  readActivation,
  seal15,
  secret15,
  unseal15,
  writeActivated,
} from '../wire/auth15.ts';
import { completion } from '../wire/completion-codes.ts';
import { readMessage, writeResponse } from '../wire/message.ts';
import type { Packet15 } from '../wire/packet.ts';
import { suites } from '../wire/suites.ts';
import { isUnreadable } from '../wire/unreadable.ts';
import { type BmcSpec, type BmcUser, usualAuthTypes } from './bmc-spec.ts';
import type { Answer } from './handler.ts';
import { newServerSession, type Peer, type ServerSession } from './server-session.ts';
import type { Sessions } from './sessions.ts';

interface Challenge {
  readonly words: Buffer;
  readonly user: BmcUser;
  readonly authType: AuthType;
  readonly secret: Buffer;
}

export interface Sessions15Parts {
  readonly clock: Clock;
  randomBytes(size: number): Buffer;
}

const none = Buffer.alloc(0);
const activation = { netFn: 0x06, cmd: 0x3a } as const;
const invalidUser = 0x81;
const noSlot = 0x81;
const invalidSession = 0x85;
const privilegeTooHigh = 0x86;
/** Challenges that nobody has answered: the oldest is forgotten. */
const mostChallenges = 32;

export class Sessions15 {
  readonly #parts: Sessions15Parts;
  readonly #spec: BmcSpec;
  readonly #sessions: Sessions;
  readonly #challenges = new Map<number, Challenge>();

  constructor(parts: Sessions15Parts, spec: BmcSpec, sessions: Sessions) {
    this.#parts = parts;
    this.#spec = spec;
    this.#sessions = sessions;
  }

  /** Answers Get Session Challenge. */
  challenge(data: Buffer): Answer {
    if (data.length < 17) return completion.lengthInvalid;
    const authType = data[0]! & 0x0f;
    if (!isAuthType(authType) || !this.#offers(authType)) return completion.invalidField;
    const name = data.subarray(1, 17).toString('latin1').replace(/\0.*$/s, '');
    const user = this.#spec.users.find((each) => each.enabled && each.name === name);
    if (!user) return invalidUser;
    const password = this.#spec.faults?.refuseUsers ? Buffer.from('not this one') : user.password;
    const id = (this.#parts.randomBytes(4).readUInt32LE() | 1) >>> 0;
    const words = Buffer.from(this.#parts.randomBytes(16));
    const [oldest] = this.#challenges.keys();
    if (oldest !== undefined && this.#challenges.size >= mostChallenges) this.#challenges.delete(oldest);
    this.#challenges.set(id, { words, user, authType, secret: secret15(password) });
    const head = Buffer.alloc(4);
    head.writeUInt32LE(id);
    return Buffer.concat([head, words]);
  }

  #offers(authType: AuthType): boolean {
    return (this.#spec.authTypes ?? usualAuthTypes).includes(authType);
  }

  /** Answers Activate Session in a packet that proves the password; nobody else is answered. */
  activate(packet: Packet15, peer: Peer): Buffer | undefined {
    const challenge = this.#challenges.get(packet.sessionId);
    if (!challenge || isUnreadable(unseal15(challenge.authType, challenge.secret, packet))) return undefined;
    const request = readMessage(packet.payload);
    if (isUnreadable(request) || request.netFn !== activation.netFn || request.cmd !== activation.cmd) return undefined;
    const { authType, secret } = challenge;
    // Numbered with the first number that the console has chosen (FreeIPMI counts on from it), or not at all.
    const seal = (code: number, data: Uint8Array, sequence = 0) =>
      seal15(authType, secret, packet.sessionId, sequence, writeResponse(request, code, data));
    const session = this.#accept(request.data, packet.sessionId, challenge, peer);
    if (typeof session === 'number') return seal(session, none);
    const inbound = (this.#parts.randomBytes(4).readUInt32LE() | 1) >>> 0;
    const kept = this.#spec.authenticateOnce ? authTypes.none : authType;
    const { id: sessionId, maxPrivilege: privilege } = session;
    const activated = writeActivated({ authType: kept, sessionId, inbound, privilege });
    const answer = seal(completion.ok, activated, session.sequence);
    session.wrap15 = { authType: kept, secret, activated: { request: Buffer.from(packet.payload), answer } };
    this.#sessions.add(session);
    return answer;
  }

  /** The session that is asked for, or the completion code that says why not. */
  #accept(data: Buffer, id: number, { words, user }: Challenge, peer: Peer): ServerSession | number {
    const asked = readActivation(data);
    if (isUnreadable(asked)) return completion.lengthInvalid;
    if (!words.equals(asked.challenge)) return invalidSession;
    if (asked.privilege > user.privilege) return privilegeTooHigh;
    if (!this.#sessions.hasRoom()) return noSlot;
    this.#challenges.delete(id);
    const usedAt = this.#parts.clock.now();
    // It has no cipher suite: number 0 is the one that protects nothing.
    const facts = { id, consoleId: id, suite: suites.get(0)!, maxPrivilege: asked.privilege, peer, usedAt };
    const session = newServerSession(facts);
    session.user = user;
    session.sequence = asked.outbound;
    session.privilege = Math.min(2, user.privilege);
    return session;
  }
}
