// A FAT12 or FAT16 volume in memory, as small as what it holds: firmware reads boot loaders from it (ECMA-107; the layout
// that "FAT: General Overview of On-Disk Format" describes).
import { defineError } from '#base/errors.ts';

export const FatUnbuildable = defineError(
  'FatUnbuildable',
  500,
  (p: { reason: string }) => `The boot partition image cannot be built: ${p.reason}.`,
);

export interface FatFile {
  /** Folders and a file, each 8.3 in capitals: `EFI/BOOT/BOOTX64.EFI`. */
  readonly path: string;
  readonly content: Uint8Array;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: Map<string, Uint8Array>;
}

const sector = 512;
const perCluster = 4;
const clusterSize = sector * perCluster;
const rootEntries = 512;
const mostFat12 = 4084;
const mostFat16 = 65_524;
const shortName = /^[A-Z0-9_$~-]{1,8}(\.[A-Z0-9_$~-]{1,3})?$/;

const newFolder = (): Folder => ({ folders: new Map(), files: new Map() });

function treeOf(files: readonly FatFile[]): Folder {
  const root = newFolder();
  for (const { path, content } of files) {
    const names = path.split('/');
    const wrong = names.find((name) => !shortName.test(name));
    if (wrong !== undefined) throw new FatUnbuildable({ reason: `"${wrong}" in ${path} is no 8.3 name in capitals` });
    const last = names.pop()!;
    let at = root;
    for (const name of names) {
      const next = at.folders.get(name) ?? newFolder();
      at.folders.set(name, next);
      at = next;
    }
    at.files.set(last, content);
  }
  return root;
}

const clustersFor = (bytes: number): number => Math.ceil(bytes / clusterSize);
const entriesIn = (folder: Folder): number => folder.folders.size + folder.files.size;
const folderClusters = (folder: Folder): number => Math.max(1, clustersFor((entriesIn(folder) + 2) * 32));

function clustersIn(folder: Folder): number {
  const files = [...folder.files.values()].reduce((sum, content) => sum + clustersFor(content.length), 0);
  const folders = [...folder.folders.values()].reduce((sum, one) => sum + folderClusters(one) + clustersIn(one), 0);
  return files + folders;
}

/** What the volume consists of, in sectors and clusters. */
interface Shape {
  readonly bits: 12 | 16;
  readonly clusters: number;
  readonly fatSectors: number;
  readonly dataSector: number;
  readonly sectors: number;
}

function shapeOf(needed: number): Shape {
  const clusters = needed + 16;
  if (clusters > mostFat16) throw new FatUnbuildable({ reason: 'it would be larger than FAT16 allows' });
  // Between the two kinds the number of clusters alone decides: a volume near the border is made larger.
  const count = clusters > mostFat12 - 16 && clusters < mostFat12 + 32 ? mostFat12 + 32 : clusters;
  const bits = count > mostFat12 ? 16 : 12;
  const fatSectors = Math.ceil(((count + 2) * bits) / 8 / sector);
  const dataSector = 1 + 2 * fatSectors + (rootEntries * 32) / sector;
  return { bits, clusters: count, fatSectors, dataSector, sectors: dataSector + count * perCluster };
}

class Volume {
  readonly bytes: Buffer;
  readonly #shape: Shape;
  #next = 2;

  constructor(shape: Shape) {
    this.#shape = shape;
    this.bytes = Buffer.alloc(shape.sectors * sector);
    this.#header();
    this.#link(0, 0xff_f8);
    this.#link(1, 0xff_ff);
  }

  /** Put a folder's entries at `at`; what they name goes behind it. */
  fill(folder: Folder, at: number): void {
    let entry = at;
    for (const [name, content] of folder.files) {
      this.#entry(entry, name, 0x20, this.#store(content), content.length);
      entry += 32;
    }
    for (const [name, child] of folder.folders) {
      const cluster = this.#chain(folderClusters(child));
      this.#entry(entry, name, 0x10, cluster, 0);
      const place = this.#place(cluster);
      this.#entry(place, '.', 0x10, cluster, 0);
      this.#entry(place + 32, '..', 0x10, this.#clusterOf(at), 0);
      this.fill(child, place + 64);
      entry += 32;
    }
  }

