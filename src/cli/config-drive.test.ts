import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configDriveOf } from './config-drive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-drive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
const key = `ssh-ed25519 ${'A'.repeat(68)} ada@example.org`;

for (const root of ['', 'openstack/latest/']) {
  test(`a folder is read part by part${root && ' from openstack/latest'}`, () => {
    put(`${root}meta_data.json`, '{"uuid": "u"}');
    put(`${root}user_data`, '#cloud-config\n');
    put(`${root}network_data.json`, '{"links": []}');
    put(`${root}vendor_data.json`, '{}');
    expect(configDriveOf({ configDrive: folder })).toEqual({
      meta_data: { uuid: 'u' },
      user_data: '#cloud-config\n',
      network_data: { links: [] },
      vendor_data: {},
    });
  });
}

test('a file that could not be sent is refused by name, not dropped', () => {
  put('openstack/latest/meta_data.json', '{}');
  put('openstack/content/0000', 'x');
  expect(() => configDriveOf({ configDrive: folder })).toThrow(/openstack\/content\/0000 cannot be part.*ISO 9660/);
});

test('an empty folder, broken JSON and a missing file each are told', () => {
  expect(() => configDriveOf({ configDrive: folder })).toThrow(/holds no part of a config drive/);
  expect(() => configDriveOf({ configDrive: put('x.json', '{"meta_data": ') })).toThrow(/x\.json is not JSON/);
  expect(() => configDriveOf({ configDrive: put('y.json', '{"metadata": {}}') })).toThrow(/"metadata" is no part/);
  expect(() => configDriveOf({ configDrive: join(folder, 'gone') })).toThrow(/gone cannot be read/);
});

test('an ISO is sent packed, a packed one as it is, base64 and URLs untouched', () => {
  const iso = Buffer.alloc(40_000);
  iso.write('CD001', 32_769);
  const sent = configDriveOf({ configDrive: put('drive.iso', iso) }) as string;
  expect(gunzipSync(Buffer.from(sent, 'base64'))).toEqual(iso);
  const packed = gzipSync(iso);
  expect(configDriveOf({ configDrive: put('drive.iso.gz', packed) })).toBe(packed.toString('base64'));
  expect(configDriveOf({ configDrive: put('drive.b64', `${sent.slice(0, 60)}\n${sent.slice(60)}\n`) })).toBe(sent);
  expect(configDriveOf({ configDrive: 'https://example.org/drive' })).toBe('https://example.org/drive');
  expect(() => configDriveOf({ configDrive: put('notes.txt', 'hello, world') })).toThrow(/is no config drive/);
});

test('keys, user data and meta data of the command line are added to what the folder holds', () => {
  put('d/meta_data.json', '{"uuid": "u", "public_keys": {"mine": "k"}}');
  const flags = {
    configDrive: join(folder, 'd'),
    sshKey: [put('id.pub', `${key}\n`)],
    userData: put('ud', '#!/bin/sh\n'),
    meta: ['hostname=web1', 'count:=2'],
  };
  expect(configDriveOf(flags)).toEqual({
    meta_data: { uuid: 'u', hostname: 'web1', count: 2, public_keys: { mine: 'k', 'key-1': key } },
    user_data: '#!/bin/sh\n',
  });
});

test('nothing asked for is nothing sent', () => {
  expect(configDriveOf({})).toBeUndefined();
});

test('a private key never leaves the machine', () => {
  const file = put('id_ed25519', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n');
  expect(() => configDriveOf({ sshKey: [file] })).toThrow(/it is a private key; give id_ed25519\.pub/);
});

test('a finished drive takes no further parts', () => {
  expect(() => configDriveOf({ configDrive: 'https://example.org/d', meta: ['a=b'] })).toThrow(/finished config drive/);
});
