// Which volumes a RAID target comes to, and on which drives they lie. Pure. (reference: schemas/raid_config.json)
import { InvalidParameterValue } from '#contract/errors.ts';

export interface RaidDrive {
  readonly path: string;
  /** Names that a user may call it by: its id, its name. */
  readonly names: readonly string[];
  readonly controller: string;
  readonly bytes: number;
  /** hdd or ssd; undefined where the BMC doesn't tell. */
  readonly disk: 'hdd' | 'ssd' | undefined;
  /** sas, sata or scsi; undefined where the BMC doesn't tell. */
  readonly interface: 'sas' | 'sata' | 'scsi' | undefined;
  /** Bytes that no volume has. */
  readonly free: number;
}

export interface LogicalDisk {
  readonly raid_level: string;
  readonly size_gb: number | 'MAX';
  readonly volume_name?: string;
  readonly is_root_volume?: boolean;
  readonly share_physical_disks?: boolean;
  readonly disk_type?: string;
  readonly interface_type?: string;
  readonly number_of_physical_disks?: number;
  readonly controller?: string;
  readonly physical_disks?: readonly unknown[];
}

export interface PlannedVolume {
  readonly controller: string;
  readonly level: string;
  readonly drives: readonly string[];
  /** Absent: all that the drives have. */
  readonly bytes?: number;
  readonly name?: string;
  readonly root: boolean;
}

interface Level {
  /** Redfish's RAIDType, and the VolumeType of older services. */
  readonly type: string;
  readonly older: string;
  readonly fewest: number;
  readonly most: number;
  /** Drives' worth of room that n drives give. */
  room(n: number): number;
}

/** RAID levels by Ironic's names; 2 has no name in Redfish. */
export const raidLevels: Readonly<Record<string, Level>> = {
  JBOD: { type: 'None', older: 'NonRedundant', fewest: 1, most: 1, room: () => 1 },
  '0': { type: 'RAID0', older: 'NonRedundant', fewest: 1, most: 1000, room: (n) => n },
  '1': { type: 'RAID1', older: 'Mirrored', fewest: 2, most: 2, room: () => 1 },
  '5': { type: 'RAID5', older: 'StripedWithParity', fewest: 3, most: 1000, room: (n) => n - 1 },
  '6': { type: 'RAID6', older: 'StripedWithParity', fewest: 4, most: 1000, room: (n) => n - 2 },
  '1+0': { type: 'RAID10', older: 'SpannedMirrors', fewest: 4, most: 1000, room: (n) => Math.floor(n / 2) },
  '5+0': { type: 'RAID50', older: 'SpannedStripesWithParity', fewest: 6, most: 1000, room: (n) => n - 2 },
  '6+0': { type: 'RAID60', older: 'SpannedStripesWithParity', fewest: 8, most: 1000, room: (n) => n - 4 },
};

const GiB = 1024 ** 3;
const refuse = (why: string): never => {
  throw new InvalidParameterValue({ why: `RAID: ${why}.` });
};

/** Throws InvalidParameterValue for a level that Redfish has no name for. */
export function levelOf(name: string): Level {
  const known = Object.hasOwn(raidLevels, name) ? raidLevels[name] : undefined;
  return known ?? refuse(`level ${name} cannot be made; there are ${Object.keys(raidLevels).join(', ')}`);
}

const describe = (disk: LogicalDisk): string =>
  `the logical disk of level ${disk.raid_level} and size ${disk.size_gb}${disk.size_gb === 'MAX' ? '' : ' GiB'}`;

/** The drives that a logical disk may lie on, before it is asked how many. */
function candidates(disk: LogicalDisk, drives: readonly RaidDrive[]): RaidDrive[] {
  const named = disk.physical_disks?.map((one) => {
    if (typeof one !== 'string')
      return refuse(`${describe(disk)} names a physical disk by hints, which software RAID alone knows`);
    return drives.find((drive) => drive.names.includes(one)) ?? refuse(`there is no physical disk "${one}"`);
  });
  const free = (drive: RaidDrive) => (disk.share_physical_disks ? drive.free > 0 : drive.free === drive.bytes);
  return (named ?? [...drives]).filter(
    (drive) =>
      (disk.controller === undefined ||
        drive.controller === disk.controller ||
        drive.controller.endsWith(`/${disk.controller}`)) &&
      (disk.disk_type === undefined || drive.disk === disk.disk_type) &&
      (disk.interface_type === undefined || drive.interface === disk.interface_type) &&
      free(drive),
  );
}

