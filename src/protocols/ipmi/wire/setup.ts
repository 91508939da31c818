// Open Session and RAKP 1 to 4 (IPMI 2.0 §13.17 to §13.24): bytes to fields and back.
import type { Suite } from './suites.ts';
import { type Unreadable, unreadable } from './unreadable.ts';

export interface OpenSessionRequest {
  readonly is: 'open-session-request';
  readonly tag: number;
  /** 0 asks for the highest privilege that the suite allows. */
  readonly maxPrivilege: number;
  readonly consoleId: number;
  readonly auth: number;
  readonly integrity: number;
  readonly confidentiality: number;
}

export interface OpenSessionResponse extends Omit<OpenSessionRequest, 'is'> {
  readonly is: 'open-session-response';
  readonly status: number;
  readonly bmcId: number;
}

export interface Rakp1 {
  readonly is: 'rakp1';
  readonly tag: number;
  readonly bmcId: number;
  readonly random: Buffer;
  /** Low nibble: privilege; bit 4: the user is found by name only. */
  readonly role: number;
  readonly username: Buffer;
}

export interface Rakp2 {
  readonly is: 'rakp2';
  readonly tag: number;
  readonly status: number;
  readonly consoleId: number;
  readonly random: Buffer;
  readonly guid: Buffer;
  readonly code: Buffer;
}

/** RAKP 3 (the id is the BMC's) and RAKP 4 (the id is the console's) have the same fields. */
export interface Rakp34 {
  readonly is: 'rakp3/4';
  readonly tag: number;
  readonly status: number;
  readonly sessionId: number;
  readonly code: Buffer;
}

function writeAlgorithms(out: Buffer, at: number, suite: Pick<Suite, 'auth' | 'integrity' | 'confidentiality'>): void {
  out.set([0, 0, 0, 8, suite.auth, 0, 0, 0], at);
  out.set([1, 0, 0, 8, suite.integrity, 0, 0, 0], at + 8);
  out.set([2, 0, 0, 8, suite.confidentiality, 0, 0, 0], at + 16);
}

/** The algorithm numbers of three payloads, each 8 bytes; a null payload (length 0) proposes any: taken as 0. */
function readAlgorithms(b: Buffer, at: number): Pick<Suite, 'auth' | 'integrity' | 'confidentiality'> | Unreadable {
  if (b[at] !== 0 || b[at + 8] !== 1 || b[at + 16] !== 2) return unreadable('algorithm payloads out of order');
  const of = (from: number) => (b[from + 3] === 0 ? 0 : b[from + 4]! & 0x3f);
  return { auth: of(at), integrity: of(at + 8), confidentiality: of(at + 16) };
}

export function writeOpenSessionRequest(p: Omit<OpenSessionRequest, 'is'>): Buffer {
  const out = Buffer.alloc(32);
  out[0] = p.tag;
  out[1] = p.maxPrivilege;
  out.writeUInt32LE(p.consoleId, 4);
  writeAlgorithms(out, 8, p);
  return out;
}

export function readOpenSessionRequest(b: Buffer): OpenSessionRequest | Unreadable {
  if (b.length < 32) return unreadable('open session request shorter than 32 bytes');
  const algorithms = readAlgorithms(b, 8);
  if ('is' in algorithms) return algorithms;
  const consoleId = b.readUInt32LE(4);
  return { is: 'open-session-request', tag: b[0]!, maxPrivilege: b[1]! & 0x0f, consoleId, ...algorithms };
}

export function writeOpenSessionResponse(p: Omit<OpenSessionResponse, 'is'>): Buffer {
  if (p.status !== 0 && p.consoleId === 0) return Buffer.from([p.tag, p.status]);
  const out = Buffer.alloc(p.status === 0 ? 36 : 8);
  out[0] = p.tag;
  out[1] = p.status;
  out[2] = p.maxPrivilege;
  out.writeUInt32LE(p.consoleId, 4);
  if (p.status !== 0) return out;
  out.writeUInt32LE(p.bmcId, 8);
  writeAlgorithms(out, 12, p);
  return out;
}

