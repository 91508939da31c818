import { expect, test } from 'vitest';
import { disksByHints, localGb, rootDisk } from './root-device.ts';

const GiB = 1024 ** 3;
const disks = [
  {
    name: '/dev/sda',
    size: 100 * GiB,
    model: 'SSD One',
    vendor: 'ACME',
    serial: 'A1',
    rotational: false,
    hctl: '0:0:0:0',
  },
  { name: '/dev/sdb', size: 500 * GiB, model: 'Disk Two', vendor: 'ACME', serial: 'B2', rotational: true, wwn: '0x5' },
  { name: '/dev/sdc', size: 500 * GiB, model: 'Disk Two', vendor: 'Other', serial: 'C3', rotational: null },
];

test.each([
  [{}, 'abc'],
  [{ serial: 'a1' }, 'a'],
  [{ size: 500 }, 'bc'],
  [{ size: '>= 100' }, 'abc'],
  [{ size: '> 100' }, 'bc'],
  [{ size: '= 200' }, 'bc'],
  [{ size: '!= 100' }, 'bc'],
  [{ size: '<or> 100 <or> 7' }, 'a'],
  [{ size: '<range-in> [ 100 500 )' }, 'a'],
  [{ rotational: 'true' }, 'b'],
  [{ rotational: false }, 'a'],
  [{ model: 's== disk two', vendor: 'ACME' }, 'b'],
  [{ model: '<in> two' }, 'bc'],
  [{ model: '<all-in> disk <all-in> wo' }, 'bc'],
  [{ serial: '<or> A1 <or> C3' }, 'ac'],
  [{ vendor: 's!= acme' }, 'c'],
  [{ model: 'Disk%20Two' }, 'bc'],
  [{ wwn: '0x5' }, 'b'],
  [{ hctl: '9:9:9:9' }, ''],
] as const)('%j chooses %s', (hints, letters) => {
  expect(
    disksByHints(disks, hints)
      .map((disk) => String(disk.name).at(-1))
      .join(''),
  ).toBe(letters);
});

test.each([
  [{ colour: 'red' }, /"colour" is none/],
  [{ size: 'big' }, /no number of GiB/],
  [{ size: '<range-in> 1' }, /is not written/],
  [{ model: 7 }, /is a text/],
  [{ rotational: 'maybe' }, /neither true nor false/],
  [{ serial: 'none' }, /no disk of the machine fits/],
])('%j is refused', (hints, why) => expect(() => rootDisk(disks, hints, [])).toThrow(why));

test('disks that are to be skipped are not chosen', () => {
  expect(rootDisk(disks, { size: '>= 100' }, [{ serial: 'A1' }]).name).toBe('/dev/sdb');
});

test.each([
  [100 * GiB, true, 99],
  [100 * GiB, false, 100],
  [5, true, 0],
  [undefined, true, 0],
])('%j bytes, spacing %s: %d GiB', (bytes, spacing, gb) => expect(localGb(bytes, spacing)).toBe(gb));
