import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkOf, parseLldp, readTlvs } from './parse.ts';

const parse = (...told: readonly (readonly [number, string])[]) => parseLldp(readTlvs(told));
const hex = (text: string) => Buffer.from(text).toString('hex');

test.each([
  [[1, '04112233aabbcc'], { switch_chassis_id: '11:22:33:aa:bb:cc' }],
  [[1, `07${hex('sw1')}`], { switch_chassis_id: 'sw1' }],
  [[1, '0501c0000201'], { switch_chassis_id: '192.0.2.1' }],
  [[2, `05${hex('Ethernet1/7')}`], { switch_port_id: 'Ethernet1/7' }],
  [[2, '03885a92ec5459'], { switch_port_id: '88:5a:92:ec:54:59' }],
  [[2, '040220010db8000000000000000000000001'], { switch_port_id: '2001:db8::1' }],
  [[3, '0078'], {}],
  [[4, hex('uplink')], { switch_port_description: 'uplink' }],
  [[5, hex('sw01')], { switch_system_name: 'sw01' }],
  [[6, hex('Some OS')], { switch_system_description: 'Some OS' }],
  [
    [7, '00140014'],
    { switch_capabilities_support: ['Bridge', 'Router'], switch_capabilities_enabled: ['Bridge', 'Router'] },
  ],
  [[8, '0501c000020102000000010000'], { switch_mgmt_addresses: ['192.0.2.1'] }],
  [[127, '0080c2010064'], { switch_port_untagged_vlan_id: 100 }],
  [
    [127, '0080c202060101'],
    {
      switch_port_protocol_vlan_enabled: true,
      switch_port_protocol_vlan_support: true,
      switch_port_protocol_vlan_ids: [257],
    },
  ],
  [[127, `0080c203006505${hex('vlan1')}`], { switch_port_vlans: [{ name: 'vlan1', id: 101 }] }],
  [[127, '0080c2040288cc'], { switch_protocol_identities: ['88cc'] }],
  [[127, '0080c2060fff'], { switch_port_management_vlan_id: 4095 }],
  [
    [127, '0080c2070300000007'],
    {
      switch_port_link_aggregation_enabled: true,
      switch_port_link_aggregation_support: true,
      switch_port_link_aggregation_id: 7,
    },
  ],
  [
    [127, '00120f0103000f0010'],
    {
      switch_port_autonegotiation_enabled: true,
      switch_port_autonegotiation_support: true,
      switch_port_physical_capabilities: ['1000BASE-T fdx', '1000BASE-T hdx', '1000BASE-X fdx', '1000BASE-X hdx'],
      switch_port_mau_type: '100BASE-TX full duplex',
    },
  ],
  [[127, '00120f0423f0'], { switch_port_mtu: 9200 }],
  // what is passed over
  [[127, '00120f010300000fff'], {}],
  [[127, '0080c2'], {}],
  [[127, 'aabbcc0100'], {}],
  [[127, '0080c203006550'], {}],
  [[1, '04aabb'], {}],
  [[1, '0501c00002'], {}],
  [[1, ''], {}],
  [[5, 'ff'], {}],
  [[7, '00'], {}],
  [[8, '20'], {}],
  [[5, 'zz'], {}],
  [[5, 'abc'], {}],
] as const)('%j says %j', (tlv, says) => expect(parse(tlv)).toEqual(says));

test('what is there once is what was said first; lists grow', () => {
  expect(parse([5, hex('a')], [5, hex('b')], [8, '0501c0000201'], [8, '0501c0000202'])).toEqual({
    switch_system_name: 'a',
    switch_mgmt_addresses: ['192.0.2.1', '192.0.2.2'],
  });
});

test('a link is the port, the switch by its MAC address, and its name', () => {
  const told = [
    [1, '04112233aabbcc'],
    [2, `05${hex('Eth1')}`],
    [5, hex('sw01')],
  ];
  expect(linkOf(readTlvs(told))).toEqual({ switch_id: '11:22:33:aa:bb:cc', port_id: 'Eth1', switch_info: 'sw01' });
  expect(linkOf(readTlvs([[1, `07${hex('sw1')}`]]))).toEqual({});
});

test('any bytes are read', () => {
  const tlv = fc.tuple(fc.integer({ min: 0, max: 127 }), fc.uint8Array({ maxLength: 40 }));
  const known = fc.tuple(
    fc.constant(127),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => [0, 0x80, 0xc2, ...bytes]),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(tlv, known)), (tlvs) => {
      const told = tlvs.map(([type, bytes]) => [type, Buffer.from(bytes as Uint8Array).toString('hex')]);
      expect(typeof parseLldp(readTlvs(told))).toBe('object');
      linkOf(readTlvs(told));
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2 }), (told) => void parseLldp(readTlvs(told))),
    { numRuns: 200 },
  );
});
