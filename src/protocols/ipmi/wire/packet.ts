// A UDP datagram of port 623: RMCP header, then ASF, an IPMI 1.5 session wrapper or an RMCP+ one (IPMI 2.0 §13.1 to 13.6).
import { type Unreadable, unreadable } from './unreadable.ts';

/** ASF presence ping and pong (ASF 2.0 §3.2.4). */
export interface AsfPacket {
  readonly is: 'asf';
  readonly rmcpSequence: number;
  readonly type: number;
  readonly tag: number;
  readonly data: Buffer;
}

/** An IPMI 1.5 session wrapper; authType 0 and session 0 outside of sessions. */
export interface Packet15 {
  readonly is: 'v1.5';
  readonly authType: number;
  readonly sequence: number;
  readonly sessionId: number;
  /** 16 bytes, or none with authType 0. */
  readonly authCode: Buffer;
  readonly payload: Buffer;
}

/** An RMCP+ packet as it came: neither checked nor decrypted. */
export interface PacketPlus {
  readonly is: 'plus';
  readonly payloadType: number;
  readonly encrypted: boolean;
  readonly authenticated: boolean;
  /** Six bytes of IANA number and id when the payload type is `payloads.oem`. */
  readonly oem: Buffer | undefined;
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Buffer;
  /** From authType to the end of the datagram. */
  readonly body: Buffer;
  /** Where in `body` the payload ends. */
  readonly payloadEnd: number;
}

export type Packet = AsfPacket | Packet15 | PacketPlus;

export const payloads = {
  ipmi: 0x00,
  sol: 0x01,
  oem: 0x02,
  openSessionRequest: 0x10,
  openSessionResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

export const asfTypes = { ping: 0x80, pong: 0x40 } as const;

const rmcpVersion = 0x06;
const classAsf = 0x06;
const classIpmi = 0x07;
const rmcpPlusAuth = 0x06;
const asfIana = 4542;

/** Takes a datagram apart; signatures are checked and payloads decrypted by `unseal`. */
export function readPacket(bytes: Buffer): Packet | Unreadable {
  if (bytes.length < 4 || bytes[0] !== rmcpVersion) return unreadable('not an RMCP packet');
  const kind = bytes[3]! & 0x1f;
  if (bytes[3]! & 0x80) return unreadable('an RMCP acknowledgement');
  if (kind === classAsf) return readAsf(bytes);
  if (kind !== classIpmi) return unreadable(`RMCP class ${kind} is neither ASF nor IPMI`);
  if (bytes.length < 5) return unreadable('RMCP packet without a session header');
  return (bytes[4]! & 0x0f) === rmcpPlusAuth ? readPlus(bytes.subarray(4)) : read15(bytes.subarray(4));
}

function readAsf(bytes: Buffer): AsfPacket | Unreadable {
  if (bytes.length < 12) return unreadable('ASF message shorter than its header');
  if (bytes.readUInt32BE(4) !== asfIana) return unreadable('ASF message of an unknown enterprise');
  const size = bytes[11]!;
  if (bytes.length < 12 + size) return unreadable('ASF message shorter than it says');
  return { is: 'asf', rmcpSequence: bytes[2]!, type: bytes[8]!, tag: bytes[9]!, data: bytes.subarray(12, 12 + size) };
}

export function writeAsf(p: Omit<AsfPacket, 'is'>): Buffer {
  const out = Buffer.alloc(12 + p.data.length);
  out.set([rmcpVersion, 0, p.rmcpSequence, classAsf]);
  out.writeUInt32BE(asfIana, 4);
  out.set([p.type, p.tag, 0, p.data.length], 8);
  out.set(p.data, 12);
  return out;
}

function read15(body: Buffer): Packet15 | Unreadable {
  if (body.length < 10) return unreadable('IPMI 1.5 session header is incomplete');
  const authType = body[0]! & 0x0f;
  const lengthAt = authType === 0 ? 9 : 25;
  if (body.length <= lengthAt) return unreadable('IPMI 1.5 session header is incomplete');
  const size = body[lengthAt]!;
  const from = lengthAt + 1;
  if (body.length < from + size) return unreadable('IPMI 1.5 payload is shorter than it says');
  return {
    is: 'v1.5',
    authType,
    sequence: body.readUInt32LE(1),
    sessionId: body.readUInt32LE(5),
    authCode: body.subarray(9, lengthAt),
    payload: body.subarray(from, from + size),
  };
}

export function write15(p: Omit<Packet15, 'is'>): Buffer {
  const lengthAt = 13 + p.authCode.length;
  const out = Buffer.allocUnsafe(lengthAt + 1 + p.payload.length);
  out.set([rmcpVersion, 0, 0xff, classIpmi, p.authType]);
  out.writeUInt32LE(p.sequence, 5);
  out.writeUInt32LE(p.sessionId, 9);
  out.set(p.authCode, 13);
  out[lengthAt] = p.payload.length;
  out.set(p.payload, lengthAt + 1);
  return out;
}

function readPlus(body: Buffer): PacketPlus | Unreadable {
  const payloadType = body.length > 1 ? body[1]! & 0x3f : 0;
  const oemLength = payloadType === payloads.oem ? 6 : 0;
  const from = 12 + oemLength;
  if (body.length < from) return unreadable('RMCP+ session header is incomplete');
  const size = body.readUInt16LE(from - 2);
  if (body.length < from + size) return unreadable('RMCP+ payload is shorter than it says');
  const flags = body[1]!;
  return {
    is: 'plus',
    payloadType,
    encrypted: (flags & 0x80) !== 0,
    authenticated: (flags & 0x40) !== 0,
    oem: oemLength > 0 ? body.subarray(2, 8) : undefined,
    sessionId: body.readUInt32LE(2 + oemLength),
    sequence: body.readUInt32LE(6 + oemLength),
    payload: body.subarray(from, from + size),
    body,
    payloadEnd: from + size,
  };
}

/** Writes RMCP and RMCP+ headers in front of `size` payload bytes; returns where the payload starts. */
export function writePlusHeader(out: Buffer, flags: number, sessionId: number, sequence: number, size: number): number {
  out[0] = rmcpVersion;
  out[1] = 0;
  out[2] = 0xff;
  out[3] = classIpmi;
  out[4] = rmcpPlusAuth;
  out[5] = flags;
  out.writeUInt32LE(sessionId, 6);
  out.writeUInt32LE(sequence, 10);
  out.writeUInt16LE(size, 14);
  return 16;
}

/** An RMCP+ packet outside of sessions: the steps of session set-up. */
export function writeSetup(payloadType: number, payload: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(16 + payload.length);
  out.set(payload, writePlusHeader(out, payloadType, 0, 0, payload.length));
  return out;
}
