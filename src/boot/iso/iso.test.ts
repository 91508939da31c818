import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildIso, writeIso } from './build.ts';
import { IsoUnbuildable, IsoUnreadable } from './faults.ts';
import { readIso } from './read.ts';
import type { IsoFile } from './tree.ts';

const date = new Date('2026-11-23T01:02:03Z');
const options = { label: 'config-2', date };
const file = (path: string, text: string): IsoFile => ({ path, content: Buffer.from(text) });
const texts = (files: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));

test('what is written is read back, with its real names', () => {
  const files = [
    file('openstack/latest/meta_data.json', '{"uuid":"x"}'),
    file('openstack/latest/vendor_data2.json', '{}'),
    file('openstack/latest/vendor_data.json', ''),
    file('openstack/2012-08-10/Ärger & co.txt', 'x'.repeat(5000)),
    file('top', 'first'),
  ];
  const volume = readIso(buildIso(files, options));
  expect(volume.label).toBe('config-2');
  expect(texts(volume.files)).toEqual(
    Object.fromEntries(files.map((f) => [f.path, Buffer.from(f.content as Uint8Array).toString()])),
  );
});

test('the same input gives the same bytes, in whatever order the files come', () => {
  const files = [file('a/b', '1'), file('a/c', '2'), file('d', '3')];
  expect(buildIso(files, options).equals(buildIso([...files].reverse(), options))).toBe(true);
});

test('without Rock Ridge the names come from Joliet', () => {
  const iso = buildIso([file('openstack/latest/meta_data.json', 'm')], options);
  const at = iso.indexOf('SP\x07\x01', 0, 'latin1');
  iso.write('XX', at, 'latin1');
  expect(texts(readIso(iso).files)).toEqual({ 'openstack/latest/meta_data.json': 'm' });
});

test('a folder of hundreds of entries spans sectors', () => {
  const files = Array.from({ length: 700 }, (_, n) => file(`many/a-rather-long-name-${n}.json`, `${n}`));
  const read = readIso(buildIso(files, options)).files;
  expect(read.size).toBe(700);
  expect(Buffer.from(read.get('many/a-rather-long-name-699.json')!).toString()).toBe('699');
});

test('a volume written to disk equals the one in memory, also when a file is streamed from disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'iso-'));
  try {
    const big = Buffer.alloc(3_000_001, 7);
    writeFileSync(join(folder, 'big'), big);
    const inMemory = buildIso([{ path: 'x/big', content: big }, file('y', 'z')], options);
    const onDisk = [{ path: 'x/big', content: { file: join(folder, 'big'), size: big.length } }, file('y', 'z')];
    const size = await writeIso(join(folder, 'out.iso'), onDisk, options);
    expect(size).toBe(inMemory.length);
    expect(readFileSync(join(folder, 'out.iso')).equals(inMemory)).toBe(true);
    const grown = [{ path: 'big', content: { file: join(folder, 'big'), size: 10 } }];
    await expect(writeIso(join(folder, 'out2.iso'), grown, options)).rejects.toThrow(/grew/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a bootable volume names both loaders in its boot catalogue', () => {
  const loader = Buffer.alloc(6000, 1);
  const iso = buildIso(
    [
      { path: 'isolinux/isolinux.bin', content: loader },
      { path: 'boot/grub/efiboot.img', content: Buffer.alloc(4096, 2) },
    ],
    { ...options, boot: { bios: 'isolinux/isolinux.bin', efi: 'boot/grub/efiboot.img' } },
  );
  expect(iso.toString('latin1', 17 * 2048 + 7, 17 * 2048 + 30)).toBe('EL TORITO SPECIFICATION');
  const catalog = iso.readUInt32LE(17 * 2048 + 71) * 2048;
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum += iso.readUInt16LE(catalog + at);
  expect(sum & 0xffff).toBe(0);
  const bios = iso.readUInt32LE(catalog + 32 + 8);
  const efi = iso.readUInt32LE(catalog + 96 + 8);
  expect(iso.readUInt32LE(bios * 2048 + 12)).toBe(bios);
  expect(iso.readUInt32LE(bios * 2048 + 16)).toBe(6000);
  expect(iso[efi * 2048]).toBe(2);
  expect(iso[catalog + 65]).toBe(0xef);
});

for (const [why, files, label] of [
  ['a path climbs', [file('../x', '')], 'l'],
  ['a path is absolute', [file('/x', '')], 'l'],
  ['a name is both file and folder', [file('x', ''), file('x/y', '')], 'l'],
  ['a file is there twice', [file('x', ''), file('x', '')], 'l'],
  ['a name is too long', [file('n'.repeat(65), '')], 'l'],
  ['folders are too deep', [file('1/2/3/4/5/6/7/8/x', '')], 'l'],
  ['the label is too long', [], 'l'.repeat(33)],
  ['the label is empty', [], ''],
] as const) {
  test(`no volume is made when ${why}`, () => {
    expect(() => buildIso(files, { ...options, label })).toThrow(
      expect.objectContaining({ name: IsoUnbuildable.kind }),
    );
  });
}

test('a damaged volume is read or refused, never worse', () => {
  const whole = buildIso([file('openstack/latest/meta_data.json', '{}'), file('a/b/c', 'x')], options);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 16 * 2048, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })), {
        maxLength: 12,
      }),
      fc.integer({ min: 0, max: whole.length }),
      (changes, end) => {
        const iso = Buffer.from(whole);
        for (const [at, value] of changes) iso[at] = value;
        try {
          readIso(end % 3 === 0 ? iso.subarray(0, end) : iso);
        } catch (error) {
          if (!IsoUnreadable.is(error)) throw error;
        }
      },
    ),
    { numRuns: 500 },
  );
});
