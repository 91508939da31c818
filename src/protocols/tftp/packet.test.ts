import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTftp, encodeTftp, type TftpPacket } from './packet.ts';

test('whatever bytes arrive, reading them ends in a packet or a reason', () => {
  const bytes = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 1200 }));
  fc.assert(
    fc.property(bytes, ([code, noise]) => {
      const read = decodeTftp(Buffer.concat([Buffer.from([0, code]), noise]));
      if ('packet' in read) encodeTftp(read.packet);
      else expect(read.malformed).not.toBe('');
    }),
    { numRuns: 500 },
  );
});

const packets: TftpPacket[] = [
  { op: 'read', path: 'pxelinux.0', mode: 'octet', options: { blksize: '1468', tsize: '0' } },
  { op: 'write', path: 'x', mode: 'netascii', options: {} },
  { op: 'data', block: 65535, data: Buffer.from('abc') },
  { op: 'data', block: 0, data: Buffer.alloc(0) },
  { op: 'ack', block: 7 },
  { op: 'error', code: 8, message: 'User aborted the transfer' },
  { op: 'option-ack', options: { windowsize: '4' } },
];
for (const packet of packets) {
  test(`${packet.op} is read as it was written`, () => {
    const read = decodeTftp(encodeTftp(packet));
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify({ packet })));
  });
}

for (const [what, bytes] of [
  ['no mode', Buffer.from('\0\x01file\0', 'latin1')],
  ['no NUL', Buffer.from('\0\x01fileoctet', 'latin1')],
  ['an option without a value', Buffer.from('\0\x01f\0octet\0blksize\0', 'latin1')],
  ['a thousand bytes too many', Buffer.from(`\0\x01${'f'.repeat(2000)}\0octet\0`, 'latin1')],
  ['too many options', Buffer.from(`\0\x01f\0octet\0${'a\x001\0'.repeat(40)}`, 'latin1')],
] as const) {
  test(`a request with ${what} is malformed`, () => expect(decodeTftp(bytes)).toHaveProperty('malformed'));
}

test('option names are lower case, and padding behind the last NUL is ignored', () => {
  const read = decodeTftp(
    Buffer.concat([Buffer.from([0, 1]), Buffer.from('f|OCTET|BlkSize|512||'.replaceAll('|', '\0'))]),
  );
  expect(read).toMatchObject({ packet: { mode: 'octet', options: { blksize: '512' } } });
});
