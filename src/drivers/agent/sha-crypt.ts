// Password hashes as /etc/shadow has them: SHA-crypt (the public specification of the "$5$" and "$6$" schemes).
import { createHash, randomInt } from 'node:crypto';

export type ShaCrypt = 'sha256' | 'sha512';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const rounds = 5000;

const schemes = {
  sha256: { mark: '$5$', size: 32 },
  sha512: { mark: '$6$', size: 64 },
} as const;

/** A salt of 16 characters, made up anew. */
export const newSalt = (): string => Array.from({ length: 16 }, () => alphabet[randomInt(64)]).join('');

/** The hash of a password, ready for /etc/shadow. */
export function shaCrypt(scheme: ShaCrypt, password: string, salt: string): string {
  const { mark, size } = schemes[scheme];
  const short = salt.slice(0, 16);
  const digest = stretched(scheme, Buffer.from(password), Buffer.from(short));
  return `${mark}${short}$${encoded(digest, size)}`;
}

function stretched(scheme: ShaCrypt, key: Buffer, salt: Buffer): Buffer {
  const hash = (...parts: Buffer[]): Buffer => {
    const h = createHash(scheme);
    for (const part of parts) h.update(part);
    return h.digest();
  };
  const b = hash(key, salt, key);
  const mixed: Buffer[] = [key, salt, filled(b, key.length)];
  for (let n = key.length; n > 0; n >>= 1) mixed.push(n & 1 ? b : key);
  let digest = hash(...mixed);
  const p = filled(hash(...Array<Buffer>(key.length).fill(key)), key.length);
  const s = filled(hash(...Array<Buffer>(16 + digest[0]!).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const parts = [round & 1 ? p : digest];
    if (round % 3) parts.push(s);
    if (round % 7) parts.push(p);
    parts.push(round & 1 ? digest : p);
    digest = hash(...parts);
  }
  return digest;
}

/** `length` bytes of `block`, again and again. */
const filled = (block: Buffer, length: number): Buffer =>
  Buffer.concat(Array<Buffer>(Math.ceil(length / block.length)).fill(block)).subarray(0, length);

/** The bytes in threes, each from another third of the digest, which rotate; six bits to a character. */
function encoded(digest: Buffer, size: 32 | 64): string {
  const third = Math.floor(size / 3);
  let at: [number, number, number] = [0, third, 2 * third];
  let text = '';
  for (let i = 0; i < third; i++) {
    text += group((digest[at[0]]! << 16) | (digest[at[1]]! << 8) | digest[at[2]]!, 4);
    const [a, b, c] = at;
    at = size === 32 ? [c + 1, a + 1, b + 1] : [b + 1, c + 1, a + 1];
  }
  return text + (size === 32 ? group((digest[31]! << 8) | digest[30]!, 3) : group(digest[63]!, 2));
}

function group(value: number, characters: number): string {
  let text = '';
  for (let left = value, i = 0; i < characters; i++, left >>= 6) text += alphabet[left & 63];
  return text;
}
