import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildIso } from '../iso/build.ts';
import { BadImageContent } from './faults.ts';
import { ImageInspector, type Inspection, inspectEnds, judgeContent } from './inspect.ts';

const permitted = ['raw', 'gpt', 'qcow2', 'iso'];

function look(bytes: Buffer, piece = bytes.length || 1): Inspection {
  const inspector = new ImageInspector();
  for (let at = 0; at < bytes.length; at += piece) inspector.feed(bytes.subarray(at, at + piece));
  return inspector.finish();
}

function qcow2(change: (header: Buffer) => void = () => {}, version = 3): Buffer {
  const out = Buffer.alloc(196_608);
  out.write('QFI\xfb', 0, 'latin1');
  out.writeUInt32BE(version, 4);
  out.writeUInt32BE(16, 20);
  out.writeBigUInt64BE(10_000_000n, 24);
  if (version === 3) out.writeUInt32BE(104, 100);
  change(out);
  return out;
}

function mbr(type = 0x83): Buffer {
  const out = Buffer.alloc(4096);
  out[446 + 4] = type;
  out.writeUInt32LE(2048, 446 + 8);
  out.writeUInt32LE(4096, 446 + 12);
  out.writeUInt16LE(0xaa55, 510);
  return out;
}

const gpt = () => {
  const out = mbr(0xee);
  out.write('EFI PART', 512, 'latin1');
  return out;
};
const magic = (text: string, at = 0, size = 70_000) => {
  const out = Buffer.alloc(size);
  out.write(text, at, 'latin1');
  return out;
};
const vhdFixed = () => {
  const out = Buffer.alloc(8192 + 512);
  out.write('conectix', 8192, 'latin1');
  let sum = 0;
  for (const byte of out.subarray(8192)) sum += byte;
  out.writeUInt32BE(~sum >>> 0, 8192 + 64);
  return out;
};
const iso = buildIso([{ path: 'a', content: Buffer.from('b') }], { label: 'x', date: new Date(0) });
const hybridIso = Buffer.from(iso);
mbr().copy(hybridIso, 0, 0, 512);

for (const [format, bytes] of [
  ['raw', Buffer.alloc(1000)],
  ['raw', Buffer.from('x')],
  ['gpt', mbr()],
  ['gpt', gpt()],
  ['qcow2', qcow2()],
  ['qcow2', qcow2(() => {}, 2)],
  ['iso', iso],
  ['iso', hybridIso],
  ['qcow', magic('QFI\xfb\0\0\0\x01')],
  ['qed', magic('QED\0')],
  ['vmdk', magic('KDMV')],
  ['vmdk', magic('# Disk DescriptorFile\n')],
  ['vhd', magic('conectix')],
  ['vhd', vhdFixed()],
  ['vhdx', magic('vhdxfile')],
  ['vdi', magic('\x7f\x10\xda\xbe', 64)],
  ['luks', magic('LUKS\xba\xbe')],
] as const) {
  test(`${format} is recognised, however it is cut into pieces (${bytes.length} bytes)`, () => {
    for (const piece of [bytes.length, 1000, 511]) {
      const found = look(bytes, piece);
      expect(found).toMatchObject({ format, size: bytes.length });
      expect(found.problem).toBeUndefined();
    }
  });
}

test('the virtual size is known for qcow2 and raw disks', () => {
  expect(look(qcow2()).virtualSize).toBe(10_000_000);
  expect(look(gpt())).toMatchObject({ virtualSize: 4096, table: 'gpt' });
  expect(look(mbr())).toMatchObject({ virtualSize: 4096, table: 'mbr' });
});

const extension = (type: number, length: number) => (h: Buffer) => {
  h.writeUInt32BE(type, 104);
  h.writeUInt32BE(length, 108);
};
for (const [reason, bytes] of [
  ['backing file', qcow2((h) => h.writeBigUInt64BE(300n, 8))],
  ['backing file', qcow2((h) => h.writeUInt32BE(9, 16), 2)],
  ['external data file', qcow2((h) => h.writeBigUInt64BE(4n, 72))],
  ['external data file', qcow2(extension(0x44415441, 8))],
  ['unknown here (0x20)', qcow2((h) => h.writeBigUInt64BE(0x20n, 72))],
  ['unknown here (0x8000000000000000)', qcow2((h) => h.writeBigUInt64BE(1n << 63n, 72))],
  ['corrupt', qcow2((h) => h.writeBigUInt64BE(2n, 72))],
  ['encrypted', qcow2((h) => h.writeUInt32BE(1, 32))],
  ['header length of 96', qcow2((h) => h.writeUInt32BE(96, 100))],
  ['header length of 105', qcow2((h) => h.writeUInt32BE(105, 100))],
  ['cluster size', qcow2((h) => h.writeUInt32BE(40, 20))],
  ['longer than the header', qcow2(extension(0x6803f857, 0xffffffff))],
  ['version 7', qcow2((h) => h.writeUInt32BE(7, 4))],
  ['cut short', qcow2().subarray(0, 80)],
  ['disk size', qcow2((h) => h.writeBigUInt64BE(1n << 60n, 24))],
  ['qcow2 and iso', qcow2((h) => h.write('CD001', 0x8001, 'latin1'))],
  ['empty', Buffer.alloc(0)],
] as const) {
  test(`an image is refused: ${reason}`, () => {
    const found = look(bytes);
    expect(found.problem).toContain(reason);
    expect(() => judgeContent('http://x/y', found, { permitted })).toThrow(reason);
  });
}

for (const [declared, bytes, fine] of [
  ['raw', Buffer.alloc(512), true],
  ['raw', gpt(), true],
  ['gpt', gpt(), true],
  ['gpt', Buffer.alloc(512), false],
  ['RAW', mbr(), true],
  ['qcow2', qcow2(), true],
  ['raw', qcow2(), false],
  ['qcow2', gpt(), false],
  ['iso', iso, true],
  ['raw', iso, false],
  ['raw', hybridIso, true],
  [undefined, qcow2(), true],
  ['vmdk', magic('KDMV'), false],
  [undefined, magic('LUKS\xba\xbe'), false],
] as const) {
  test(`declared ${declared}, found ${look(bytes).format}: ${fine ? 'taken' : 'refused'}`, () => {
    const judge = () => judgeContent('i', look(bytes), { declared, permitted });
    if (fine) judge();
    else expect(judge).toThrow(expect.objectContaining({ name: BadImageContent.kind }));
  });
}

test('a format that is not permitted is refused by name', () => {
  expect(() => judgeContent('i', look(qcow2()), { permitted: ['raw'] })).toThrow(/qcow2.*permitted_image_formats.*raw/);
});

test('any bytes get an answer', () => {
  const starts = ['QFI\xfb\0\0\0\x02', 'QFI\xfb\0\0\0\x03', 'QFI\xfb', 'KDMV', 'conectix', ''].map((s) =>
    Buffer.from(s, 'latin1'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 600 }), (start, rest) => {
      const bytes = Buffer.concat([start, rest]);
      expect(inspectEnds(bytes, bytes.subarray(-512), bytes.length).format).toBeTypeOf('string');
    }),
    { numRuns: 1000 },
  );
});
