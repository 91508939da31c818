// The IPMI message inside a session packet (IPMI 2.0 §13.8) and its two checksums.
import { type Unreadable, unreadable } from './unreadable.ts';

export interface Message {
  readonly is: 'message';
  readonly rsAddr: number;
  readonly netFn: number;
  readonly rsLun: number;
  readonly rqAddr: number;
  readonly rqSeq: number;
  readonly rqLun: number;
  readonly cmd: number;
  /** Of a response, the first byte is the completion code. */
  readonly data: Buffer;
}

export const bmcAddress = 0x20;
export const consoleAddress = 0x81;

function checksum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += bytes[i]!;
  return -sum & 0xff;
}

export function writeMessage(m: Omit<Message, 'is'>): Buffer {
  const size = m.data.length;
  const out = Buffer.allocUnsafe(7 + size);
  out[0] = m.rsAddr;
  out[1] = (m.netFn << 2) | m.rsLun;
  out[2] = checksum(out, 0, 2);
  out[3] = m.rqAddr;
  out[4] = (m.rqSeq << 2) | m.rqLun;
  out[5] = m.cmd;
  out.set(m.data, 6);
  out[6 + size] = checksum(out, 3, 6 + size);
  return out;
}

export function readMessage(bytes: Buffer): Message | Unreadable {
  const end = bytes.length - 1;
  if (end < 6) return unreadable('IPMI message shorter than 7 bytes');
  if (checksum(bytes, 0, 2) !== bytes[2]) return unreadable('IPMI message: header checksum is wrong');
  if (checksum(bytes, 3, end) !== bytes[end]) return unreadable('IPMI message: data checksum is wrong');
  return {
    is: 'message',
    rsAddr: bytes[0]!,
    netFn: bytes[1]! >> 2,
    rsLun: bytes[1]! & 3,
    rqAddr: bytes[3]!,
    rqSeq: bytes[4]! >> 2,
    rqLun: bytes[4]! & 3,
    cmd: bytes[5]!,
    data: bytes.subarray(6, end),
  };
}

/** The response to `request`: a completion code and what follows it. */
export function writeResponse(request: Message, code: number, data: Uint8Array): Buffer {
  const body = Buffer.allocUnsafe(1 + data.length);
  body[0] = code;
  body.set(data, 1);
  return writeMessage({
    rsAddr: request.rqAddr,
    netFn: request.netFn | 1,
    rsLun: request.rqLun,
    rqAddr: request.rsAddr,
    rqSeq: request.rqSeq,
    rqLun: request.rsLun,
    cmd: request.cmd,
    data: body,
  });
}
