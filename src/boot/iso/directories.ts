// The folders of one volume descriptor (the primary one with Rock Ridge, or Joliet's) as sectors and path tables.

import { directoryRecord, jolietName, packRecords, pathRecord, rockFields, sectorsFor } from './records.ts';
import type { FileEntry, FolderEntry } from './tree.ts';

/** How names are written: level 1 with Rock Ridge, or Joliet. */
export type Flavour = 'rock' | 'joliet';

/** Where a file's content begins, in sectors. */
type SectorOf = (file: FileEntry) => number;

interface Place {
  readonly folder: FolderEntry;
  readonly id: Buffer;
  readonly parent: number;
  sector: number;
  sectors: number;
}

/** The folders of one flavour: first laid out, then written when every sector is known. */
export interface Directories {
  readonly sectors: number;
  readonly pathTableSize: number;
  readonly root: () => { sector: number; size: number };
  /** Say where the folders begin. */
  readonly settle: (sector: number) => void;
  readonly folders: (sectorOf: SectorOf) => Buffer;
  readonly pathTable: (order: 'little' | 'big') => Buffer;
}

const idOf = (entry: FileEntry | FolderEntry, flavour: Flavour): Buffer =>
  flavour === 'rock' ? Buffer.from(entry.isoName, 'latin1') : jolietName(entry.name, entry.is === 'file');

const sorted = (folder: FolderEntry, flavour: Flavour) =>
  [...folder.children.values()]
    .map((entry) => ({ entry, id: idOf(entry, flavour) }))
    .sort((a, b) => Buffer.compare(a.id, b.id));

/** Folders in path table order: level by level, by parent, by name (ECMA-119 §6.9.1). */
function inPathOrder(root: FolderEntry, flavour: Flavour): Place[] {
  const places: Place[] = [{ folder: root, id: Buffer.from([0]), parent: 1, sector: 0, sectors: 0 }];
  for (let at = 0; at < places.length; at += 1) {
    for (const { entry, id } of sorted(places[at]!.folder, flavour)) {
      if (entry.is === 'folder') places.push({ folder: entry, id, parent: at + 1, sector: 0, sectors: 0 });
    }
  }
  return places;
}

const linksOf = (folder: FolderEntry): number =>
  2 + [...folder.children.values()].filter((child) => child.is === 'folder').length;

/** Lay out the folders under `root` in one flavour; `date` is every entry's. */
export function directoriesOf(root: FolderEntry, flavour: Flavour, date: Date): Directories {
  const places = inPathOrder(root, flavour);
  const placeOf = new Map(places.map((place) => [place.folder, place]));
  const rock = (parts: Omit<Parameters<typeof rockFields>[0], 'date'>) =>
    flavour === 'rock' ? { rock: rockFields({ ...parts, date }) } : {};

  const dots = (place: Place): Buffer[] => {
    const above = places[place.parent - 1]!;
    return [place, above].map((at, up) =>
      directoryRecord({
        id: Buffer.from([up]),
        sector: at.sector,
        size: at.sectors * 2048,
        isFolder: true,
        date,
        ...rock({ isFolder: true, links: linksOf(at.folder), first: up === 0 && place === places[0] }),
      }),
    );
  };

  const recordFor = (entry: FileEntry | FolderEntry, id: Buffer, sectorOf: SectorOf): Buffer => {
    const at = entry.is === 'folder' ? placeOf.get(entry)! : undefined;
    return directoryRecord({
      id,
      sector: at ? at.sector : sectorOf(entry as FileEntry),
      size: at ? at.sectors * 2048 : (entry as FileEntry).size,
      isFolder: entry.is === 'folder',
      date,
      ...rock({
        name: entry.name,
        isFolder: entry.is === 'folder',
        links: entry.is === 'folder' ? linksOf(entry) : 1,
      }),
    });
  };

  const write = (place: Place, sectorOf: SectorOf): Buffer =>
    packRecords([
      ...dots(place),
      ...sorted(place.folder, flavour).map(({ entry, id }) => recordFor(entry, id, sectorOf)),
    ]);

  for (const place of places) place.sectors = sectorsFor(write(place, () => 0).length);
  const table = (order: 'little' | 'big') =>
    Buffer.concat(places.map((place) => pathRecord(place.id, place.sector, place.parent, order)));

  return {
    sectors: places.reduce((sum, place) => sum + place.sectors, 0),
    pathTableSize: table('little').length,
    root: () => ({ sector: places[0]!.sector, size: places[0]!.sectors * 2048 }),
    settle(sector) {
      let next = sector;
      for (const place of places) {
        place.sector = next;
        next += place.sectors;
      }
    },
    folders: (sectorOf) => Buffer.concat(places.map((place) => write(place, sectorOf))),
    pathTable: table,
  };
}
