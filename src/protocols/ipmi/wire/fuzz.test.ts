import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authTypes, readActivated, readActivation, readChallenge, seal15, secret15, unseal15 } from './auth15.ts';
import { readMessage } from './message.ts';
import { readPacket, writePlusHeader } from './packet.ts';
import { noKeys, seal, sessionKeys, unseal } from './seal.ts';
import { readOpenSessionRequest, readOpenSessionResponse, readRakp1, readRakp2, readRakp34 } from './setup.ts';
import { readSol } from './sol.ts';
import { suites } from './suites.ts';
import { isUnreadable } from './unreadable.ts';

const bytes = fc.uint8Array({ maxLength: 96 }).map((array) => Buffer.from(array));

const readers = {
  readPacket,
  readMessage,
  readSol,
  readOpenSessionRequest,
  readOpenSessionResponse,
  readRakp1,
  readRakp2,
  readRakp34,
};

test.for(Object.entries(readers))('%s tells unreadable from readable for any bytes, and never throws', ([, read]) => {
  fc.assert(fc.property(bytes, (b) => typeof read(b).is === 'string'));
});

test('a datagram with an RMCP header and anything behind it is read or unreadable, sealed or not', () => {
  const keys = [...suites.values()].map((s) => (s.hash ? sessionKeys(s, Buffer.alloc(32, 7)) : noKeys(s)));
  const shaped = fc.tuple(fc.constantFrom(0, 6, 7), fc.constantFrom(0, 2, 6, 0x16), bytes);
  fc.assert(
    fc.property(shaped, fc.constantFrom(...keys), ([kind, auth, rest], key) => {
      const packet = readPacket(Buffer.concat([Buffer.from([6, 0, 255, kind, auth]), rest]));
      if (packet.is === 'plus') unseal(key, packet);
    }),
    { numRuns: 1000 },
  );
});

test('what answers and asks for a session of IPMI 1.5 is read or unreadable', () => {
  fc.assert(
    fc.property(bytes, (b) => {
      for (const read of [readChallenge, readActivation, readActivated]) expect(typeof read(b)).toBe('object');
    }),
  );
});

test('a packet of IPMI 1.5 opens to itself, and with one bit changed it is refused', () => {
  const secret = secret15(Buffer.from('password'));
  fc.assert(
    fc.property(bytes, fc.nat(), fc.constantFrom(authTypes.md5, authTypes.md2), (plain, at, type) => {
      const whole = seal15(type, secret, 0x0a0b0c0d, 7, plain);
      const packet = readPacket(whole);
      expect(packet.is === 'v1.5' && unseal15(type, secret, packet)).toEqual(plain);
      const bit = 40 + (at % ((whole.length - 5) * 8));
      whole[bit >> 3] = whole[bit >> 3]! ^ (1 << (bit & 7));
      const changed = readPacket(whole);
      if (changed.is === 'v1.5') expect(isUnreadable(unseal15(type, secret, changed))).toBe(true);
    }),
  );
});

test('a sealed packet with one bit changed is refused, or is what it was', () => {
  const keys = sessionKeys(suites.get(17)!, Buffer.alloc(32, 9));
  const iv = (size: number) => Buffer.alloc(size, 5);
  fc.assert(
    fc.property(bytes, fc.nat(), (plain, at) => {
      const whole = seal(keys, 0, 0x01020304, 5, plain, iv);
      const bit = 32 + (at % ((whole.length - 4) * 8));
      whole[bit >> 3] = whole[bit >> 3]! ^ (1 << (bit & 7));
      const packet = readPacket(whole);
      if (packet.is !== 'plus') return;
      expect(isUnreadable(unseal(keys, packet))).toBe(true);
    }),
  );
});

test('what was sealed opens to itself in every suite', () => {
  for (const suite of suites.values()) {
    const keys = suite.hash ? sessionKeys(suite, Buffer.alloc(32, 3)) : noKeys(suite);
    for (let size = 0; size < 40; size++) {
      const plain = Buffer.alloc(size, size);
      const packet = readPacket(seal(keys, 1, 9, 10, plain, (n) => Buffer.alloc(n, 1)));
      expect(packet.is === 'plus' && unseal(keys, packet)).toEqual(plain);
    }
  }
});

test('a payload that claims more bytes than came is unreadable', () => {
  const out = Buffer.alloc(20);
  writePlusHeader(out, 0, 1, 1, 5);
  expect(readPacket(out)).toEqual({ is: 'unreadable', why: 'RMCP+ payload is shorter than it says' });
});
