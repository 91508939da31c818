// Reads an ISO 9660 volume back: Rock Ridge names, else Joliet's, else the plain ones. The bytes may be hostile.

import { IsoUnreadable } from './faults.ts';
import { sectorSize } from './records.ts';
import { rockNameOf } from './rock-name.ts';

/** A volume that was read: its label, and its files by path. */
export interface IsoVolume {
  readonly label: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface IsoReadLimits {
  /** The most files and folders; more are refused. */
  readonly entries: number;
  readonly depth: number;
}

const usualLimits: IsoReadLimits = { entries: 4096, depth: 16 };

const refuse = (reason: string): never => {
  throw new IsoUnreadable({ reason });
};

interface Descriptor {
  readonly type: number;
  readonly bytes: Buffer;
}

function descriptorsOf(iso: Buffer): Descriptor[] {
  const found: Descriptor[] = [];
  for (let sector = 16; sector < 32; sector += 1) {
    const bytes = iso.subarray(sector * sectorSize, (sector + 1) * sectorSize);
    if (bytes.length < sectorSize || bytes.toString('latin1', 1, 6) !== 'CD001') break;
    if (bytes[0] === 255) break;
    found.push({ type: bytes[0]!, bytes });
  }
  return found;
}

const isJoliet = (d: Descriptor): boolean => d.type === 2 && /^%\/[@CE]/.test(d.bytes.toString('latin1', 88, 91));

interface Entry {
  readonly id: Buffer;
  readonly sector: number;
  readonly size: number;
  readonly isFolder: boolean;
  readonly moreExtents: boolean;
  readonly systemUse: Buffer;
}

function entryAt(record: Buffer): Entry {
  const idLength = record[32]!;
  const idEnd = 33 + idLength;
  if (idLength === 0 || idEnd > record.length) refuse('a directory record is cut short');
  return {
    id: record.subarray(33, idEnd),
    sector: record.readUInt32LE(2),
    size: record.readUInt32LE(10),
    isFolder: (record[25]! & 2) !== 0,
    moreExtents: (record[25]! & 0x80) !== 0,
    systemUse: record.subarray(Math.min(record.length, idEnd + (idEnd % 2))),
  };
}

function extent(iso: Buffer, sector: number, size: number, what: string): Buffer {
  const from = sector * sectorSize;
  if (from + size > iso.length) refuse(`${what} lies beyond the end`);
  return iso.subarray(from, from + size);
}

function entriesOf(folder: Buffer): Entry[] {
  const found: Entry[] = [];
  for (let at = 0; at < folder.length; ) {
    const length = folder[at]!;
    if (length === 0) {
      at = (Math.floor(at / sectorSize) + 1) * sectorSize;
      continue;
    }
    if (length < 34 || at + length > folder.length) refuse('a directory record is cut short');
    found.push(entryAt(folder.subarray(at, at + length)));
    at += length;
  }
  return found;
}

const isDot = (entry: Entry): boolean => entry.id.length === 1 && entry.id[0]! < 2;

const withoutVersion = (name: string): string => name.replace(/;\d+$/, '');

const namings = {
  rock: (iso: Buffer, entry: Entry) =>
    rockNameOf(iso, entry.systemUse) ?? withoutVersion(entry.id.toString('latin1')).replace(/\.$/, '').toLowerCase(),
  joliet: (_: Buffer, entry: Entry) =>
    withoutVersion(
      Buffer.from(entry.id.subarray(0, entry.id.length & ~1))
        .swap16()
        .toString('utf16le'),
    ),
};

function hasRock(iso: Buffer, root: Entry): boolean {
  const [first] = entriesOf(extent(iso, root.sector, Math.min(root.size, sectorSize), 'the root folder'));
  return first?.systemUse.toString('latin1', 0, 2) === 'SP';
}

/** Read every file of an ISO 9660 volume. Throws IsoUnreadable with the reason. */
export function readIso(bytes: Uint8Array, limits: IsoReadLimits = usualLimits): IsoVolume {
  const iso = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const descriptors = descriptorsOf(iso);
  const primary =
    descriptors.find((d) => d.type === 1) ?? refuse('it has no primary volume descriptor (ECMA-119 §8.4)');
  if (primary.bytes.readUInt16LE(128) !== sectorSize) refuse('its blocks are not 2048 bytes long');
  const label = primary.bytes.toString('latin1', 40, 72).replace(/[ \0]+$/, '');

  const joliet = descriptors.find(isJoliet);
  const plainRoot = entryAt(primary.bytes.subarray(156, 190));
  const useJoliet = joliet !== undefined && !hasRock(iso, plainRoot);
  const root = useJoliet ? entryAt(joliet.bytes.subarray(156, 190)) : plainRoot;
  const nameOf = useJoliet ? namings.joliet : namings.rock;

  const files = new Map<string, Uint8Array>();
  const seen = new Set<number>();
  let entries = 0;
  const walk = (folder: Entry, prefix: string, depth: number): void => {
    if (depth > limits.depth) refuse(`its folders are nested deeper than ${limits.depth}`);
    if (seen.has(folder.sector)) refuse('its folders form a circle');
    seen.add(folder.sector);
    for (const entry of entriesOf(extent(iso, folder.sector, folder.size, 'a folder'))) {
      if (isDot(entry)) continue;
      entries += 1;
      if (entries > limits.entries) refuse(`it holds more than ${limits.entries} entries`);
      const name = nameOf(iso, entry);
      if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) refuse('it holds an unusable name');
      const path = `${prefix}${name}`;
      if (entry.isFolder) walk(entry, `${path}/`, depth + 1);
      else if (entry.moreExtents) refuse(`${path} is in several pieces`);
      else files.set(path, extent(iso, entry.sector, entry.size, path));
    }
  };
  walk(root, '', 1);
  return { label, files };
}