  get root(): number {
    return (1 + 2 * this.#shape.fatSectors) * sector;
  }

  /** The cluster of a folder whose entries begin at `at`; 0 is the root. */
  #clusterOf(at: number): number {
    const from = this.#shape.dataSector * sector;
    return at < from ? 0 : Math.floor((at - from) / clusterSize) + 2;
  }

  #place(cluster: number): number {
    return this.#shape.dataSector * sector + (cluster - 2) * clusterSize;
  }

  #store(content: Uint8Array): number {
    if (content.length === 0) return 0;
    const cluster = this.#chain(clustersFor(content.length));
    this.bytes.set(content, this.#place(cluster));
    return cluster;
  }

  #chain(count: number): number {
    const first = this.#next;
    this.#next += count;
    for (let n = first; n < this.#next; n++) this.#link(n, n + 1 === this.#next ? 0xff_ff : n + 1);
    return first;
  }

  #link(cluster: number, value: number): void {
    const { bits, fatSectors } = this.#shape;
    for (const fat of [sector, (1 + fatSectors) * sector]) {
      if (bits === 16) {
        this.bytes.writeUInt16LE(value & 0xff_ff, fat + cluster * 2);
        continue;
      }
      const at = fat + Math.floor(cluster * 1.5);
      const old = this.bytes.readUInt16LE(at);
      const twelve = value & 0xf_ff;
      this.bytes.writeUInt16LE(cluster % 2 ? (old & 0xf) | (twelve << 4) : (old & 0xf0_00) | twelve, at);
    }
  }

  #entry(at: number, name: string, attributes: number, cluster: number, size: number): void {
    const [stem = '', extension = ''] = name.startsWith('.') ? [name] : name.split('.');
    this.bytes.write(stem.padEnd(8) + extension.padEnd(3), at, 'latin1');
    this.bytes[at + 11] = attributes;
    this.bytes.writeUInt16LE(0x21, at + 16); // 1980-01-01: the same input gives the same bytes
    this.bytes.writeUInt16LE(0x21, at + 24);
    this.bytes.writeUInt16LE(cluster, at + 26);
    this.bytes.writeUInt32LE(size, at + 28);
  }

  #header(): void {
    const { bits, fatSectors, sectors } = this.#shape;
    const out = this.bytes;
    out.set([0xeb, 0x3c, 0x90]);
    out.write('INGOT   ', 3, 'latin1');
    out.writeUInt16LE(sector, 11);
    out[13] = perCluster;
    out.writeUInt16LE(1, 14);
    out[16] = 2;
    out.writeUInt16LE(rootEntries, 17);
    if (sectors < 0x1_00_00) out.writeUInt16LE(sectors, 19);
    else out.writeUInt32LE(sectors, 32);
    out[21] = 0xf8;
    out.writeUInt16LE(fatSectors, 22);
    out.writeUInt16LE(32, 24);
    out.writeUInt16LE(64, 26);
    out[36] = 0x80;
    out[38] = 0x29;
    out.writeUInt32LE(0x1_96_07_01, 39);
    out.write('NO NAME    ', 43, 'latin1');
    out.write(`FAT${bits}   `, 54, 'latin1');
    out[510] = 0x55;
    out[511] = 0xaa;
  }
}

/** A volume that holds `files`. Throws FatUnbuildable. */
export function fatImage(files: readonly FatFile[]): Buffer {
  const root = treeOf(files);
  if (entriesIn(root) > rootEntries) throw new FatUnbuildable({ reason: 'its root folder is full' });
  const volume = new Volume(shapeOf(clustersIn(root)));
  volume.fill(root, volume.root);
  return volume.bytes;
}
