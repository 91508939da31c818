// The "null" router advertisement: lifetime 0, no prefix, no flags. It tells iPXE that there is no IPv6 to wait for,
// which takes 16 s off each of its starts. RFC 4861 §4.2.
import type { Libc } from './libc.ts';
import type { BootInterface } from './network-interface.ts';

const allNodes = Buffer.from('333300000001', 'hex');

/** The Ethernet frame, from the link-local address that belongs to `mac` (dotted by colons). */
export function advertisementFrame(mac: string): Buffer {
  const own = Buffer.from(mac.replaceAll(':', ''), 'hex');
  const ip = Buffer.alloc(56); // IPv6 header and 16 bytes of ICMPv6
  ip.set([0x60, 0, 0, 0, 0, 16, 58, 255, 0xfe, 0x80]);
  ip.set([own[0]! ^ 2, own[1]!, own[2]!, 0xff, 0xfe, own[3]!, own[4]!, own[5]!], 16);
  ip.set([0xff, 2], 24);
  ip[39] = 1;
  ip[40] = 134;
  ip.writeUInt16BE(checksum(ip), 42);
  return Buffer.concat([allNodes, own, Buffer.from([0x86, 0xdd]), ip]);
}

function checksum(ip: Buffer): number {
  let sum = 16 + 58; // length and next header of the pseudo header, RFC 8200 §8.1
  for (let at = 8; at < 56; at += 2) sum += ip.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Announcer {
  announce(): void;
  close(): void;
}

/** A sender of the frame on one interface. Throws where the process may not (it needs CAP_NET_RAW). */
export function openAnnouncer(libc: Libc, on: BootInterface): Announcer {
  const frame = advertisementFrame(on.mac);
  const to = Buffer.alloc(20); // struct sockaddr_ll
  to.writeUInt16LE(17, 0);
  to.writeUInt16BE(0x86dd, 2);
  to.writeInt32LE(on.index ?? 0, 4);
  const fd = libc.socket(17, 3 | 0o2000000, 0); // AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, protocol 0: only sends
  return {
    announce: () => void libc.sendto(fd, frame, frame.length, 0, to, to.length),
    close: () => void libc.close(fd),
  };
}
