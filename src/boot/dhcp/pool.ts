// The addresses that a network's machines get, and what they are told about the network.
import { defineError } from '#base/errors.ts';
import { inSubnet, ipToNumber, isIpv4, numberToIp, subnetBounds } from '#protocols/dhcp/addresses.ts';
import { addressIn, option } from '#protocols/dhcp/options.ts';
import { type DhcpPacket, noAddress } from '#protocols/dhcp/packet.ts';

/** One network: ours (`relayed` false) or one behind a relay. `leaseSeconds` is the life of a lease. */
export interface Pool {
  readonly netmask: string;
  readonly first: string;
  readonly last: string;
  readonly leaseSeconds: number;
  readonly router?: string;
  readonly dns?: readonly string[];
  readonly ntp?: readonly string[];
  readonly domain?: string;
}

export const BadPool = defineError(
  'BadPool',
  400,
  (p: { first: string; last: string; netmask: string; why: string }) =>
    `The DHCP pool ${p.first}-${p.last} with netmask ${p.netmask} cannot be used: ${p.why}.`,
);

const mostAddresses = 65_536;
const usualLease = 600; // seconds: the ramdisk's life is short, and a machine comes back to the same address anyway

/** The upper half of the interface's subnet, without the interface's own address. */
export function derivePool(own: { address: string; netmask: string }): Pool {
  const { first, last } = subnetBounds(own);
  const size = last - first + 1;
  const from = first + Math.max(1, Math.floor(size / 2));
  const to = Math.min(last - 1, from + mostAddresses - 1);
  return checkPool({
    netmask: own.netmask,
    first: numberToIp(from),
    last: numberToIp(to),
    leaseSeconds: usualLease,
  });
}

/** The pool itself, or BadPool with the reason. */
export function checkPool(pool: Pool): Pool {
  const why = faultOf(pool);
  if (why) throw new BadPool({ first: pool.first, last: pool.last, netmask: pool.netmask, why });
  return pool;
}

function faultOf(pool: Pool): string | undefined {
  const all = [pool.first, pool.last, pool.netmask, ...(pool.router ? [pool.router] : []), ...(pool.dns ?? [])];
  const bad = [...all, ...(pool.ntp ?? [])].find((ip) => !isIpv4(ip));
  if (bad !== undefined) return `"${bad}" is no IPv4 address`;
  const size = poolSize(pool);
  if (size < 1) return 'the last address comes before the first';
  if (size > mostAddresses) return `it has more than ${mostAddresses} addresses`;
  const subnet = { address: pool.first, netmask: pool.netmask };
  if (!inSubnet(pool.last, subnet)) return 'first and last address lie in different subnets';
  return pool.leaseSeconds >= 60 ? undefined : 'leases of less than 60 seconds would never be renewed in time';
}

export const poolSize = (pool: Pool): number => ipToNumber(pool.last) - ipToNumber(pool.first) + 1;

export const inPool = (pool: Pool, ip: string): boolean =>
  ipToNumber(ip) >= ipToNumber(pool.first) && ipToNumber(ip) <= ipToNumber(pool.last);

/** Whether `ip` is of the pool's network, in the pool or not (reserved addresses may lie beside it). */
export const inNetwork = (pool: Pool, ip: string): boolean =>
  inSubnet(ip, { address: pool.first, netmask: pool.netmask });

const linkSelection = 5; // sub-option of option 82, RFC 3527

/** The pool for a question: by the relay's link selection or address, else that of our own interface (`local`). */
export function poolFor(question: DhcpPacket, pools: readonly Pool[], local: string): Pool | undefined {
  const link = relayLink(question.options.get(option.relayInfo));
  const where = link ?? (question.giaddr !== noAddress ? question.giaddr : local);
  return pools.find((pool) => inNetwork(pool, where));
}

function relayLink(info: Buffer | undefined): string | undefined {
  let at = 0;
  while (info && at + 1 < info.length) {
    const [code, length] = [info[at]!, info[at + 1]!];
    if (at + 2 + length > info.length) return undefined;
    if (code === linkSelection) return addressIn(new Map([[0, info.subarray(at + 2, at + 2 + length)]]), 0);
    at += 2 + length;
  }
  return undefined;
}
