// The volume descriptors of ECMA-119 §8 and of Joliet: one sector each.

import { both16, both32, directoryRecord, longDate, sectorSize, ucs2 } from './records.ts';

export interface VolumeFacts {
  readonly label: string;
  /** Who published the volume; the agent finds its own media by it (`ir_pub_id`). */
  readonly publisher: string;
  readonly date: Date;
  /** The size of the whole volume in sectors. */
  readonly sectors: number;
  readonly pathTableSize: number;
  readonly littlePathTable: number;
  readonly bigPathTable: number;
  readonly root: { readonly sector: number; readonly size: number };
}

function head(type: number): Buffer {
  const out = Buffer.alloc(sectorSize);
  out[0] = type;
  out.write('CD001', 1, 'latin1');
  out[6] = 1;
  return out;
}

function padded(text: string, length: number, joliet: boolean): Buffer {
  if (!joliet) return Buffer.from(text.slice(0, length).padEnd(length, ' '), 'latin1');
  const even = Math.floor(length / 2);
  const out = Buffer.alloc(length);
  ucs2(text.slice(0, even).padEnd(even, ' ')).copy(out);
  return out;
}

/** The primary descriptor (type 1), or Joliet's supplementary one (type 2, UCS-2 level 3). */
export function volumeDescriptor(facts: VolumeFacts, joliet: boolean): Buffer {
  const out = head(joliet ? 2 : 1);
  const text = (value: string, at: number, length: number) => padded(value, length, joliet).copy(out, at);
  text('LINUX', 8, 32);
  text(facts.label, 40, 32);
  both32(facts.sectors).copy(out, 80);
  if (joliet) out.write('%/E', 88, 'latin1');
  both16(1).copy(out, 120);
  both16(1).copy(out, 124);
  both16(sectorSize).copy(out, 128);
  both32(facts.pathTableSize).copy(out, 132);
  out.writeUInt32LE(facts.littlePathTable, 140);
  out.writeUInt32BE(facts.bigPathTable, 148);
  directoryRecord({ id: Buffer.from([0]), ...facts.root, isFolder: true, date: facts.date }).copy(out, 156);
  text('', 190, 128);
  text(facts.publisher, 318, 128);
  text('', 446, 128);
  text('INGOT', 574, 128);
  for (const at of [702, 739, 776]) text('', at, 37);
  longDate(facts.date).copy(out, 813);
  longDate(facts.date).copy(out, 830);
  longDate(undefined).copy(out, 847);
  longDate(facts.date).copy(out, 864);
  out[881] = 1;
  return out;
}

/** The descriptor that ends the list (ECMA-119 §8.3). */
export const lastDescriptor = (): Buffer => head(255);

/** El Torito's boot record, which names the sector of the boot catalogue. */
export function bootRecord(catalogSector: number): Buffer {
  const out = head(0);
  out.write('EL TORITO SPECIFICATION', 7, 'latin1');
  out.writeUInt32LE(catalogSector, 71);
  return out;
}
