import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadConfigDrive } from '../faults.ts';
import { buildConfigDrive, packDrive } from './build.ts';
import { networkDataOf } from './network-data.ts';
import { driveText, filesInDrive, unpackDrive } from './read.ts';
import { repairData, repairPacked } from './repair.ts';

const date = new Date('2026-11-23T00:00:00Z');
const node = { uuid: '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10', name: 'rack1-7' };
const contents = (text: string) =>
  Object.fromEntries(filesInDrive(text).map((f) => [f.path, Buffer.from(f.content as Uint8Array).toString()]));

test('a config drive holds what cloud-init looks for, and takes uuid and name from the node', () => {
  const text = buildConfigDrive(
    { meta_data: { hostname: 'h' }, user_data: '#!/bin/sh\n', network_data: { links: [] }, vendor_data: { a: 1 } },
    node,
    date,
  );
  expect(contents(text)).toEqual({
    'openstack/latest/meta_data.json': JSON.stringify({ ...node, hostname: 'h' }),
    'openstack/latest/user_data': '#!/bin/sh\n',
    'openstack/latest/network_data.json': '{"links":[]}',
    'openstack/latest/vendor_data2.json': '{"a":1}',
  });
  expect(text.length).toBeLessThan(64 << 10);
});

test('given names win, an unnamed node has none, and structured user_data becomes JSON', () => {
  const text = buildConfigDrive(
    { meta_data: { uuid: 'mine' }, user_data: ['a', { b: 1 }] },
    { uuid: 'x', name: null },
    date,
  );
  expect(contents(text)).toEqual({
    'openstack/latest/meta_data.json': '{"uuid":"mine"}',
    'openstack/latest/user_data': '["a",{"b":1}]',
  });
});

test('the same config drive comes out at every run', () => {
  expect(buildConfigDrive({}, node, date)).toBe(buildConfigDrive({}, node, date));
});

for (const [reason, make] of [
  ['meta_data is not an object', () => buildConfigDrive({ meta_data: [] as never }, node, date)],
  ['the agent takes 67108864', () => buildConfigDrive({ user_data: 'x'.repeat(65 << 20) }, node, date)],
  ['neither a URL nor base64', () => driveText('hello there!')],
  ['neither a URL nor base64', () => driveText('abcde')],
  ['not one of http or https', () => driveText('file:///etc/passwd')],
  ['does not hold gzip', () => unpackDrive(Buffer.from('hello').toString('base64'))],
  ['gzip data is damaged', () => unpackDrive(gzipSync('hello').subarray(0, 15).toString('base64'))],
  ['more than 67108864 bytes', () => unpackDrive(gzipSync(Buffer.alloc(65 << 20), { level: 1 }).toString('base64'))],
] as const) {
  test(`refused: ${reason}`, () => {
    expect(make).toThrow(expect.objectContaining({ name: BadConfigDrive.kind, status: 400 }));
    expect(make).toThrow(reason);
  });
}

test('base64 text may be broken into lines, and a URL stays a URL', () => {
  expect(driveText('YWJj\nZGVm\n')).toEqual({ is: 'packed', text: 'YWJjZGVm' });
  expect(driveText('https://host/drive')).toEqual({ is: 'url', url: 'https://host/drive' });
});

const network = networkDataOf([
  {
    mac: '52:54:00:00:00:01',
    vif: 'vif-1',
    mtu: 1450,
    networkId: 'net-1',
    addresses: [{ ip: '192.0.2.9', subnet: { cidr: '192.0.2.0/24', gateway: '192.0.2.1', dns: ['192.0.2.2'] } }],
  },
]);
const complete = { links: [{ id: 'a', mtu: null }], networks: [], services: [] };

test('network data is added where it is missing or has links without an MTU, and kept where it is complete', () => {
  expect(repairData({}, network)).toEqual({ drive: { network_data: network }, repaired: true });
  expect(repairData({ network_data: { ...complete, links: [{ id: 'a' }] } }, network).repaired).toBe(true);
  expect(repairData({ network_data: complete }, network)).toEqual({
    drive: { network_data: complete },
    repaired: false,
  });
});

test('a packed config drive is rebuilt with network data and keeps its other files', () => {
  const extra = { path: 'openstack/content/0000', content: Buffer.from('x') };
  const meta = { path: 'openstack/latest/meta_data.json', content: Buffer.from('{}') };
  const packed = packDrive([extra, meta], date);
  const { drive, repaired } = repairPacked(packed, network, date);
  expect(repaired).toBe(true);
  expect(contents(drive)).toEqual({
    'openstack/content/0000': 'x',
    'openstack/latest/meta_data.json': '{}',
    'openstack/latest/network_data.json': JSON.stringify(network),
  });
  expect(repairPacked(drive, network, date)).toEqual({ drive, repaired: false });
});

test('what cannot be repaired stays as it is, with the reason', () => {
  const odd = gzipSync('no iso').toString('base64');
  expect(repairPacked(odd, network, date)).toMatchObject({
    drive: odd,
    repaired: false,
    problem: expect.stringContaining('volume descriptor'),
  });
  expect(repairPacked('http://host/x', network, date)).toEqual({ drive: 'http://host/x', repaired: false });
});

test('any text is a config drive or refused with a sentence', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      expect(repairPacked(text, network, date).drive).toBe(text);
    }),
    { numRuns: 300 },
  );
});
