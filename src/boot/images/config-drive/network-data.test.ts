import { expect, test } from 'vitest';
import { networkDataOf } from './network-data.ts';
import { networkDataProblems } from './network-data-rules.ts';

const v4 = { cidr: '192.0.2.0/25', gateway: '192.0.2.1', dns: ['192.0.2.2'] };
const made = networkDataOf([
  {
    mac: '52:54:00:00:00:01',
    vif: 'vif-1',
    mtu: 9000,
    networkId: 'net-1',
    addresses: [
      { ip: '192.0.2.9', subnet: { ...v4, routes: [{ destination: '198.51.100.0/24', nexthop: '192.0.2.3' }] } },
      { ip: '2001:db8::9', subnet: { cidr: '2001:db8::/64', gateway: '2001:db8::1', dns: ['2001:db8::2'] } },
    ],
  },
  {
    mac: '52:54:00:00:00:02',
    vif: 'vif-2',
    bond: { mode: '802.3ad', macs: ['52:54:00:00:00:03', '52:54:00:00:00:04'] },
    addresses: [
      { ip: '192.0.2.10', subnet: { ...v4, dhcp: true } },
      { ip: '2001:db8::10', subnet: { cidr: '2001:db8::/64', ipv6Mode: 'slaac' } },
    ],
  },
]);

test('ports become links, port groups bonds with their members, named iface0 and on', () => {
  expect(made.links).toEqual([
    { id: 'iface0', type: 'phy', ethernet_mac_address: '52:54:00:00:00:01', vif_id: 'vif-1', mtu: 9000 },
    {
      id: 'iface1',
      type: 'bond',
      ethernet_mac_address: '52:54:00:00:00:02',
      vif_id: 'vif-2',
      bond_mode: '802.3ad',
      bond_links: ['iface2', 'iface3'],
      mtu: null,
    },
    { id: 'iface2', type: 'phy', ethernet_mac_address: '52:54:00:00:00:03', mtu: null },
    { id: 'iface3', type: 'phy', ethernet_mac_address: '52:54:00:00:00:04', mtu: null },
  ]);
});

test('addresses become networks with mask, routes and name servers', () => {
  expect(made.networks[0]).toEqual({
    id: 'network0',
    type: 'ipv4',
    link: 'iface0',
    network_id: 'net-1',
    ip_address: '192.0.2.9',
    netmask: '255.255.255.128',
    routes: [
      { network: '0.0.0.0', netmask: '0.0.0.0', gateway: '192.0.2.1' },
      { network: '198.51.100.0', netmask: '255.255.255.0', gateway: '192.0.2.3' },
    ],
    services: [{ type: 'dns', address: '192.0.2.2' }],
  });
  expect(made.networks[1]).toMatchObject({ type: 'ipv6', netmask: 'ffff:ffff:ffff:ffff::' });
  expect(made.networks.slice(2).map((n) => [n.type, n.link])).toEqual([
    ['ipv4_dhcp', 'iface1'],
    ['ipv6_slaac', 'iface1'],
  ]);
  expect(made.services).toHaveLength(2);
});

test('what is generated passes the rules', () => expect(networkDataProblems(made)).toEqual([]));

const link = { id: 'a', type: 'phy', ethernet_mac_address: '52:54:00:00:00:01' };
const net = { id: 'n', type: 'ipv4', link: 'a', network_id: 'x' };
for (const [problem, data] of [
  ['network_data is not an object', []],
  ['links is missing', { networks: [], services: [] }],
  ['services is not a list', { links: [], networks: [], services: {} }],
  ['links[0].type is not one of bridge', { links: [{ ...link, type: 'toString' }] }],
  ['links[0].ethernet_mac_address is not a MAC', { links: [{ ...link, ethernet_mac_address: 'x' }] }],
  ['links[0].mtu is not null or 1 to 65535', { links: [{ ...link, mtu: 0 }] }],
  ['links[0].bond_links is missing', { links: [{ ...link, type: 'bond', bond_mode: '802.3ad' }] }],
  ['links[0].vlan_id is not a whole number', { links: [{ ...link, type: 'vlan', vlan_id: '5' }] }],
  ['networks[0].ip_address is not an IPv4', { networks: [{ ...net, ip_address: '192.0.2.256' }] }],
  ['networks[0].netmask is not an IPv4 netmask', { networks: [{ ...net, netmask: '255.0.255.0' }] }],
  ['networks[0].routes[0].gateway is missing', { networks: [{ ...net, routes: [{}] }] }],
  ['networks[0].routes[0].services[0].address', { networks: [{ ...net, routes: [{ services: [{ type: 'dns' }] }] }] }],
  ['services[0].address is not an IP address', { services: [{ type: 'dns', address: 'dns.example' }] }],
] as const) {
  test(`told: ${problem}`, () =>
    expect(networkDataProblems(data)).toEqual(expect.arrayContaining([expect.stringContaining(problem)])));
}
