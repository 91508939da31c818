// Our ISO volumes as others read them, and theirs as we do.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureApt } from '../../../test/setup/apt.ts';
import { buildIso, writeIso } from './build.ts';
import { readIso } from './read.ts';

let root = '';
beforeAll(async () => {
  await ensureApt(['xorriso', 'genisoimage']);
  root = mkdtempSync(join(tmpdir(), 'iso-peer-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const date = new Date('2026-11-23T01:02:03Z');
const texts: Readonly<Record<string, string>> = {
  'openstack/latest/meta_data.json': '{"uuid":"x"}',
  'openstack/latest/user_data': '#!/bin/sh\necho hi\n',
  'openstack/latest/network_data.json': '{}',
  'openstack/latest/vendor_data2.json': 'v'.repeat(10_000),
  'openstack/content/0000': '',
  'openstack/content/a name with spaces & ümlauts': 'u',
};
const files = Object.entries(texts).map(([path, text]) => ({ path, content: Buffer.from(text) }));
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });

test('isoinfo reads names and contents by Rock Ridge and by Joliet, and the label', () => {
  const iso = join(root, 'ours.iso');
  writeFileSync(iso, buildIso(files, { label: 'config-2', date }));
  expect(run('isoinfo', '-d', '-i', iso)).toMatch(/Volume id: config-2\n/);
  for (const names of ['-R', '-J']) {
    const listed = run('isoinfo', '-f', names, '-i', iso).replaceAll(';1', '').split('\n');
    for (const path of Object.keys(texts).filter((p) => /^[ -~]+$/.test(p))) expect(listed).toContain(`/${path}`);
  }
  for (const [path, text] of Object.entries(texts).filter(([, t]) => t !== '')) {
    expect(run('isoinfo', '-R', '-i', iso, '-x', `/${path}`)).toBe(text);
  }
  const plain = run('isoinfo', '-f', '-i', iso).trim().split('\n');
  for (const path of plain) {
    for (const name of path.split('/').slice(1)) expect(name).toMatch(/^[A-Z0-9_]{1,8}(\.[A-Z0-9_]{0,3};1)?$/);
  }
});

test('xorriso finds both boot loaders, the boot information table, and every file whole', async () => {
  const big = join(root, 'initrd');
  writeFileSync(big, Buffer.alloc(5_000_001, 3));
  const iso = join(root, 'boot.iso');
  await writeIso(
    iso,
    [
      ...files,
      { path: 'initrd', content: { file: big, size: 5_000_001 } },
      { path: 'isolinux/isolinux.bin', content: Buffer.alloc(24_576, 1) },
      { path: 'boot/grub/efiboot.img', content: Buffer.alloc(2_000_000, 2) },
    ],
    {
      label: 'VMEDIA_BOOT_ISO',
      date,
      publisher: 'a-node',
      boot: { bios: 'isolinux/isolinux.bin', efi: 'boot/grub/efiboot.img' },
    },
  );
  const report = run('xorriso', '-indev', iso, '-pvd_info', '-report_el_torito', 'plain');
  expect(report).toMatch(/Volume Id\s+: VMEDIA_BOOT_ISO\n/);
  expect(report).toMatch(/Publisher Id : a-node\n/);
  expect(report).toMatch(/El Torito img path :\s+1\s+\/isolinux\/isolinux.bin\n/);
  expect(report).toMatch(/El Torito img opts :\s+1\s+boot-info-table\n/);
  expect(report).toMatch(/El Torito boot img :\s+2\s+UEFI\s+y\s+none/);
  const out = join(root, 'extracted');
  run('xorriso', '-osirrox', 'on', '-indev', iso, '-extract', '/', out);
  expect(run('cmp', big, join(out, 'initrd'))).toBe('');
  expect(run('cat', join(out, 'openstack/latest/user_data'))).toBe(texts['openstack/latest/user_data']);
});

for (const [maker, args] of [
  ['xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-J', '-V', 'config-2']],
  ['genisoimage', ['-quiet', '-R', '-J', '-V', 'config-2']],
  ['genisoimage', ['-quiet', '-J', '-V', 'config-2', '-input-charset', 'utf-8']],
] as readonly (readonly [string, readonly string[]])[]) {
  test(`we read what ${maker} ${args.includes('-R') ? '' : 'without Rock Ridge '}makes`, () => {
    const tree = mkdtempSync(join(root, 'tree-'));
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    const long = `openstack/content/${'n'.repeat(args.includes('-R') ? 200 : 60)}`;
    writeFileSync(join(tree, long), 'long');
    const iso = join(tree, '..', `${maker}-${args.length}.iso`);
    run(maker, ...args, '-o', iso, tree);
    const read = readIso(execFileSync('cat', [iso], { maxBuffer: 64 << 20 }));
    expect(read.label).toBe('config-2');
    const got = Object.fromEntries([...read.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
    expect(got).toEqual({ ...texts, [long]: 'long' });
  });
}
