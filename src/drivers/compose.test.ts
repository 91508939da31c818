import { expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';
import { makeDrivers } from './registry.ts';

const { config } = loadConfig({
  sets: [
    'DEFAULT.enabled_hardware_types=fake-hardware,ipmi',
    'DEFAULT.enabled_management_interfaces=fake,ipmitool,noop',
    'DEFAULT.enabled_power_interfaces=fake,ipmitool',
    'DEFAULT.enabled_inspect_interfaces=no-inspect,agent',
    'DEFAULT.enabled_boot_interfaces=fake,ipxe',
    'DEFAULT.enabled_deploy_interfaces=fake,direct',
  ],
});
const drivers = makeDrivers(config);
const names = (faces: readonly { name: string }[]) => faces.map((face) => face.name);

test('fake-hardware takes any enabled interface, and shows those that it supports', () => {
  const fake = drivers.types.get('fake-hardware')!;
  expect(names(fake.own.management)).toEqual(['fake']);
  expect(names(fake.enabled.management)).toEqual(['fake', 'ipmitool', 'noop']);
});

test('the default of a kind is the preferred one of those that are enabled, in the order of the type', () => {
  expect(drivers.types.get('ipmi')!.defaults).toMatchObject({ inspect: 'agent', boot: 'ipxe', management: 'ipmitool' });
});
