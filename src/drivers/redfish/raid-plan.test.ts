import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogicalDisk, logicalDisks, planVolumes, type RaidDrive, raidLevels } from './raid-plan.ts';

const GiB = 1024 ** 3;

const drive = (n: number, gib: number, more: Partial<RaidDrive> = {}): RaidDrive => ({
  path: `/d/${n}`,
  names: [`Disk.${n}`],
  controller: '/s/RAID1',
  bytes: gib * GiB,
  disk: 'ssd',
  interface: 'sata',
  free: gib * GiB,
  ...more,
});

const four = [drive(0, 100), drive(1, 100), drive(2, 400, { disk: 'hdd' }), drive(3, 400, { disk: 'hdd' })];
const disk = (raid_level: string, size_gb: number | 'MAX', more: Partial<LogicalDisk> = {}): LogicalDisk => ({
  raid_level,
  size_gb,
  ...more,
});

test.each<[string, LogicalDisk[], readonly RaidDrive[], string[][]]>([
  ['the smallest drives that do', [disk('1', 50)], four, [['/d/0', '/d/1']]],
  ['larger ones where they must be', [disk('1', 200)], four, [['/d/2', '/d/3']]],
  ['the kind that was asked for', [disk('0', 50, { disk_type: 'hdd' })], four, [['/d/2']]],
  ['as many as were asked for', [disk('0', 50, { number_of_physical_disks: 2 })], four, [['/d/0', '/d/1']]],
  ['those that were named', [disk('0', 50, { physical_disks: ['Disk.3'] })], four, [['/d/3']]],
  ['all that is left for MAX', [disk('0', 'MAX', { disk_type: 'hdd' })], four, [['/d/2', '/d/3']]],
  [
    'the larger disk first, MAX last',
    [disk('1', 'MAX'), disk('1', 200)],
    four,
    [
      ['/d/2', '/d/3'],
      ['/d/0', '/d/1'],
    ],
  ],
  [
    'the same drives where they may be shared',
    [disk('1', 40, { share_physical_disks: true }), disk('1', 30, { share_physical_disks: true })],
    four.slice(0, 2),
    [
      ['/d/0', '/d/1'],
      ['/d/0', '/d/1'],
    ],
  ],
  ['four for 1+0', [disk('1+0', 150)], [...four, drive(4, 100), drive(5, 100)], [['/d/0', '/d/1', '/d/4', '/d/5']]],
])('a volume lies on %s', (_what, target, drives, chosen) =>
  expect(planVolumes(target, drives).map((volume) => volume.drives)).toEqual(chosen),
);

test.each<[string, LogicalDisk[], readonly RaidDrive[], RegExp]>([
  ['too few drives', [disk('5', 50)], four.slice(0, 2), /at least 3/],
  ['drives of two kinds', [disk('5', 50)], four, /no place/],
  ['too little room', [disk('1', 500)], four, /no place/],
  [
    'drives that are used',
    [disk('1', 50)],
    four.map((one) => ({ ...one, free: one.bytes - GiB })),
    /no place on 0 fitting/,
  ],
  ['a name that no drive has', [disk('0', 5, { physical_disks: ['Disk.9'] })], four, /no physical disk "Disk.9"/],
  ['hints', [disk('0', 5, { physical_disks: [{ size: 5 }] })], four, /hints/],
  ['a level without a name', [disk('2', 5)], four, /level 2 cannot be made/],
  ['another controller', [disk('0', 5, { controller: 'RAID7' })], four, /no place/],
])('%s is refused', (_what, target, drives, why) => expect(() => planVolumes(target, drives)).toThrow(why));

test.each([
  [undefined],
  [{}],
  [{ logical_disks: [] }],
  [{ logical_disks: [{ raid_level: '1' }] }],
  [{ logical_disks: [null] }],
])('%j is no target', (target) => expect(() => logicalDisks(target)).toThrow(/RAID:/));

test('whatever is planned fits: enough drives of one controller and kind, and no drive twice', () => {
  const drives = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom('hdd' as const, 'ssd' as const)), {
    maxLength: 10,
  });
  const targets = fc.array(
    fc.record({
      raid_level: fc.constantFrom(...Object.keys(raidLevels)),
      size_gb: fc.oneof(fc.integer({ min: 1, max: 900 }), fc.constant('MAX' as const)),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(drives, targets, (sizes, target) => {
      const there = sizes.map(([gib, kind], n) => drive(n, gib, { disk: kind }));
      let planned: ReturnType<typeof planVolumes>;
      try {
        planned = planVolumes(target, there);
      } catch (error) {
        expect((error as Error).message).toMatch(/no place/);
        return;
      }
      const used = planned.flatMap((volume) => volume.drives);
      expect(new Set(used).size).toBe(used.length);
      for (const volume of planned) {
        const level = raidLevels[volume.level]!;
        const own = there.filter((one) => volume.drives.includes(one.path));
        expect(own.length).toBeGreaterThanOrEqual(level.fewest);
        expect(new Set(own.map((one) => one.disk)).size).toBe(1);
        const room = Math.min(...own.map((one) => one.bytes)) * level.room(own.length);
        if (volume.bytes !== undefined) expect(room).toBeGreaterThanOrEqual(volume.bytes);
      }
    }),
    { numRuns: 300 },
  );
});