export function readOpenSessionResponse(b: Buffer): OpenSessionResponse | Unreadable {
  if (b.length < 2) return unreadable('open session response shorter than 2 bytes');
  const status = b[1]!;
  const head = { is: 'open-session-response', tag: b[0]!, status } as const;
  if (status !== 0) {
    // Refusals are short; ipmi_sim leaves even the console's id out.
    const consoleId = b.length >= 8 ? b.readUInt32LE(4) : 0;
    return { ...head, maxPrivilege: 0, consoleId, bmcId: 0, auth: 0, integrity: 0, confidentiality: 0 };
  }
  if (b.length < 36) return unreadable('open session response shorter than 36 bytes');
  const algorithms = readAlgorithms(b, 12);
  if ('is' in algorithms) return algorithms;
  const maxPrivilege = b[2]! & 0x0f;
  return { ...head, maxPrivilege, consoleId: b.readUInt32LE(4), bmcId: b.readUInt32LE(8), ...algorithms };
}

export function writeRakp1(p: Omit<Rakp1, 'is'>): Buffer {
  const out = Buffer.alloc(28 + p.username.length);
  out[0] = p.tag;
  out.writeUInt32LE(p.bmcId, 4);
  out.set(p.random, 8);
  out[24] = p.role;
  out[27] = p.username.length;
  out.set(p.username, 28);
  return out;
}

export function readRakp1(b: Buffer): Rakp1 | Unreadable {
  if (b.length < 28) return unreadable('RAKP 1 shorter than 28 bytes');
  const size = b[27]!;
  if (size > 16 || b.length < 28 + size) return unreadable('RAKP 1 with a wrong user name length');
  const username = b.subarray(28, 28 + size);
  return { is: 'rakp1', tag: b[0]!, bmcId: b.readUInt32LE(4), random: b.subarray(8, 24), role: b[24]!, username };
}

export function writeRakp2(p: Omit<Rakp2, 'is'>): Buffer {
  if (p.status !== 0)
    return writeRakp34({ tag: p.tag, status: p.status, sessionId: p.consoleId, code: Buffer.alloc(0) });
  const out = Buffer.alloc(40 + p.code.length);
  out[0] = p.tag;
  out[1] = p.status;
  out.writeUInt32LE(p.consoleId, 4);
  out.set(p.random, 8);
  out.set(p.guid, 24);
  out.set(p.code, 40);
  return out;
}

const nothing = Buffer.alloc(0);

export function readRakp2(b: Buffer): Rakp2 | Unreadable {
  if (b.length < 2) return unreadable('RAKP 2 shorter than 2 bytes');
  const head = { is: 'rakp2', tag: b[0]!, status: b[1]!, consoleId: b.length >= 8 ? b.readUInt32LE(4) : 0 } as const;
  if (head.status !== 0) return { ...head, random: nothing, guid: nothing, code: nothing };
  if (b.length < 40) return unreadable('RAKP 2 shorter than 40 bytes');
  return { ...head, random: b.subarray(8, 24), guid: b.subarray(24, 40), code: b.subarray(40) };
}

export function writeRakp34(p: Omit<Rakp34, 'is'>): Buffer {
  const out = Buffer.alloc(8 + p.code.length);
  out[0] = p.tag;
  out[1] = p.status;
  out.writeUInt32LE(p.sessionId, 4);
  out.set(p.code, 8);
  return out;
}

export function readRakp34(b: Buffer): Rakp34 | Unreadable {
  if (b.length < 2) return unreadable('RAKP 3 or 4 shorter than 2 bytes');
  if (b.length < 8 && b[1] === 0) return unreadable('RAKP 3 or 4 shorter than 8 bytes');
  const sessionId = b.length >= 8 ? b.readUInt32LE(4) : 0;
  return { is: 'rakp3/4', tag: b[0]!, status: b[1]!, sessionId, code: b.subarray(8) };
}
