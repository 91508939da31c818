// Where everything of a volume lies: descriptors, boot catalogue, path tables, folders, then the files.

import { bootRecord, lastDescriptor, type VolumeFacts, volumeDescriptor } from './descriptors.ts';
import { type Directories, directoriesOf } from './directories.ts';
import { type BootEntry, bootCatalog, type IsoBoot, withBootInfo } from './el-torito.ts';
import { IsoUnbuildable } from './faults.ts';
import { sectorSize, sectorsFor } from './records.ts';
import { type FileEntry, type FolderEntry, type IsoContent, type IsoFile, sizeOf, treeOf } from './tree.ts';

export interface IsoOptions {
  /** The volume label, at most 32 ASCII characters; `config-2` on a config drive. */
  readonly label: string;
  /** The date of the volume and of everything on it: the same input gives the same bytes. */
  readonly date: Date;
  readonly publisher?: string;
  readonly boot?: IsoBoot;
}

/** A volume ready to be written: its first sectors, then the files at their sectors. Sizes in bytes. */
export interface IsoLayout {
  readonly size: number;
  readonly head: Buffer;
  readonly files: readonly { readonly sector: number; readonly content: IsoContent }[];
}

const firstDescriptor = 16;

function filesOf(folder: FolderEntry): FileEntry[] {
  const found: FileEntry[] = [];
  for (const child of folder.children.values()) {
    if (child.is === 'file') found.push(child);
    else found.push(...filesOf(child));
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function bootEntries(boot: IsoBoot, files: readonly FileEntry[], sectorOf: (file: FileEntry) => number): BootEntry[] {
  const entries: BootEntry[] = [];
  for (const platform of ['bios', 'efi'] as const) {
    const path = boot[platform];
    if (path === undefined) continue;
    const file = files.find((candidate) => candidate.path === path);
    if (!file) throw new IsoUnbuildable({ reason: `the ${platform} boot file ${path} is not among the files` });
    entries.push({ platform, sector: sectorOf(file), size: file.size });
  }
  return entries;
}

function checkOptions(options: IsoOptions): void {
  if (!/^[\x20-\x7e]{1,32}$/.test(options.label)) {
    throw new IsoUnbuildable({ reason: `the label ${JSON.stringify(options.label)} is not 1 to 32 ASCII characters` });
  }
  const year = options.date.getUTCFullYear();
  if (!(year >= 1900 && year <= 2155)) throw new IsoUnbuildable({ reason: 'its date is not within 1900 to 2155' });
}

/** Give sectors to path tables and folders of one flavour, from `at` on. */
function settle(directories: Directories, at: number) {
  const tableSectors = sectorsFor(directories.pathTableSize);
  directories.settle(at + 2 * tableSectors);
  return { little: at, big: at + tableSectors, end: at + 2 * tableSectors + directories.sectors };
}

const wholeSectors = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(sectorsFor(bytes.length) * sectorSize - bytes.length)]);

/** Lay out a volume with Rock Ridge and Joliet names, bootable when `options.boot` says so. Throws IsoUnbuildable. */
export function layoutIso(files: readonly IsoFile[], options: IsoOptions): IsoLayout {
  checkOptions(options);
  const root = treeOf(files);
  const rock = directoriesOf(root, 'rock', options.date);
  const joliet = directoriesOf(root, 'joliet', options.date);
  const bootable = options.boot?.bios !== undefined || options.boot?.efi !== undefined;

  const catalog = firstDescriptor + (bootable ? 4 : 3);
  const rockAt = settle(rock, bootable ? catalog + 1 : catalog);
  const jolietAt = settle(joliet, rockAt.end);

  const entries = filesOf(root);
  const sectors = new Map<FileEntry, number>();
  let next = jolietAt.end;
  for (const entry of entries) {
    sectors.set(entry, next);
    next += Math.max(1, sectorsFor(entry.size));
  }
  const sectorOf = (file: FileEntry) => sectors.get(file) ?? 0;
  const boot = bootEntries(options.boot ?? {}, entries, sectorOf);

  const facts = (directories: Directories, at: { little: number; big: number }): VolumeFacts => ({
    label: options.label,
    publisher: options.publisher ?? '',
    date: options.date,
    sectors: next,
    pathTableSize: directories.pathTableSize,
    littlePathTable: at.little,
    bigPathTable: at.big,
    root: directories.root(),
  });
  const trees = [rock, joliet].flatMap((directories) => [
    wholeSectors(directories.pathTable('little')),
    wholeSectors(directories.pathTable('big')),
    directories.folders(sectorOf),
  ]);
  const head = Buffer.concat([
    Buffer.alloc(firstDescriptor * sectorSize),
    volumeDescriptor(facts(rock, rockAt), false),
    ...(bootable ? [bootRecord(catalog)] : []),
    volumeDescriptor(facts(joliet, jolietAt), true),
    lastDescriptor(),
    ...(bootable ? [bootCatalog(boot)] : []),
    ...trees,
  ]);
  return { size: next * sectorSize, head, files: entries.map((entry) => placed(entry, sectorOf(entry), options.boot)) };
}

function placed(entry: FileEntry, sector: number, boot: IsoBoot | undefined) {
  if (entry.path !== boot?.bios || sizeOf(entry.content) === 0) return { sector, content: entry.content };
  if (!(entry.content instanceof Uint8Array)) {
    throw new IsoUnbuildable({ reason: `the BIOS boot file ${entry.path} must be given as bytes` });
  }
  return { sector, content: withBootInfo(entry.content, sector) };
}
