// IPv4 and Ethernet addresses as text and as numbers.

const macShape = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const ipShape = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/** `aa:bb:cc:dd:ee:ff` in lower case, or undefined where `text` is no Ethernet address (dashes are taken too). */
export function asMac(text: string): string | undefined {
  const mac = text.toLowerCase().replaceAll('-', ':');
  return macShape.test(mac) ? mac : undefined;
}

/** Whether `text` is a dotted IPv4 address without leading zeros. */
export const isIpv4 = (text: string): boolean => ipShape.test(text);

/** The address as a number from 0 to 2^32-1. */
export function ipToNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The dotted form of a number from 0 to 2^32-1. */
export function numberToIp(n: number): string {
  return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
}

/** A network given by any address in it and its mask. */
export interface Subnet {
  readonly address: string;
  readonly netmask: string;
}

/** First and last number of the subnet (network and broadcast address). */
export function subnetBounds(subnet: Subnet): { first: number; last: number } {
  const mask = ipToNumber(subnet.netmask);
  const first = (ipToNumber(subnet.address) & mask) >>> 0;
  return { first, last: (first | ~mask) >>> 0 };
}

/** Whether `ip` lies in the subnet. */
export function inSubnet(ip: string, subnet: Subnet): boolean {
  const { first, last } = subnetBounds(subnet);
  const n = ipToNumber(ip);
  return n >= first && n <= last;
}
