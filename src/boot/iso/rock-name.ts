// The Rock Ridge name of one directory record (SUSP §5, RRIP §4.1.4).

import { sectorSize } from './records.ts';

/** Continuation areas that one record may have; a longer chain is taken for a circle. */
const mostContinuations = 8;

function fieldsOf(area: Buffer): { signature: string; body: Buffer }[] {
  const found: { signature: string; body: Buffer }[] = [];
  for (let at = 0; at + 4 <= area.length; ) {
    const length = area[at + 2]!;
    if (length < 4 || at + length > area.length) break;
    const signature = area.toString('latin1', at, at + 2);
    if (signature === 'ST') break;
    found.push({ signature, body: area.subarray(at + 4, at + length) });
    at += length;
  }
  return found;
}

function continuationOf(iso: Buffer, body: Buffer): Buffer | undefined {
  if (body.length < 24) return undefined;
  const from = body.readUInt32LE(0) * sectorSize + body.readUInt32LE(8);
  const length = body.readUInt32LE(16);
  return length <= sectorSize && from + length <= iso.length ? iso.subarray(from, from + length) : undefined;
}

/** The name in the NM fields of a record's system use area, or undefined where there is none. */
export function rockNameOf(iso: Buffer, systemUse: Buffer): string | undefined {
  const parts: Buffer[] = [];
  let area: Buffer | undefined = systemUse;
  for (let round = 0; area && round <= mostContinuations; round += 1) {
    let next: Buffer | undefined;
    for (const { signature, body } of fieldsOf(area)) {
      if (signature === 'NM' && body.length > 1 && (body[0]! & 6) === 0) parts.push(body.subarray(1));
      if (signature === 'CE') next = continuationOf(iso, body);
    }
    area = next;
  }
  return parts.length > 0 ? Buffer.concat(parts).toString('utf8') : undefined;
}
