// The boot catalogue of El Torito 1.0, and the boot information table that isolinux reads.

import { sectorSize } from './records.ts';

/** What firmware may boot from the volume; paths name files of the volume. */
export interface IsoBoot {
  /** A BIOS boot loader such as isolinux.bin; it gets its boot information table. */
  readonly bios?: string;
  /** A FAT image that holds the EFI boot loader. */
  readonly efi?: string;
}

/** One entry of the boot catalogue: who it is for, where the image begins and its size in bytes. */
export interface BootEntry {
  readonly platform: 'bios' | 'efi';
  readonly sector: number;
  readonly size: number;
}

const platformId = { bios: 0, efi: 0xef };

function validationEntry(platform: BootEntry['platform']): Buffer {
  const out = Buffer.alloc(32);
  out[0] = 1;
  out[1] = platformId[platform];
  out[30] = 0x55;
  out[31] = 0xaa;
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum = (sum + out.readUInt16LE(at)) & 0xffff;
  out.writeUInt16LE((0x10000 - sum) & 0xffff, 28);
  return out;
}

/** isolinux wants four 512-byte sectors loaded; an EFI image is named in its whole length. */
function bootEntry(entry: BootEntry): Buffer {
  const out = Buffer.alloc(32);
  out[0] = 0x88;
  out.writeUInt16LE(entry.platform === 'bios' ? 4 : Math.min(Math.ceil(entry.size / 512), 0xffff), 6);
  out.writeUInt32LE(entry.sector, 8);
  return out;
}

function sectionHeader(entry: BootEntry, last: boolean): Buffer {
  const out = Buffer.alloc(32);
  out[0] = last ? 0x91 : 0x90;
  out[1] = platformId[entry.platform];
  out.writeUInt16LE(1, 2);
  return out;
}

/** The boot catalogue, one sector; the first entry is the default one. */
export function bootCatalog(entries: readonly BootEntry[]): Buffer {
  const [first, ...others] = entries;
  const parts = first ? [validationEntry(first.platform), bootEntry(first)] : [];
  others.forEach((entry, n) => {
    parts.push(sectionHeader(entry, n === others.length - 1), bootEntry(entry));
  });
  return Buffer.concat([...parts, Buffer.alloc(sectorSize)]).subarray(0, sectorSize);
}

/** A copy of isolinux's loader with the boot information table at byte 8: volume, own place, length, checksum. */
export function withBootInfo(loader: Uint8Array, sector: number): Buffer {
  const out = Buffer.from(loader);
  if (out.length < 64) return out;
  const padded = Buffer.alloc(Math.ceil(out.length / 4) * 4);
  out.copy(padded);
  let sum = 0;
  for (let at = 64; at < padded.length; at += 4) sum = (sum + padded.readUInt32LE(at)) >>> 0;
  out.fill(0, 8, 64);
  out.writeUInt32LE(16, 8);
  out.writeUInt32LE(sector, 12);
  out.writeUInt32LE(out.length, 16);
  out.writeUInt32LE(sum, 20);
  return out;
}
