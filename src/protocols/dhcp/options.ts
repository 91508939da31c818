// DHCP options by name, and their values. RFC 2132 unless said otherwise.
import { isIpv4 } from './addresses.ts';

export const option = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  dns: 6,
  hostName: 12,
  domainName: 15,
  mtu: 26,
  broadcast: 28,
  ntp: 42,
  vendor: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverId: 54,
  parameterList: 55,
  message: 56,
  maxMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  vendorClass: 60,
  clientId: 61,
  tftpServer: 66,
  bootFile: 67,
  userClass: 77, // RFC 3004
  relayInfo: 82, // RFC 3046
  clientArch: 93, // RFC 4578
  clientUndi: 94, // RFC 4578
  clientUuid: 97, // RFC 4578
  tftpAddress: 150, // RFC 5859
  ipxe: 175,
  end: 255,
} as const;

/** Message types of option 53. */
export const messageTypes = {
  1: 'discover',
  2: 'offer',
  3: 'request',
  4: 'decline',
  5: 'ack',
  6: 'nak',
  7: 'release',
  8: 'inform',
} as const;
export type MessageType = (typeof messageTypes)[keyof typeof messageTypes];

export const messageCodes = Object.fromEntries(
  Object.entries(messageTypes).map(([code, name]) => [name, Number(code)]),
) as Record<MessageType, number>;

export type Options = ReadonlyMap<number, Buffer>;

/** The kind of message, or undefined for BOOTP and unknown kinds. */
export function messageType(options: Options): MessageType | undefined {
  const value = options.get(option.messageType);
  return value?.length === 1 ? messageTypes[value[0] as keyof typeof messageTypes] : undefined;
}

/** The one address in an option, or undefined where it is absent or has another length. */
export function addressIn(options: Options, code: number): string | undefined {
  const value = options.get(code);
  return value?.length === 4 ? [...value].join('.') : undefined;
}

/** The text in an option, cut at the first NUL, with everything but printable ASCII made `?`. */
export function textIn(options: Options, code: number): string | undefined {
  const value = options.get(code);
  return value && printable(value);
}

/** Bytes of the wire as printable ASCII, cut at the first NUL. */
export function printable(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes
    .subarray(0, end < 0 ? bytes.length : end)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '?');
}

export const byte = (n: number): Buffer => Buffer.from([n]);

export function uint16(n: number): Buffer {
  const value = Buffer.alloc(2);
  value.writeUInt16BE(n);
  return value;
}

export function uint32(n: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(n);
  return value;
}

/** One or more addresses as the bytes of an option. */
export function addresses(...ips: readonly string[]): Buffer {
  const bad = ips.find((ip) => !isIpv4(ip));
  if (bad !== undefined) throw new RangeError(`${bad} is no IPv4 address`);
  return Buffer.from(ips.flatMap((ip) => ip.split('.').map(Number)));
}

export const text = (value: string): Buffer => Buffer.from(value, 'latin1');
