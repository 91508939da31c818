// Opening a session: open session, RAKP 1 to 4 (IPMI 2.0 §13.14 to §13.24).
import { timingSafeEqual } from 'node:crypto';
import type { Line, Silence } from './line.ts';
import { type BmcSession, Session } from './session.ts';
import { type HmacKey, hmacKey } from './wire/hmac.ts';
import { type PacketPlus, payloads, writeSetup } from './wire/packet.ts';
import { type Exchange, keyBytes, rakp2Code, rakp3Code, rakp4Code, sessionIntegrityKey } from './wire/rakp.ts';
import { noKeys, sessionKeys } from './wire/seal.ts';
import {
  readOpenSessionResponse,
  readRakp2,
  readRakp34,
  writeOpenSessionRequest,
  writeRakp1,
  writeRakp34,
} from './wire/setup.ts';
import { type Suite, sessionStatus, sessionStatusName } from './wire/suites.ts';
import { isUnreadable, type Unreadable } from './wire/unreadable.ts';

interface Credentials {
  readonly username: Buffer;
  readonly password: Buffer;
  /** The BMC's key; none where it is not set. */
  readonly kg: Buffer | undefined;
  readonly privilege: number;
}

/** How an attempt at a session ended. */
export type Opened =
  | { readonly is: 'open'; readonly session: BmcSession }
  /** Another suite may do. */
  | { readonly is: 'cipher'; readonly why: string }
  /** User, password, Kg or privilege is wrong. */
  | { readonly is: 'denied'; readonly why: string }
  | { readonly is: 'refused'; readonly step: string; readonly status: number; readonly words: string }
  | (Silence & { readonly step: string });

export interface Attempt {
  readonly line: Line;
  readonly who: Credentials;
  readonly suite: Suite;
  readonly consoleId: number;
  readonly tag: number;
  readonly random: (size: number) => Buffer;
  now(): number;
  readonly until: number;
  /** Packets to send for the first step; a BMC that answered it is given `laterSends` for each of the others. */
  readonly firstSends: number;
}

const laterSends = 4;

const suiteStatuses: ReadonlySet<number> = new Set([
  sessionStatus.invalidAuth,
  sessionStatus.invalidIntegrity,
  sessionStatus.noMatchingAuth,
  sessionStatus.noMatchingIntegrity,
  sessionStatus.invalidRole,
  sessionStatus.invalidConfidentiality,
  sessionStatus.noSuiteMatch,
]);
const userStatuses: ReadonlySet<number> = new Set([
  sessionStatus.unauthorizedRole,
  sessionStatus.invalidNameLength,
  sessionStatus.unauthorizedName,
  sessionStatus.unauthorizedGuid,
  sessionStatus.invalidCheck,
]);

/** What a status other than 00 means for the attempt. */
function refusal(step: string, status: number): Opened {
  const words = `${sessionStatusName(status)} (${step})`;
  if (suiteStatuses.has(status)) return { is: 'cipher', why: words };
  if (userStatuses.has(status)) return { is: 'denied', why: words };
  return { is: 'refused', step, status, words: sessionStatusName(status) };
}

interface Step<T> {
  readonly name: string;
  readonly sends: number;
  readonly ask: number;
  readonly payload: Buffer;
  readonly answer: number;
  read(payload: Buffer): T | Unreadable;
}

/** One step: its answer, or how the attempt ended with it. */
async function take<T extends { tag: number; status: number }>(a: Attempt, step: Step<T>): Promise<T | Opened> {
  const packet = writeSetup(step.ask, step.payload);
  const reply = await a.line.ask({
    packet: () => packet,
    sends: step.sends,
    until: a.until,
    answer(heard) {
      if (heard.is !== 'plus' || heard.payloadType !== step.answer) return undefined;
      const read = step.read((heard as PacketPlus).payload);
      return isUnreadable(read) || read.tag !== a.tag ? undefined : read;
    },
  });
  if ('is' in reply && reply.is === 'silence') return { ...(reply as Silence), step: step.name };
  const answer = reply as T;
  return answer.status === sessionStatus.ok ? answer : refusal(step.name, answer.status);
}

