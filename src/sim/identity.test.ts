import { expect, test } from 'vitest';
import { isUuid } from '#base/ids.ts';
import { identityOf, macOf } from './identity.ts';

test('a machine is the same after a restart of its rack', () => {
  expect(identityOf('sim-', 4)).toEqual(identityOf('sim-', 4));
  expect(identityOf('sim-', 4)).toMatchObject({ name: 'sim-5', serial: 'SIM000005' });
  expect(isUuid(identityOf('sim-', 4).uuid)).toBe(true);
});

test('ten thousand machines have addresses of their own, unicast and locally administered', () => {
  const macs = Array.from({ length: 10_000 }, (_, i) => identityOf('sim-', i)).flatMap((m) => [...m.macs, m.bmcMac]);
  expect(new Set(macs).size).toBe(30_000);
  expect(macs.filter((mac) => !/^52:54(:[0-9a-f]{2}){4}$/.test(mac))).toEqual([]);
});

test('racks with other names have other addresses', () => expect(macOf('a-', 0, 0)).not.toBe(macOf('b-', 0, 0)));
