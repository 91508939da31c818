import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AddPorts, bootMacOf, foundInterfaces, portChanges, portsToAdd } from './interfaces.ts';

const told = [
  { name: 'lo', mac_address: '00:00:00:00:00:00' },
  { name: 'eth0', mac_address: '52:54:00:00:00:0A', ipv4_address: '10.0.0.2' },
  { name: 'eth1', mac_address: '52:54:00:00:00:0b', ipv6_address: 'fe80::1' },
  { name: 'eth2', mac_address: '52:54:00:00:00:0c' },
  { name: 'broken', mac_address: 'x' },
  { mac_address: '52:54:00:00:00:0d' },
  null,
];
const booted = foundInterfaces(told, '52:54:00:00:00:0b');
const unknown = foundInterfaces(told, undefined);

test('interfaces without a name or a proper MAC, and the loopback, are left out', () => {
  expect(booted.map((nic) => [nic.name, nic.pxe_enabled])).toEqual([
    ['eth0', false],
    ['eth1', true],
    ['eth2', false],
  ]);
});

test.each([
  ['01-52-54-00-00-00-0A', '52:54:00:00:00:0a'],
  ['52:54:00:00:00:0A', '52:54:00:00:00:0a'],
  ['eth0', undefined],
  [undefined, undefined],
])('the boot interface %j is %j', (given, mac) => expect(bootMacOf(given)).toBe(mac));

test.each<[AddPorts, string[], string[]]>([
  ['all', ['eth0', 'eth1', 'eth2'], ['eth0', 'eth1', 'eth2']],
  ['active', ['eth0', 'eth1'], ['eth0', 'eth1']],
  ['pxe', ['eth1'], ['eth0', 'eth1']],
  ['disabled', [], []],
])('%s adds what it names, with and without a known boot interface', (which, known, not) => {
  expect(portsToAdd(booted, which).map((nic) => nic.name)).toEqual(known);
  expect(portsToAdd(unknown, which).map((nic) => nic.name)).toEqual(not);
});

const ports = [
  { uuid: 'a', address: '52:54:00:00:00:0a', pxe_enabled: true },
  { uuid: 'z', address: '52:54:00:00:00:ff', pxe_enabled: false },
];

test.each([
  ['all', [], [{ uuid: 'a', pxe_enabled: false }]],
  ['present', ['z'], [{ uuid: 'a', pxe_enabled: false }]],
  ['added', ['a', 'z'], []],
] as const)('keeping %s removes %j', (keep, remove, pxe) => {
  const changes = portChanges(ports, booted, { add: 'pxe', keep, updatePxe: true });
  expect(changes.create.map((nic) => nic.name)).toEqual(['eth1']);
  expect(changes).toMatchObject({ remove, pxe });
});

test('pxe_enabled is left alone where nobody knows what was booted from', () => {
  expect(portChanges(ports, unknown, { add: 'pxe', keep: 'all', updatePxe: true }).pxe).toEqual([]);
});

test('whatever a ramdisk tells, what comes of it has a name and a MAC', () => {
  const nic = fc.record(
    {
      name: fc.oneof(fc.string(), fc.jsonValue()),
      mac_address: fc.oneof(fc.constant('52:54:00:00:00:0A'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(nic, fc.jsonValue())), fc.jsonValue(), (interfaces, boot) => {
      for (const found of foundInterfaces(interfaces, bootMacOf(boot))) {
        expect(found.mac_address).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
        expect(found.name).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});
