// Network data in nova's metadata form, generated from the ports that instance networks are attached to.

import ipaddr from 'ipaddr.js';

/** A subnet as neutron tells of it. */
interface Subnet {
  /** Such as 192.0.2.0/24. */
  readonly cidr: string;
  readonly gateway?: string | null;
  readonly dns?: readonly string[];
  readonly routes?: readonly { readonly destination: string; readonly nexthop: string }[];
  readonly dhcp?: boolean;
  readonly ipv6Mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
}

/** A port or port group with a VIF on it. */
export interface AttachedPort {
  readonly mac: string;
  readonly vif: string;
  readonly mtu?: number | null;
  readonly networkId?: string;
  readonly addresses: readonly { readonly ip: string; readonly subnet: Subnet }[];
  /** Set on a port group. */
  readonly bond?: { readonly mode: string; readonly macs: readonly string[] };
}

type Item = Readonly<Record<string, unknown>>;

export interface NetworkData {
  readonly links: readonly Item[];
  readonly networks: readonly Item[];
  readonly services: readonly Item[];
}

const maskOf = (cidr: string): string => {
  const [address, length] = ipaddr.parseCIDR(cidr);
  return address.kind() === 'ipv4'
    ? ipaddr.IPv4.subnetMaskFromPrefixLength(length).toString()
    : ipaddr.IPv6.subnetMaskFromPrefixLength(length).toString();
};

const networkOf = (cidr: string): string => cidr.slice(0, cidr.indexOf('/'));

const dnsOf = (subnet: Subnet): Item[] => (subnet.dns ?? []).map((address) => ({ type: 'dns', address }));

function typeOf(subnet: Subnet, isV6: boolean): string {
  if (!isV6) return subnet.dhcp ? 'ipv4_dhcp' : 'ipv4';
  if (subnet.ipv6Mode === 'slaac' || subnet.ipv6Mode === 'dhcpv6-stateless') return 'ipv6_slaac';
  return subnet.dhcp ? 'ipv6_dhcp' : 'ipv6';
}

function routesOf(subnet: Subnet, isV6: boolean): Item[] {
  const everything = isV6 ? { network: '::', netmask: '::' } : { network: '0.0.0.0', netmask: '0.0.0.0' };
  return [
    ...(subnet.gateway ? [{ ...everything, gateway: subnet.gateway }] : []),
    ...(subnet.routes ?? []).map(({ destination, nexthop }) => ({
      network: networkOf(destination),
      netmask: maskOf(destination),
      gateway: nexthop,
    })),
  ];
}

function networkItem(n: number, link: string, port: AttachedPort, at: AttachedPort['addresses'][number]): Item {
  const isV6 = ipaddr.parse(at.ip).kind() === 'ipv6';
  const type = typeOf(at.subnet, isV6);
  const base = { id: `network${n}`, type, link, network_id: port.networkId ?? '' };
  if (type !== 'ipv4' && type !== 'ipv6') return base;
  return {
    ...base,
    ip_address: at.ip,
    netmask: maskOf(at.subnet.cidr),
    routes: routesOf(at.subnet, isV6),
    services: dnsOf(at.subnet),
  };
}

/** The links of one port: itself, or a bond and its members. Names count from `first` on. */
function linksOf(port: AttachedPort, first: number): Item[] {
  const mtu = port.mtu ?? null;
  const phy = (n: number, mac: string, more: Item): Item => ({
    id: `iface${n}`,
    type: 'phy',
    ethernet_mac_address: mac,
    ...more,
    mtu,
  });
  if (!port.bond) return [phy(first, port.mac, { vif_id: port.vif })];
  const members = port.bond.macs.map((mac, n) => phy(first + 1 + n, mac, {}));
  const bond = {
    id: `iface${first}`,
    type: 'bond',
    ethernet_mac_address: port.mac,
    vif_id: port.vif,
    bond_mode: port.bond.mode,
    bond_links: members.map((member) => member.id),
    mtu,
  };
  return [bond, ...members];
}

/** The network data of a machine whose instance networks are attached to `ports`. */
export function networkDataOf(ports: readonly AttachedPort[]): NetworkData {
  const links: Item[] = [];
  const networks: Item[] = [];
  const services = new Map<string, Item>();
  for (const port of ports) {
    const id = `iface${links.length}`;
    links.push(...linksOf(port, links.length));
    for (const at of port.addresses) {
      networks.push(networkItem(networks.length, id, port, at));
      for (const service of dnsOf(at.subnet)) services.set(String(service.address), service);
    }
  }
  return { links, networks, services: [...services.values()] };
}