/** The fewest drives of one controller and kind that have room for `wanted` bytes each way; the smallest ones first. */
function choose(disk: LogicalDisk, level: Level, fitting: readonly RaidDrive[]): RaidDrive[] | undefined {
  const counts = countsFor(disk, level, fitting.length);
  const groups = Map.groupBy(fitting, (drive) => JSON.stringify([drive.controller, drive.disk, drive.interface]));
  let best: RaidDrive[] | undefined;
  for (const group of groups.values()) {
    const sorted = group.toSorted((a, b) => a.free - b.free || a.path.localeCompare(b.path));
    for (const count of counts) {
      const found = firstWithRoom(disk, level, sorted, count);
      if (found && (!best || found.length < best.length || (found.length === best.length && sum(found) < sum(best))))
        best = found;
      if (found) break;
    }
  }
  return best;
}

const sum = (drives: readonly RaidDrive[]): number => drives.reduce((total, drive) => total + drive.free, 0);

function countsFor(disk: LogicalDisk, level: Level, there: number): number[] {
  const asked = disk.physical_disks?.length ?? disk.number_of_physical_disks;
  if (asked !== undefined) return [asked];
  // All that is left, where all is asked for.
  const all = Array.from(
    { length: Math.max(0, Math.min(there, level.most) - level.fewest + 1) },
    (_, n) => level.fewest + n,
  );
  return disk.size_gb === 'MAX' ? all.toReversed() : all;
}

/** `sorted` by free room: drives side by side differ the least. */
function firstWithRoom(
  disk: LogicalDisk,
  level: Level,
  sorted: readonly RaidDrive[],
  count: number,
): RaidDrive[] | undefined {
  if (count < level.fewest || count > level.most || (disk.raid_level === '1+0' && count % 2)) return undefined;
  for (let from = 0; from + count <= sorted.length; from++) {
    const some = sorted.slice(from, from + count);
    const room = some[0]!.free * level.room(count);
    if (disk.size_gb === 'MAX' ? room > 0 : room >= disk.size_gb * GiB) return some;
  }
  return undefined;
}

/** Those who name their drives choose first, then the larger ones; who takes what is left comes last. */
const urgency = (disk: LogicalDisk): number =>
  disk.physical_disks ? Number.POSITIVE_INFINITY : disk.size_gb === 'MAX' ? -1 : disk.size_gb;

/** The volumes to make, in the order in which they are made. Throws InvalidParameterValue where one has no place. */
export function planVolumes(target: readonly LogicalDisk[], drives: readonly RaidDrive[]): PlannedVolume[] {
  const now = new Map(drives.map((drive) => [drive.path, drive]));
  return target
    .toSorted((a, b) => urgency(b) - urgency(a) || 0)
    .map((disk) => {
      const level = levelOf(disk.raid_level);
      const fitting = candidates(disk, [...now.values()]);
      const chosen = choose(disk, level, fitting);
      if (!chosen) {
        const told = `${fitting.length} fitting free drives (${fitting.map((d) => `${Math.floor(d.free / GiB)} GiB`).join(', ') || 'none'})`;
        return refuse(`${describe(disk)} has no place on ${told}; it needs at least ${level.fewest}`);
      }
      const share = disk.size_gb === 'MAX' ? chosen[0]!.free : (disk.size_gb * GiB) / level.room(chosen.length);
      for (const drive of chosen)
        now.set(drive.path, { ...drive, free: disk.share_physical_disks ? Math.max(0, drive.free - share) : 0 });
      return {
        controller: chosen[0]!.controller,
        level: disk.raid_level,
        drives: chosen.map((drive) => drive.path),
        ...(disk.size_gb !== 'MAX' && { bytes: disk.size_gb * GiB }),
        ...(disk.volume_name && { name: disk.volume_name }),
        root: disk.is_root_volume === true,
      };
    });
}

/** The logical disks of a target. Throws InvalidParameterValue where there are none. */
export function logicalDisks(target: unknown): LogicalDisk[] {
  const disks = (target as { logical_disks?: unknown } | null | undefined)?.logical_disks;
  if (!Array.isArray(disks) || !disks.length) return refuse('an object with at least one logical disk is accepted');
  return disks.map((disk: unknown) => {
    const { raid_level, size_gb } = (disk ?? {}) as Record<string, unknown>;
    if (typeof raid_level !== 'string') return refuse('a logical disk has no raid_level');
    if (size_gb !== 'MAX' && !(Number.isInteger(size_gb) && Number(size_gb) >= 0))
      return refuse('size_gb is a whole number or MAX');
    levelOf(raid_level);
    return disk as LogicalDisk;
  });
}
