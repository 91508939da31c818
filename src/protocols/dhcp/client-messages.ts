// The client's end: messages as ROMs, iPXE and operating systems send them (for simulated machines and tests).
import { addresses, byte, type MessageType, messageCodes, option, text, uint16 } from './options.ts';
import { blankPacket, type DhcpPacket } from './packet.ts';

/** The marks of each kind of client in every message that it sends. */
const marks = {
  os: [],
  ipxe: [
    [option.vendorClass, text('PXEClient:Arch:00000:UNDI:002001')],
    [option.userClass, text('iPXE')],
    [option.clientArch, uint16(0)],
    [option.ipxe, Buffer.from([0xb1, 1, 1])],
  ],
  'bios-pxe': [
    [option.vendorClass, text('PXEClient:Arch:00000:UNDI:002001')],
    [option.clientArch, uint16(0)],
  ],
  'uefi-pxe': [
    [option.vendorClass, text('PXEClient:Arch:00007:UNDI:003000')],
    [option.clientArch, uint16(7)],
  ],
  'uefi-http': [
    [option.vendorClass, text('HTTPClient:Arch:00016:UNDI:003001')],
    [option.clientArch, uint16(16)],
  ],
} as const satisfies Record<string, readonly (readonly [number, Buffer])[]>;
export type ClientMarks = keyof typeof marks;

export interface ClientMessage {
  readonly type: MessageType;
  readonly mac: string;
  readonly xid: number;
  readonly as?: ClientMarks;
  readonly requested?: string;
  readonly server?: string;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly broadcast?: boolean;
  readonly also?: readonly (readonly [number, Buffer])[];
}

/** A message of a client of the kind `as` (an operating system unless said otherwise). */
export function clientMessage(message: ClientMessage): DhcpPacket {
  const options = new Map<number, Buffer>([[option.messageType, byte(messageCodes[message.type])]]);
  if (message.requested) options.set(option.requestedAddress, addresses(message.requested));
  if (message.server) options.set(option.serverId, addresses(message.server));
  for (const [code, value] of [...marks[message.as ?? 'os'], ...(message.also ?? [])]) options.set(code, value);
  return blankPacket({
    op: 'request',
    xid: message.xid,
    mac: message.mac,
    broadcast: message.broadcast ?? false,
    options,
    ...(message.ciaddr && { ciaddr: message.ciaddr }),
    ...(message.giaddr && { giaddr: message.giaddr }),
  });
}
