// The DHCP message as bytes. RFC 2131 §2, RFC 2132 §2, RFC 3396 (long options).
import { addresses, option, printable } from './options.ts';

/** A DHCP or BOOTP message. Addresses are dotted; `mac` is lower case with colons. */
export interface DhcpPacket {
  readonly op: 'request' | 'reply';
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly broadcast: boolean;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  readonly mac: string;
  readonly sname: string;
  readonly file: string;
  readonly options: ReadonlyMap<number, Buffer>;
}

export const noAddress = '0.0.0.0';
const cookie = 0x63825363;
const headLength = 240;
const shortest = 300; // what BOOTP relays and some ROMs insist on

/** A message with every field empty but those given. */
export function blankPacket(fields: Partial<DhcpPacket> & Pick<DhcpPacket, 'op' | 'xid' | 'mac'>): DhcpPacket {
  return {
    hops: 0,
    secs: 0,
    broadcast: false,
    ciaddr: noAddress,
    yiaddr: noAddress,
    siaddr: noAddress,
    giaddr: noAddress,
    sname: '',
    file: '',
    options: new Map(),
    ...fields,
  };
}

/** Read a message, or say in a few words what is wrong with it. Never throws, whatever the bytes are. */
export function decodePacket(bytes: Buffer): { packet: DhcpPacket } | { malformed: string } {
  if (bytes.length < headLength) return { malformed: `${bytes.length} bytes, shorter than a DHCP message` };
  const op = bytes[0];
  if (op !== 1 && op !== 2) return { malformed: `operation ${op}` };
  if (bytes[1] !== 1 || bytes[2] !== 6) return { malformed: `hardware type ${bytes[1]}, not Ethernet` };
  if (bytes.readUInt32BE(236) !== cookie) return { malformed: 'no DHCP magic cookie' };
  const options = readAllOptions(bytes);
  if (typeof options === 'string') return { malformed: options };
  const overload = options.get(option.overload)?.[0] ?? 0;
  const packet: DhcpPacket = {
    op: op === 1 ? 'request' : 'reply',
    hops: bytes[3]!,
    xid: bytes.readUInt32BE(4),
    secs: bytes.readUInt16BE(8),
    broadcast: (bytes[10]! & 0x80) !== 0,
    ciaddr: ipAt(bytes, 12),
    yiaddr: ipAt(bytes, 16),
    siaddr: ipAt(bytes, 20),
    giaddr: ipAt(bytes, 24),
    mac: [...bytes.subarray(28, 34)].map((b) => b.toString(16).padStart(2, '0')).join(':'),
    sname: overload & 2 ? '' : printable(bytes.subarray(44, 108)),
    file: overload & 1 ? '' : printable(bytes.subarray(108, 236)),
    options,
  };
  return { packet };
}

const ipAt = (bytes: Buffer, at: number): string => [...bytes.subarray(at, at + 4)].join('.');

function readAllOptions(bytes: Buffer): Map<number, Buffer> | string {
  const options = new Map<number, Buffer>();
  const wrong = readOptions(bytes.subarray(headLength), options);
  if (wrong) return wrong;
  const overload = options.get(option.overload)?.[0] ?? 0;
  // RFC 2131 §4.1: file is read before sname.
  if (overload & 1) {
    const bad = readOptions(bytes.subarray(108, 236), options);
    if (bad) return bad;
  }
  return (overload & 2 && readOptions(bytes.subarray(44, 108), options)) || options;
}

function readOptions(area: Buffer, into: Map<number, Buffer>): string | undefined {
  let at = 0;
  while (at < area.length) {
    const code = area[at++]!;
    if (code === option.end) return undefined;
    if (code === option.pad) continue;
    const length = area[at++];
    if (length === undefined || at + length > area.length) return `option ${code} runs over the end`;
    const value = area.subarray(at, at + length);
    const before = into.get(code);
    into.set(code, before ? Buffer.concat([before, value]) : Buffer.from(value)); // RFC 3396: parts are joined
    at += length;
  }
  return undefined; // a missing end mark is forgiven: some ROMs fill the message to its last byte
}

/** The bytes of a message, at least 300 of them. Throws RangeError where a field cannot be written. */
export function encodePacket(packet: DhcpPacket): Buffer {
  const head = Buffer.alloc(headLength);
  head.set([packet.op === 'request' ? 1 : 2, 1, 6, packet.hops & 255]);
  head.writeUInt32BE(packet.xid >>> 0, 4);
  head.writeUInt16BE(packet.secs & 0xffff, 8);
  head.writeUInt16BE(packet.broadcast ? 0x8000 : 0, 10);
  head.set(addresses(packet.ciaddr, packet.yiaddr, packet.siaddr, packet.giaddr), 12);
  head.set(Buffer.from(packet.mac.replaceAll(':', ''), 'hex').subarray(0, 6), 28);
  putText(head, packet.sname, 44, 64);
  putText(head, packet.file, 108, 128);
  head.writeUInt32BE(cookie, 236);
  const whole = Buffer.concat([head, ...writeOptions(packet.options), Buffer.from([option.end])]);
  return whole.length >= shortest ? whole : Buffer.concat([whole, Buffer.alloc(shortest - whole.length)]);
}

function putText(head: Buffer, text: string, at: number, room: number): void {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length >= room) throw new RangeError(`"${text}" does not fit into ${room - 1} bytes of a DHCP message`);
  head.set(bytes, at);
}

function* writeOptions(options: ReadonlyMap<number, Buffer>): Generator<Buffer> {
  // The message type goes first because some ROMs look nowhere else; relay information goes last (RFC 3046 §2.1).
  const rank = (code: number) => (code === option.messageType ? -1 : code === option.relayInfo ? 256 : 0);
  const ordered = [...options].sort(([a], [b]) => rank(a) - rank(b));
  for (const [code, value] of ordered) {
    if (code <= option.pad || code >= option.end) continue;
    for (let at = 0; at === 0 || at < value.length; at += 255) {
      const part = value.subarray(at, at + 255);
      yield Buffer.concat([Buffer.from([code, part.length]), part]);
    }
  }
}
