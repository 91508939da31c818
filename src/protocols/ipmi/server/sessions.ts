// The session slots of one BMC, and the setting up of sessions in them (IPMI 2.0 §13.14 to §13.24).
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { hmacKey } from '../wire/hmac.ts';
import { payloads, writeSetup } from '../wire/packet.ts';
import { type Exchange, keyBytes, rakp2Code, rakp3Code, rakp4Code, sessionIntegrityKey } from '../wire/rakp.ts';
import { noKeys, sessionKeys } from '../wire/seal.ts';
import {
  type OpenSessionRequest,
  type Rakp1,
  type Rakp34,
  writeOpenSessionResponse,
  writeRakp2,
  writeRakp34,
} from '../wire/setup.ts';
import { sessionStatus, suiteOf } from '../wire/suites.ts';
import { type BmcSpec, type BmcUser, sessionIdleMs, usualSessions, usualSuites } from './bmc-spec.ts';
import { isOpen, newServerSession, type Peer, type ServerSession } from './server-session.ts';

const none = Buffer.alloc(0);
const byNameOnly = 0x10;
/** A session that is not open after this time gives its slot back. */
const setupMs = 10_000;

const samePeer = (a: Peer, b: Peer): boolean => a.address === b.address && a.port === b.port;

export interface SessionParts {
  readonly clock: Clock;
  randomBytes(size: number): Buffer;
}

export class Sessions {
  readonly #parts: SessionParts;
  readonly #spec: BmcSpec;
  readonly #byId = new Map<number, ServerSession>();

  constructor(parts: SessionParts, spec: BmcSpec) {
    this.#parts = parts;
    this.#spec = spec;
  }

  /** The session with this id, open or being set up. */
  find(id: number): ServerSession | undefined {
    return this.#byId.get(id);
  }

  open(): ServerSession[] {
    return [...this.#byId.values()].filter(isOpen);
  }

  /** Whether another session finds a slot. */
  hasRoom(): boolean {
    this.#freeSlots();
    return this.#byId.size < (this.#spec.maxSessions ?? usualSessions);
  }

  add(session: ServerSession): void {
    this.#byId.set(session.id, session);
  }

  close(session: ServerSession): void {
    session.sol?.close(false);
    this.#byId.delete(session.id);
  }

  closeAll(): void {
    for (const session of this.#byId.values()) this.close(session);
  }

  /** Answers an open session request. */
  request(p: OpenSessionRequest, peer: Peer): Buffer {
    const { tag, consoleId } = p;
    const suite = suiteOf(p.auth, p.integrity, p.confidentiality);
    const allowed = suite !== undefined && (this.#spec.cipherSuites ?? usualSuites).includes(suite.id);
    const maxPrivilege = p.maxPrivilege === 0 ? 4 : p.maxPrivilege;
    const refuse = (status: number) =>
      writeSetup(payloads.openSessionResponse, writeOpenSessionResponse({ ...p, status, maxPrivilege: 0, bmcId: 0 }));
    if (maxPrivilege > 4) return refuse(sessionStatus.invalidRole);
    if (!allowed) return refuse(sessionStatus.noSuiteMatch);
    const room = this.hasRoom();
    const same = [...this.#byId.values()].find(
      (s) => !isOpen(s) && s.consoleId === consoleId && samePeer(s.peer, peer),
    );
    if (!same && !room) return refuse(sessionStatus.noResources);
    // A repeated request gets the session of the first.
    const id = same?.id ?? (this.#parts.randomBytes(4).readUInt32LE() | 1) >>> 0;
    const usedAt = this.#parts.clock.now();
    this.#byId.set(id, newServerSession({ id, consoleId, suite, maxPrivilege, peer, usedAt }));
    const response = { tag, status: 0, maxPrivilege, consoleId, bmcId: id, ...suite };
    return writeSetup(payloads.openSessionResponse, writeOpenSessionResponse(response));
  }

  /** Sessions that were idle too long end. */
  #freeSlots(): void {
    const now = this.#parts.clock.now();
    for (const session of this.#byId.values()) {
      if (now - session.usedAt > (isOpen(session) ? sessionIdleMs : setupMs)) this.close(session);
    }
  }

  /** Answers RAKP 1: who it is, and the proof that we know the password. */
  rakp1(p: Rakp1): Buffer | undefined {
    const session = this.#byId.get(p.bmcId);
    const refuse = (status: number, consoleId: number) =>
      writeSetup(payloads.rakp2, writeRakp2({ tag: p.tag, status, consoleId, random: none, guid: none, code: none }));
    if (!session || isOpen(session)) return refuse(sessionStatus.invalidSession, 0);
    const user = this.#userFor(p);
    const privilege = p.role & 0x0f;
    if (!user) return refuse(sessionStatus.unauthorizedName, session.consoleId);
    if (privilege > user.privilege || privilege > session.maxPrivilege)
      return refuse(sessionStatus.unauthorizedRole, session.consoleId);
    // A repeated RAKP 1 gets the random number of the first, for the console may have taken either answer.
    const before = session.proving?.exchange;
    const repeated = before?.consoleRandom.equals(p.random) === true;
    const exchange: Exchange = {
      suite: session.suite,
      consoleId: session.consoleId,
      bmcId: session.id,
      consoleRandom: Buffer.from(p.random),
      bmcRandom: repeated ? before.bmcRandom : Buffer.from(this.#parts.randomBytes(16)),
      guid: Buffer.from(this.#spec.chassis.guid),
      role: p.role,
      username: Buffer.from(p.username),
    };
    const secret = this.#spec.faults?.refuseUsers ? Buffer.from('not this one') : user.password;
    const key = hmacKey(session.suite.hash ?? 'sha1', keyBytes(secret));
    session.proving = { exchange, user, key };
    const { bmcRandom, guid } = exchange;
    const code = rakp2Code(exchange, key);
    const fields = { tag: p.tag, status: 0, consoleId: session.consoleId, random: bmcRandom, guid, code };
    return writeSetup(payloads.rakp2, writeRakp2(fields));
  }

  #userFor(p: Rakp1): BmcUser | undefined {
    const name = p.username.toString('latin1');
    const privilege = p.role & 0x0f;
    return this.#spec.users.find(
      (user) => user.enabled && user.name === name && (p.role & byNameOnly || user.privilege >= privilege),
    );
  }

  /** Answers RAKP 3 and opens the session; undefined when the console only told of its failure. */
  rakp3(p: Rakp34): Buffer | undefined {
    const session = this.#byId.get(p.sessionId);
    const answer = (status: number, sessionId: number, code: Buffer) =>
      writeSetup(payloads.rakp4, writeRakp34({ tag: p.tag, status, sessionId, code }));
    if (!session?.proving) return answer(sessionStatus.invalidSession, 0, none);
    if (p.status !== 0) {
      this.close(session);
      return undefined;
    }
    const { exchange, key } = session.proving;
    const expected = rakp3Code(exchange, key);
    if (expected.length !== p.code.length || !timingSafeEqual(expected, p.code)) {
      this.close(session);
      return answer(sessionStatus.invalidCheck, session.consoleId, none);
    }
    const { kg } = this.#spec;
    const { suite } = session;
    const sik = sessionIntegrityKey(exchange, kg && suite.hash ? hmacKey(suite.hash, keyBytes(kg)) : key);
    session.keys ??= suite.hash ? sessionKeys(suite, sik) : noKeys(suite);
    session.user = session.proving.user;
    session.privilege = Math.min(2, session.user.privilege);
    return answer(0, session.consoleId, rakp4Code(exchange, sik));
  }
}
