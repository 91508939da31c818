// Where the requests of rules may go. A rule is written by an operator, but what it fills in comes from machines.
import { BlockList, isIP } from 'node:net';

/** Addresses of this machine and of what serves it: never meant by a rule that does not say so in the configuration. */
const ownNetworks = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
] as const;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const own = new BlockList();
for (const [network, bits] of ownNetworks) own.addSubnet(network, bits, familyOf(network));

/** An IPv4 address in the clothes of IPv6 is that IPv4 address. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

/**
 * Why a request must not go to `address`, which `host` stands for; undefined where it may. `allowed`: host names, addresses
 * and networks; none means all but those of this machine.
 */
export function refusedTarget(host: string, address: string, allowed: readonly string[]): string | undefined {
  const target = plain(address);
  if (!isIP(target)) return `"${address}" is no address`;
  if (allowed.length)
    return allowed.some((entry) => covers(entry, host, target))
      ? undefined
      : `${host} is not among the hosts that rules may call`;
  return own.check(target, familyOf(target))
    ? `${host} is ${target}, an address of this machine or its surroundings`
    : undefined;
}

function covers(entry: string, host: string, address: string): boolean {
  const [network = '', bits] = entry.split('/');
  if (!isIP(network)) return entry.toLowerCase() === host.toLowerCase();
  const list = new BlockList();
  const most = isIP(network) === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > most) return false;
  list.addSubnet(network, length, familyOf(network));
  return list.check(address, familyOf(address));
}
