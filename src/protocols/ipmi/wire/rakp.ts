// The proofs that both ends exchange while a session is set up (IPMI 2.0 §13.28.1, §13.31, §13.32).
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import type { Suite } from './suites.ts';

/** What the exchange has agreed upon once RAKP 2 came. */
export interface Exchange {
  readonly suite: Suite;
  readonly consoleId: number;
  readonly bmcId: number;
  readonly consoleRandom: Buffer;
  readonly bmcRandom: Buffer;
  readonly guid: Buffer;
  readonly role: number;
  readonly username: Buffer;
}

const keyLength = 20;

/** A password or Kg as the 20 bytes that are the HMAC key. */
export function keyBytes(secret: Uint8Array): Buffer {
  const out = Buffer.alloc(keyLength);
  out.set(secret.subarray(0, keyLength));
  return out;
}

const id = (value: number): Buffer => {
  const out = Buffer.allocUnsafe(4);
  out.writeUInt32LE(value);
  return out;
};

const who = (x: Exchange): Buffer => Buffer.concat([Buffer.from([x.role, x.username.length]), x.username]);

const none = Buffer.alloc(0);

/** What the BMC proves in RAKP 2: that it knows the user's password. */
export function rakp2Code(x: Exchange, user: HmacKey): Buffer {
  if (!x.suite.hash) return none;
  return hmac(user, Buffer.concat([id(x.consoleId), id(x.bmcId), x.consoleRandom, x.bmcRandom, x.guid, who(x)]));
}

/** What the console proves in RAKP 3. */
export function rakp3Code(x: Exchange, user: HmacKey): Buffer {
  if (!x.suite.hash) return none;
  return hmac(user, Buffer.concat([x.bmcRandom, id(x.consoleId), who(x)]));
}

/** The session integrity key, from Kg or, where none is set, from the user's key. */
export function sessionIntegrityKey(x: Exchange, kg: HmacKey): Buffer {
  if (!x.suite.hash) return none;
  return hmac(kg, Buffer.concat([x.consoleRandom, x.bmcRandom, who(x)]));
}

/** What the BMC proves in RAKP 4: that it has come to the same session key. */
export function rakp4Code(x: Exchange, sik: Buffer): Buffer {
  if (!x.suite.hash) return none;
  const code = hmac(hmacKey(x.suite.hash, sik), Buffer.concat([x.consoleRandom, id(x.bmcId), x.guid]));
  return code.subarray(0, x.suite.icvLength);
}
