import { expect, test } from 'vitest';
import { addressedInterfaces } from './unlinked-interfaces.ts';

const route = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
br0	004DA8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;
const trie = `Local:
     |-- 192.0.2.2
        /32 host LOCAL
     |-- 192.168.77.1
        /32 host LOCAL
`;

test('an interface without a link is found with its address, netmask and MAC', () => {
  expect(addressedInterfaces(route, trie, (name) => `mac of ${name}`)).toEqual([
    { name: 'eth0', address: '192.0.2.2', netmask: '255.255.255.0', mac: 'mac of eth0' },
    { name: 'br0', address: '192.168.77.1', netmask: '255.255.255.0', mac: 'mac of br0' },
  ]);
});

test('what cannot be read is no interface', () => {
  expect(addressedInterfaces('', '', () => '')).toEqual([]);
});
