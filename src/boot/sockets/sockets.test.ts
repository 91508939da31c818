import { expect, test } from 'vitest';
import { activatedFd } from './activation.ts';
import { findInterface, NoBootInterface } from './network-interface.ts';
import { advertisementFrame } from './router-advertisement.ts';

test('the null router advertisement is the frame that took the 16 s wait from iPXE in the lab', () => {
  const frame = advertisementFrame('52:54:00:12:34:56').toString('hex');
  expect(frame).toBe(
    '333300000001525400123456' +
      '86dd' +
      '6000000000103aff' +
      'fe80000000000000505400fffe123456' +
      'ff020000000000000000000000000001' +
      '8600f87300000000' +
      '0000000000000000',
  );
});

for (const [what, env, fd] of [
  ['the first', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'dhcp:pxe' }, 3],
  ['none for another process', { LISTEN_PID: '8', LISTEN_FDS: '2', LISTEN_FDNAMES: 'dhcp:pxe' }, undefined],
  ['none without names', { LISTEN_PID: '7', LISTEN_FDS: '2' }, undefined],
  ['none that is not counted', { LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'tftp:dhcp' }, undefined],
  ['none at all', {}, undefined],
] as const) {
  test(`of the sockets handed over: ${what}`, () => expect(activatedFd(env, 7, 'dhcp')).toBe(fd));
}

test('an interface is found by name or address, and a wrong one is refused with those that exist', () => {
  expect(findInterface({ interface: 'lo' }).address).toBe('127.0.0.1');
  expect(findInterface({ address: '127.0.0.1' }).name).toBe('lo');
  expect(() => findInterface({ interface: 'nosuch0' })).toThrow(
    /matches nosuch0\. This machine has: .*lo 127\.0\.0\.1/,
  );
  expect(() => findInterface({})).toThrow(expect.toSatisfy(NoBootInterface.is));
});
