// Interfaces without a link: node:os leaves them out, but a provisioning network may well have no machine on at start.
import { readFileSync } from 'node:fs';

export interface Addressed {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
  readonly mac: string;
}

const ipOf = (hex: string): string => Buffer.from(hex, 'hex').reverse().join('.');

const numberOf = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** IPv4 addresses of interfaces from the kernel's route table (`/proc/net/route`) and trie of addresses (`fib_trie`). */
export function addressedInterfaces(route: string, trie: string, macOf: (name: string) => string): Addressed[] {
  const local = [...trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\s+\/32 host LOCAL/g)].map((m) => m[1]!);
  const own = [...new Set(local)];
  return route
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((f) => f.length > 7 && f[2] === '00000000' && f[7] !== '00000000')
    .flatMap(([name, network, , , , , , mask]) => {
      const netmask = ipOf(mask!);
      const bits = numberOf(netmask);
      const base = numberOf(ipOf(network!));
      const inside = own.filter((address) => (numberOf(address) & bits) >>> 0 === base);
      return inside.map((address) => ({ name: name!, address, netmask, mac: macOf(name!) }));
    });
}

/** The same of this machine; empty where there is no /proc. */
export function unlinkedInterfaces(): Addressed[] {
  try {
    return addressedInterfaces(
      readFileSync('/proc/net/route', 'utf8'),
      readFileSync('/proc/net/fib_trie', 'utf8'),
      (name) => readFileSync(`/sys/class/net/${name}/address`, 'utf8').trim(),
    );
  } catch {
    return [];
  }
}
