import { BlockList, isIP } from 'node:net';

/**
 * The physical network that an interface is in, by its addresses and a map of `CIDR:network`; undefined where the map has
 * none of them. An entry that is no network is passed over.
 */
export function physicalNetworkOf(addresses: readonly (string | null)[], map: readonly string[]): string | undefined {
  const networks = map.flatMap((entry) => {
    const colon = entry.lastIndexOf(':');
    const [address = '', bits = ''] = entry.slice(0, Math.max(0, colon)).split('/');
    const family = isIP(address);
    if (!family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return [];
    const list = new BlockList();
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
    return [{ list, family, name: entry.slice(colon + 1) }];
  });
  for (const address of addresses) {
    const family = isIP(address ?? '');
    const found = networks.find(
      (net) => net.family === family && net.list.check(address!, family === 4 ? 'ipv4' : 'ipv6'),
    );
    if (found) return found.name;
  }
  return undefined;
}
