// How packets of IPMI 1.5 sessions are authenticated (IPMI 2.0 §13.6, §22.17.1), and the commands that open such a session.
import { hash, timingSafeEqual } from 'node:crypto';
import { md2 } from './md2.ts';
import { type Packet15, write15 } from './packet.ts';
import { type Unreadable, unreadable } from './unreadable.ts';

/** Authentication types as they go over the wire; bit n of the capabilities stands for type n. */
export const authTypes = { none: 0, md2: 1, md5: 2, password: 4 } as const;
export type AuthType = (typeof authTypes)[keyof typeof authTypes];

export const isAuthType = (value: number): value is AuthType => Object.values<number>(authTypes).includes(value);

/** The strongest type first. */
export const strongestFirst: readonly AuthType[] = [authTypes.md5, authTypes.md2, authTypes.password, authTypes.none];

const secretLength = 16;
const none = Buffer.alloc(0);

/** A password as the 16 bytes that 1.5 knows. */
export function secret15(password: Uint8Array): Buffer {
  const out = Buffer.alloc(secretLength);
  out.set(password.subarray(0, secretLength));
  return out;
}

/** What proves, in the head of a packet, that its sender knows the secret. */
function authCode(type: AuthType, secret: Buffer, p: Pick<Packet15, 'sessionId' | 'sequence' | 'payload'>): Buffer {
  if (type === authTypes.none) return none;
  if (type === authTypes.password) return secret;
  const ids = Buffer.allocUnsafe(4);
  ids.writeUInt32LE(p.sessionId);
  const sequence = Buffer.allocUnsafe(4);
  sequence.writeUInt32LE(p.sequence);
  const signed = Buffer.concat([secret, ids, p.payload, sequence, secret]);
  return type === authTypes.md5 ? hash('md5', signed, 'buffer') : md2(signed);
}

/** A whole datagram of a 1.5 session. */
export function seal15(type: AuthType, secret: Buffer, sessionId: number, sequence: number, payload: Buffer): Buffer {
  const code = authCode(type, secret, { sessionId, sequence, payload });
  return write15({ authType: type, sequence, sessionId, authCode: code, payload });
}

/** The payload of a packet, after its authentication was checked; its type must be that of the session. */
export function unseal15(type: AuthType, secret: Buffer, packet: Packet15): Buffer | Unreadable {
  if (packet.authType !== type) return unreadable('authenticated unlike its session');
  const expected = authCode(type, secret, packet);
  if (expected.length !== packet.authCode.length) return unreadable('the authentication code is incomplete');
  if (!timingSafeEqual(expected, packet.authCode)) return unreadable('the authentication code is wrong');
  return packet.payload;
}

/** What follows the completion code of Get Session Challenge (§22.16). */
export function readChallenge(b: Buffer): { readonly id: number; readonly challenge: Buffer } | Unreadable {
  if (b.length < 20) return unreadable('session challenge shorter than 20 bytes');
  return { id: b.readUInt32LE(0), challenge: Buffer.from(b.subarray(4, 20)) };
}

export interface Activation {
  readonly authType: number;
  readonly privilege: number;
  readonly challenge: Buffer;
  /** The number that the BMC's first packet shall have. */
  readonly outbound: number;
}

/** The request of Activate Session (§22.17). */
export function writeActivation(a: Activation): Buffer {
  const out = Buffer.alloc(22);
  out[0] = a.authType;
  out[1] = a.privilege;
  out.set(a.challenge, 2);
  out.writeUInt32LE(a.outbound, 18);
  return out;
}

export function readActivation(b: Buffer): Activation | Unreadable {
  if (b.length < 22) return unreadable('session activation shorter than 22 bytes');
  const challenge = Buffer.from(b.subarray(2, 18));
  return { authType: b[0]! & 0x0f, privilege: b[1]! & 0x0f, challenge, outbound: b.readUInt32LE(18) };
}

export interface Activated {
  /** Of the packets that follow. */
  readonly authType: number;
  readonly sessionId: number;
  /** The number that the console's next packet shall have. */
  readonly inbound: number;
  readonly privilege: number;
}

/** What follows the completion code of Activate Session. */
export function writeActivated(a: Activated): Buffer {
  const out = Buffer.alloc(10);
  out[0] = a.authType;
  out.writeUInt32LE(a.sessionId, 1);
  out.writeUInt32LE(a.inbound, 5);
  out[9] = a.privilege;
  return out;
}

export function readActivated(b: Buffer): Activated | Unreadable {
  if (b.length < 10) return unreadable('answer to a session activation shorter than 10 bytes');
  const authType = b[0]! & 0x0f;
  return { authType, sessionId: b.readUInt32LE(1), inbound: b.readUInt32LE(5), privilege: b[9]! & 0x0f };
}
