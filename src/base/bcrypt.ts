// bcrypt as password files hold it (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999): checking only, in
// short turns, so that whoever else shares the thread hardly notices.
import { timingSafeEqual } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

const shape = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const hashBytes = 23;
const longestPassword = 72;
const turnMs = 2;

/** Whether `text` is a bcrypt hash that can be checked: $2a, $2b or $2y, cost 4 to 31. */
export function isBcrypt(text: string): boolean {
  const cost = Number(shape.exec(text)?.[1]);
  return cost >= 4 && cost <= 31;
}

/** Whether the password is the one of this hash. compat: bytes after the 72nd do not count. */
export async function bcryptMatches(password: string, hash: string): Promise<boolean> {
  if (!isBcrypt(hash)) return false;
  const [, cost, salt, expected] = shape.exec(hash)!;
  const made = await digest(password, decoded(salt!, 16), Number(cost));
  return timingSafeEqual(made.subarray(0, hashBytes), decoded(expected!, hashBytes));
}

/** bcrypt's own base 64. */
function decoded(text: string, length: number): Buffer {
  const out = Buffer.alloc(length);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    held = ((held << 6) | alphabet.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits >= 8 && at < length) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  return out;
}

/** The state of Blowfish: 18 words of P, then 4 times 256 of S. */
type Boxes = Int32Array;
const pWords = 18;
const boxWords = pWords + 4 * 256;

async function digest(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const bytes = Buffer.concat([Buffer.from(password).subarray(0, longestPassword), Buffer.of(0)]);
  const key = cycled(bytes.subarray(0, longestPassword));
  const salted = cycled(salt);
  const boxes = startBoxes().slice();
  expand(boxes, key, salted);
  let turn = performance.now();
  for (let round = 2 ** cost; round > 0; round -= 1) {
    expand(boxes, key, none);
    expand(boxes, salted, none);
    if (performance.now() - turn < turnMs) continue;
    await nextTurn();
    turn = performance.now();
  }
  return sealed(boxes);
}

const none = new Int32Array(pWords);

/** Bytes over and over, as 18 words. */
function cycled(bytes: Buffer): Int32Array {
  const words = new Int32Array(pWords);
  for (let at = 0; at < pWords * 4; at += 1) words[at >> 2] = (words[at >> 2]! << 8) | bytes[at % bytes.length]!;
  return words;
}

/** Mix the key into P, then write P and S anew from what the cipher makes of the salt's four words. */
function expand(boxes: Boxes, key: Int32Array, salt: Int32Array): void {
  for (let at = 0; at < pWords; at += 1) boxes[at]! ^= key[at]!;
  const pair = new Int32Array(2);
  for (let at = 0; at < boxWords; at += 2) {
    pair[0]! ^= salt[at & 2]!;
    pair[1]! ^= salt[(at & 2) + 1]!;
    encipher(boxes, pair);
    boxes[at] = pair[0]!;
    boxes[at + 1] = pair[1]!;
  }
}

function encipher(boxes: Boxes, pair: Int32Array): void {
  let left = pair[0]! ^ boxes[0]!;
  let right = pair[1]!;
  for (let round = 1; round <= 16; round += 2) {
    right ^= mixed(boxes, left) ^ boxes[round]!;
    left ^= mixed(boxes, right) ^ boxes[round + 1]!;
  }
  pair[0] = right ^ boxes[17]!;
  pair[1] = left;
}

const mixed = (boxes: Boxes, x: number): number =>
  (((boxes[pWords + (x >>> 24)]! + boxes[pWords + 256 + ((x >>> 16) & 0xff)]!) ^
    boxes[pWords + 512 + ((x >>> 8) & 0xff)]!) +
    boxes[pWords + 768 + (x & 0xff)]!) |
  0;

const text = Buffer.from('OrpheanBeholderScryDoubt');

/** The text enciphered 64 times. */
function sealed(boxes: Boxes): Buffer {
  const out = Buffer.alloc(text.length);
  for (let at = 0; at < text.length; at += 8) {
    const pair = Int32Array.of(text.readInt32BE(at), text.readInt32BE(at + 4));
    for (let times = 0; times < 64; times += 1) encipher(boxes, pair);
    out.writeInt32BE(pair[0]!, at);
    out.writeInt32BE(pair[1]!, at + 4);
  }
  return out;
}

/** Blowfish starts from the binary digits of pi after the point. */
const startBoxes = onceOnly(() => fractionOfPi(boxWords));

function onceOnly<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** pi by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239), in 32-bit words after the point. */
function fractionOfPi(words: number): Int32Array {
  const spare = 64n;
  const one = 1n << (BigInt(words * 32) + spare);
  const arctan = (inverse: bigint): bigint => {
    const square = inverse * inverse;
    let power = one / inverse;
    let sum = power;
    for (let odd = 3n; power !== 0n; odd += 2n) {
      power /= -square;
      sum += power / odd;
    }
    return sum;
  };
  const pi = 16n * arctan(5n) - 4n * arctan(239n);
  const hex = ((pi & (one - 1n)) >> spare).toString(16).padStart(words * 8, '0');
  return Int32Array.from({ length: words }, (_, at) => Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16) | 0);
}
