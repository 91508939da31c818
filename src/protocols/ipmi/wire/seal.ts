// Signing and encrypting RMCP+ packets (IPMI 2.0 §13.28, §13.29).
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { type PacketPlus, writePlusHeader } from './packet.ts';
import type { Suite } from './suites.ts';
import { type Unreadable, unreadable } from './unreadable.ts';

/** What both ends hold after RAKP 4. */
export interface SessionKeys {
  readonly suite: Suite;
  readonly integrity: HmacKey | undefined;
  readonly aes: KeyObject | undefined;
}

const ivLength = 16;
const blockLength = 16;
const nextHeader = 0x07;

/** The keys of a session from its SIK: K1 signs, the first 16 bytes of K2 encrypt. */
export function sessionKeys(suite: Suite, sik: Buffer): SessionKeys {
  if (!suite.hash || suite.integrity === 0) return { suite, integrity: undefined, aes: undefined };
  const base = hmacKey(suite.hash, sik);
  // The constants are 20 bytes long for SHA-256 too.
  const k1 = hmac(base, Buffer.alloc(20, 1));
  const aes =
    suite.confidentiality === 1 ? createSecretKey(hmac(base, Buffer.alloc(20, 2)).subarray(0, 16)) : undefined;
  return { suite, integrity: hmacKey(suite.hash, k1), aes };
}

export const noKeys = (suite: Suite): SessionKeys => ({ suite, integrity: undefined, aes: undefined });

function encrypt(aes: KeyObject, iv: Buffer, plain: Uint8Array): Buffer {
  const padding = (blockLength - ((plain.length + 1) % blockLength)) % blockLength;
  const padded = Buffer.allocUnsafe(plain.length + padding + 1);
  padded.set(plain);
  for (let i = 1; i <= padding; i++) padded[plain.length + i - 1] = i;
  padded[padded.length - 1] = padding;
  const cipher = createCipheriv('aes-128-cbc', aes, iv);
  cipher.setAutoPadding(false);
  return cipher.update(padded);
}

function decrypt(aes: KeyObject, payload: Buffer): Buffer | Unreadable {
  if (payload.length < ivLength + blockLength || payload.length % blockLength !== 0)
    return unreadable('encrypted payload is not a number of whole blocks');
  const decipher = createDecipheriv('aes-128-cbc', aes, payload.subarray(0, ivLength));
  decipher.setAutoPadding(false);
  const padded = decipher.update(payload.subarray(ivLength));
  const padding = padded[padded.length - 1]!;
  if (padding >= blockLength || padding >= padded.length) return unreadable('encrypted payload has a wrong pad length');
  const size = padded.length - 1 - padding;
  for (let i = 1; i <= padding; i++)
    if (padded[size + i - 1] !== i) return unreadable('encrypted payload has a wrong pad');
  return padded.subarray(0, size);
}

/** A whole datagram with `plain` inside, signed and encrypted as the suite says. `iv` is 16 bytes never used before. */
export function seal(
  keys: SessionKeys,
  payloadType: number,
  sessionId: number,
  sequence: number,
  plain: Buffer,
  iv: (size: number) => Buffer,
): Buffer {
  const { aes, integrity, suite } = keys;
  const start = aes ? iv(ivLength) : undefined;
  const secret = aes && start ? encrypt(aes, start, plain) : plain;
  const size = secret.length + (start ? ivLength : 0);
  // authType, flags, id, sequence and length are 12 bytes; pad, pad length and next header bring them to a multiple of 4.
  const pad = integrity ? (4 - ((12 + size + 2) % 4)) % 4 : 0;
  const signedEnd = 16 + size + (integrity ? pad + 2 : 0);
  const out = Buffer.allocUnsafe(signedEnd + suite.macLength);
  let at = writePlusHeader(out, payloadType | (aes ? 0x80 : 0) | (integrity ? 0x40 : 0), sessionId, sequence, size);
  if (start) {
    out.set(start, at);
    at += ivLength;
  }
  out.set(secret, at);
  if (!integrity) return out;
  out.fill(0xff, 16 + size, 16 + size + pad);
  out[signedEnd - 2] = pad;
  out[signedEnd - 1] = nextHeader;
  out.set(hmac(integrity, out.subarray(4, signedEnd)).subarray(0, suite.macLength), signedEnd);
  return out;
}

/** The plain payload of a packet, after its signature was checked; the flags must be those of the session's suite. */
export function unseal(keys: SessionKeys, packet: PacketPlus): Buffer | Unreadable {
  const { aes, integrity, suite } = keys;
  if (packet.authenticated !== (integrity !== undefined)) return unreadable('signed or unsigned, unlike its session');
  if (packet.encrypted !== (aes !== undefined)) return unreadable('encrypted or plain, unlike its session');
  if (integrity) {
    const signedEnd = packet.body.length - suite.macLength;
    if (signedEnd < packet.payloadEnd + 2) return unreadable('the signature is incomplete');
    const mac = hmac(integrity, packet.body.subarray(0, signedEnd)).subarray(0, suite.macLength);
    if (!timingSafeEqual(mac, packet.body.subarray(signedEnd))) return unreadable('the signature is wrong');
    if (packet.body[signedEnd - 1] !== nextHeader) return unreadable('unknown next header');
    if (packet.payloadEnd + packet.body[signedEnd - 2]! + 2 !== signedEnd) return unreadable('wrong signature pad');
  }
  return aes ? decrypt(aes, packet.payload) : packet.payload;
}
