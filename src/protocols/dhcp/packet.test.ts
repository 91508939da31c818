import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientMessage } from './client-messages.ts';
import { addresses, messageType, option } from './options.ts';
import { blankPacket, decodePacket, encodePacket } from './packet.ts';

const mac = '52:54:00:77:00:01';
const bytesOf = (max: number) => fc.uint8Array({ maxLength: max }).map((a) => Buffer.from(a));

test('whatever bytes arrive, reading them ends in a packet or a reason', () => {
  const head = encodePacket(clientMessage({ type: 'discover', mac, xid: 7 })).subarray(0, 240);
  fc.assert(
    fc.property(bytesOf(1500), fc.boolean(), (noise, withHead) => {
      const read = decodePacket(withHead ? Buffer.concat([head, noise]) : noise);
      if ('packet' in read) encodePacket({ ...read.packet, options: read.packet.options });
      else expect(read.malformed).not.toBe('');
    }),
    { numRuns: 500 },
  );
});

test('a packet that is written and read again is the same packet', () => {
  const ip = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((a) => a.join('.'));
  const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019/.:-'), maxLength: 60 });
  const options = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 254 }), bytesOf(600)), { selector: ([code]) => code, maxLength: 8 })
    .map((list) => new Map(list.filter(([code]) => code !== option.overload)));
  fc.assert(
    fc.property(
      ip,
      ip,
      word,
      word,
      options,
      fc.nat(),
      fc.boolean(),
      (yiaddr, giaddr, sname, file, opts, xid, broadcast) => {
        const packet = blankPacket({ op: 'reply', xid, mac, yiaddr, giaddr, sname, file, options: opts, broadcast });
        expect(decodePacket(encodePacket(packet))).toEqual({ packet });
      },
    ),
    { numRuns: 200 },
  );
});

test('options in the file and sname fields are read when option 52 says so', () => {
  const bytes = encodePacket(blankPacket({ op: 'request', xid: 1, mac, options: new Map([[52, Buffer.from([3])]]) }));
  bytes.set([53, 1, 1, 255], 108);
  bytes.set([50, 4, 10, 0, 0, 9, 255], 44);
  const read = decodePacket(bytes);
  if (!('packet' in read)) throw new Error(read.malformed);
  expect(messageType(read.packet.options)).toBe('discover');
  expect(read.packet.options.get(50)).toEqual(addresses('10.0.0.9'));
  expect(read.packet.file).toBe('');
});

for (const [what, spoil, reason] of [
  ['is too short', (b: Buffer) => b.subarray(0, 239), /shorter/],
  ['has no cookie', (b: Buffer) => b.fill(0, 236, 240), /cookie/],
  [
    'has an option that runs over the end',
    (b: Buffer) => Buffer.concat([b.subarray(0, 240), Buffer.from([53, 9])]),
    /option 53/,
  ],
  ['is not from Ethernet', (b: Buffer) => b.fill(32, 1, 2), /Ethernet/],
] as const) {
  test(`a message that ${what} is refused with the reason`, () => {
    const read = decodePacket(spoil(encodePacket(clientMessage({ type: 'discover', mac, xid: 1 }))));
    expect('malformed' in read && read.malformed).toMatch(reason);
  });
}

test('the message type is written first, relay information last, and the whole is at least 300 bytes', () => {
  const options = new Map([
    [82, Buffer.from([1, 1, 65])],
    [54, addresses('10.0.0.1')],
    [53, Buffer.from([2])],
  ]);
  const bytes = encodePacket(blankPacket({ op: 'reply', xid: 1, mac, options }));
  expect(bytes.length).toBe(300);
  expect([...bytes.subarray(240, 243)]).toEqual([53, 1, 2]);
  expect([...bytes.subarray(249, 255)]).toEqual([82, 3, 1, 1, 65, 255]);
});

test('a file name that does not fit is refused instead of cut', () => {
  expect(() => encodePacket(blankPacket({ op: 'reply', xid: 1, mac, file: 'x'.repeat(128) }))).toThrow(/does not fit/);
});
