// The small structures of ECMA-119, Joliet and Rock Ridge (RRIP 1.09 on SUSP), as bytes.

export const sectorSize = 2048;

/** How many sectors `bytes` bytes fill. */
export const sectorsFor = (bytes: number): number => Math.ceil(bytes / sectorSize);

/** A 32-bit number in both byte orders (ECMA-119 §7.3.3). */
export function both32(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(value, 0);
  out.writeUInt32BE(value, 4);
  return out;
}

/** A 16-bit number in both byte orders (ECMA-119 §7.2.3). */
export function both16(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt16LE(value, 0);
  out.writeUInt16BE(value, 2);
  return out;
}

/** Seven bytes of date and time in UTC (ECMA-119 §9.1.5). */
const shortDate = (date: Date): Buffer =>
  Buffer.from([
    date.getUTCFullYear() - 1900,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    0,
  ]);

/** Seventeen bytes of date and time in UTC (ECMA-119 §8.4.26.1). */
export function longDate(date: Date | undefined): Buffer {
  if (!date) return Buffer.from(`${'0'.repeat(16)}\0`, 'latin1');
  const digits = date
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 16);
  return Buffer.from(`${digits}\0`, 'latin1');
}

/** UCS-2 big-endian, as Joliet writes names. */
export const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

/** A Joliet file name: the characters that Joliet forbids become underscores. */
export const jolietName = (name: string, isFile: boolean): Buffer =>
  ucs2(`${name.replace(/[*/:;?\\]/g, '_')}${isFile ? ';1' : ''}`);

export interface RecordParts {
  readonly id: Buffer;
  readonly sector: number;
  readonly size: number;
  readonly isFolder: boolean;
  readonly date: Date;
  /** The system use area: Rock Ridge fields. */
  readonly rock?: Buffer;
}

/** One directory record (ECMA-119 §9.1). */
export function directoryRecord(parts: RecordParts): Buffer {
  const idEnd = 33 + parts.id.length;
  const rockAt = idEnd + (idEnd % 2);
  const length = rockAt + (parts.rock?.length ?? 0);
  const out = Buffer.alloc(length + (length % 2));
  out[0] = out.length;
  both32(parts.sector).copy(out, 2);
  both32(parts.size).copy(out, 10);
  shortDate(parts.date).copy(out, 18);
  out[25] = parts.isFolder ? 2 : 0;
  both16(1).copy(out, 28);
  out[32] = parts.id.length;
  parts.id.copy(out, 33);
  parts.rock?.copy(out, rockAt);
  return out;
}

const field = (name: string, ...data: Buffer[]): Buffer => {
  const body = Buffer.concat(data);
  return Buffer.concat([Buffer.from(name, 'latin1'), Buffer.from([body.length + 4, 1]), body]);
};

const fileMode = 0o100444;
const folderMode = 0o040555;

export interface RockParts {
  /** The real name; none for `.` and `..`. */
  readonly name?: string;
  readonly isFolder: boolean;
  readonly links: number;
  readonly date: Date;
  /** The first record of the volume says that Rock Ridge is in use. */
  readonly first?: boolean;
}

/** The Rock Ridge fields of one record: PX, TF, NM, and SP with ER in the volume's first one. */
export function rockFields(parts: RockParts): Buffer {
  const mode = parts.isFolder ? folderMode : fileMode;
  const stamp = shortDate(parts.date);
  return Buffer.concat([
    ...(parts.first ? [field('SP', Buffer.from([0xbe, 0xef, 0]))] : []),
    field('PX', both32(mode), both32(parts.links), both32(0), both32(0)),
    field('TF', Buffer.from([0x0e]), stamp, stamp, stamp),
    ...(parts.name === undefined ? [] : [field('NM', Buffer.from([0]), Buffer.from(parts.name, 'utf8'))]),
    ...(parts.first ? [field('ER', Buffer.from([10, 0, 0, 1]), Buffer.from('RRIP_1991A', 'latin1'))] : []),
  ]);
}

/** One path table record (ECMA-119 §9.4), in little or big-endian order. */
export function pathRecord(id: Buffer, sector: number, parent: number, order: 'little' | 'big'): Buffer {
  const out = Buffer.alloc(8 + id.length + (id.length % 2));
  out[0] = id.length;
  if (order === 'little') {
    out.writeUInt32LE(sector, 2);
    out.writeUInt16LE(parent, 6);
  } else {
    out.writeUInt32BE(sector, 2);
    out.writeUInt16BE(parent, 6);
  }
  id.copy(out, 8);
  return out;
}

/** Records one after the other; none crosses the end of a sector (ECMA-119 §6.8.1.1). */
export function packRecords(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  let used = 0;
  for (const record of records) {
    const left = sectorSize - (used % sectorSize);
    if (record.length > left) {
      parts.push(Buffer.alloc(left));
      used += left;
    }
    parts.push(record);
    used += record.length;
  }
  parts.push(Buffer.alloc((sectorSize - (used % sectorSize)) % sectorSize));
  return Buffer.concat(parts);
}