const ended = (outcome: object): outcome is Opened => !('tag' in outcome);

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** One attempt at a session with one cipher suite. */
export async function openSession(a: Attempt): Promise<Opened> {
  const { suite, consoleId, tag } = a;
  const opened = await take(a, {
    name: 'open session',
    sends: a.firstSends,
    ask: payloads.openSessionRequest,
    payload: writeOpenSessionRequest({ tag, maxPrivilege: 0, consoleId, ...suite }),
    answer: payloads.openSessionResponse,
    read: readOpenSessionResponse,
  });
  if (ended(opened)) return opened;
  // pyghmi's BMC takes any proposal for suite 3 and says so only here.
  const { auth, integrity, confidentiality, bmcId } = opened;
  if (auth !== suite.auth || integrity !== suite.integrity || confidentiality !== suite.confidentiality)
    return { is: 'cipher', why: `it chose algorithms ${auth}/${integrity}/${confidentiality} instead` };
  return prove(a, bmcId);
}

async function prove(a: Attempt, bmcId: number): Promise<Opened> {
  const { suite, consoleId, tag, who } = a;
  const consoleRandom = Buffer.from(a.random(16));
  // Bit 4: the user is looked up by name alone, as ipmitool asks for it.
  const role = who.privilege | 0x10;
  const two = await take(a, {
    name: 'RAKP 1',
    sends: laterSends,
    ask: payloads.rakp1,
    payload: writeRakp1({ tag, bmcId, random: consoleRandom, role, username: who.username }),
    answer: payloads.rakp2,
    read: readRakp2,
  });
  if (ended(two)) return two;
  const { username } = who;
  const { random: bmcRandom, guid } = two;
  const x: Exchange = { suite, consoleId, bmcId, consoleRandom, bmcRandom, guid, role, username };
  const userKey = hmacKey(suite.hash ?? 'sha1', keyBytes(who.password));
  if (!same(rakp2Code(x, userKey), two.code)) {
    tellOff(a, bmcId);
    return { is: 'denied', why: 'its proof of the password is not ours, so the password is wrong' };
  }
  return agree(a, x, userKey);
}

/** Tells the BMC that its proof was wrong, so that it frees the slot at once. */
function tellOff(a: Attempt, bmcId: number): void {
  const payload = { tag: a.tag, status: sessionStatus.invalidCheck, sessionId: bmcId, code: Buffer.alloc(0) };
  a.line.send(writeSetup(payloads.rakp3, writeRakp34(payload)));
}

const refusedAtLast: Opened = {
  is: 'refused',
  step: 'RAKP 3',
  status: sessionStatus.invalidCheck,
  words: sessionStatusName(sessionStatus.invalidCheck),
};

async function agree(a: Attempt, x: Exchange, userKey: HmacKey): Promise<Opened> {
  const { suite, bmcId, consoleId } = x;
  const four = await take(a, {
    name: 'RAKP 3',
    sends: laterSends,
    ask: payloads.rakp3,
    payload: writeRakp34({ tag: a.tag, status: 0, sessionId: bmcId, code: rakp3Code(x, userKey) }),
    answer: payloads.rakp4,
    read: readRakp34,
  });
  // The password was proved by RAKP 2: a BMC that doubts it now has heard RAKP 1 twice and counts on its second RAKP 2.
  if (ended(four)) return four.is === 'denied' ? refusedAtLast : four;
  const kg = a.who.kg && suite.hash ? hmacKey(suite.hash, keyBytes(a.who.kg)) : userKey;
  const sik = sessionIntegrityKey(x, kg);
  if (!same(rakp4Code(x, sik), four.code))
    return { is: 'denied', why: 'it took the password, but came to another session key: Kg differs' };
  const keys = suite.hash ? sessionKeys(suite, sik) : noKeys(suite);
  const { random, who } = a;
  return { is: 'open', session: new Session({ keys, bmcId, consoleId, random, privilege: who.privilege }, a.now()) };
}
