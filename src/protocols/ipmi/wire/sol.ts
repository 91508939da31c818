// The serial-over-LAN payload (IPMI 2.0 §15.9).
import { type Unreadable, unreadable } from './unreadable.ts';

export interface SolPacket {
  readonly is: 'sol';
  /** 1 to 15; 0 when the packet only acknowledges. */
  readonly sequence: number;
  /** The sequence number that is acknowledged; 0 for none. */
  readonly acknowledged: number;
  /** How many characters of the acknowledged packet were taken. */
  readonly accepted: number;
  /** Operation (to the BMC) or status (from it): `solBits`. */
  readonly status: number;
  readonly data: Buffer;
}

export const solBits = {
  nack: 0x40,
  /** From the BMC: characters cannot be passed on now. */
  unavailable: 0x20,
  /** From the BMC: the payload was deactivated. */
  deactivated: 0x10,
  /** To the BMC: generate a break on the serial line. */
  sendBreak: 0x10,
} as const;

export function writeSol(p: Omit<SolPacket, 'is'>): Buffer {
  const out = Buffer.allocUnsafe(4 + p.data.length);
  out[0] = p.sequence;
  out[1] = p.acknowledged;
  out[2] = p.accepted;
  out[3] = p.status;
  out.set(p.data, 4);
  return out;
}

export function readSol(b: Buffer): SolPacket | Unreadable {
  if (b.length < 4) return unreadable('SOL payload shorter than 4 bytes');
  return {
    is: 'sol',
    sequence: b[0]! & 0x0f,
    acknowledged: b[1]! & 0x0f,
    accepted: b[2]!,
    status: b[3]!,
    data: b.subarray(4),
  };
}
