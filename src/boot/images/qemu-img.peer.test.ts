// What we say of images, beside what qemu-img says; and its conversion, end to end.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { ensureApt } from '../../../test/setup/apt.ts';
import { convertToRaw } from './convert.ts';
import { ImageInspector, type Inspection } from './inspect.ts';

let root = '';
beforeAll(async () => {
  await ensureApt(['qemu-utils']);
  root = mkdtempSync(join(tmpdir(), 'qemu-img-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const peer = 'qemu-img';
const run = (...args: string[]) =>
  execFileSync(peer, args, { encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });

function look(path: string): Inspection {
  const inspector = new ImageInspector();
  const file = openSync(join(root, path), 'r');
  const chunk = Buffer.alloc(1 << 20);
  for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk))
    inspector.feed(chunk.subarray(0, size));
  closeSync(file);
  return inspector.finish();
}

const qemuName: Readonly<Record<string, string>> = { gpt: 'raw', iso: 'raw', vhd: 'vpc' };

for (const [name, ...create] of [
  ['plain.raw', '-f', 'raw'],
  ['v3.qcow2', '-f', 'qcow2'],
  ['v2.qcow2', '-f', 'qcow2', '-o', 'compat=0.10'],
  ['small-clusters.qcow2', '-f', 'qcow2', '-o', 'cluster_size=512'],
  ['large-clusters.qcow2', '-f', 'qcow2', '-o', 'cluster_size=2M'],
  ['zstd.qcow2', '-f', 'qcow2', '-o', 'compression_type=zstd'],
  ['l2.qcow2', '-f', 'qcow2', '-o', 'extended_l2=on,cluster_size=128k'],
  ['lazy.qcow2', '-f', 'qcow2', '-o', 'lazy_refcounts=on,preallocation=metadata'],
  ['old.qcow', '-f', 'qcow'],
  ['x.qed', '-f', 'qed'],
  ['sparse.vmdk', '-f', 'vmdk'],
  ['flat.vmdk', '-f', 'vmdk', '-o', 'subformat=monolithicFlat'],
  ['stream.vmdk', '-f', 'vmdk', '-o', 'subformat=streamOptimized'],
  ['dynamic.vhd', '-f', 'vpc', '-o', 'force_size=on'],
  ['x.vhdx', '-f', 'vhdx'],
  ['x.vdi', '-f', 'vdi'],
  ['x.luks', '-f', 'luks', '--object', 'secret,id=s,data=pw', '-o', 'key-secret=s,iter-time=10'],
  ['x.parallels', '-f', 'parallels'],
] as const) {
  test(`${name}: the same format as qemu-img says, and the same size where we know it`, () => {
    run('create', '-q', ...create, name, '12M');
    const said = JSON.parse(run('info', '--output=json', name)) as { format: string; 'virtual-size': number };
    const found = look(name);
    expect(qemuName[found.format] ?? found.format).toBe(said.format);
    if (found.virtualSize !== undefined) expect(found.virtualSize).toBe(said['virtual-size']);
    if (found.format === 'qcow2') expect(found).not.toHaveProperty('problem');
  });
}

test('a fixed VHD is known by its footer, which qemu-img does not look for', () => {
  run('create', '-q', '-f', 'vpc', '-o', 'subformat=fixed,force_size=on', 'fixed.vhd', '12M');
  expect(look('fixed.vhd').format).toBe('vhd');
});

for (const [name, problem, ...create] of [
  ['backed.qcow2', 'backing file', '-b', 'base.raw', '-F', 'raw'],
  ['data.qcow2', 'external data file', '-o', 'data_file=data.raw', '12M'],
  [
    'encrypted.qcow2',
    'encrypted',
    '--object',
    'secret,id=s,data=pw',
    '-o',
    'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10',
    '12M',
  ],
] as const) {
  test(`${name} is refused: ${problem}`, () => {
    run('create', '-q', '-f', 'raw', 'base.raw', '12M');
    const at = create.indexOf('12M' as never);
    const options = at < 0 ? create : create.slice(0, at);
    run('create', '-q', '-f', 'qcow2', ...options, name, ...(at < 0 ? [] : ['12M']));
    expect(look(name).problem).toContain(problem);
  });
}

const limits = {
  clock: systemClock,
  searchPath: process.env.PATH ?? '',
  memoryLimit: 2048 << 20,
  timeout: 60_000,
  attempts: 3,
};

test('a disk survives qcow2 and back, byte by byte, under the usual memory limit', async () => {
  const disk = Buffer.alloc(8 << 20);
  for (let at = 0; at < disk.length; at += 4096) disk.writeUInt32LE(at, at);
  writeFileSync(join(root, 'disk.raw'), disk);
  run('convert', '-c', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'disk.qcow2');
  await convertToRaw(join(root, 'disk.qcow2'), join(root, 'back.raw'), 'qcow2', 'disk.qcow2', limits);
  expect(readFileSync(join(root, 'back.raw')).equals(disk)).toBe(true);
});

test('a damaged image, too little memory and an abort each end with a sentence', async () => {
  const [from, to] = [join(root, 'disk.qcow2'), join(root, 'out.raw')];
  const broken = join(root, 'broken.qcow2');
  const bytes = readFileSync(from);
  bytes.fill(0xff, Number(bytes.readBigUInt64BE(40)), Number(bytes.readBigUInt64BE(40)) + 8);
  writeFileSync(broken, bytes);
  await expect(convertToRaw(broken, to, 'qcow2', 'broken', limits)).rejects.toThrow(
    /broken could not be converted to raw: qemu-img ended with/,
  );
  const tight = { ...limits, memoryLimit: 8 << 20, attempts: 2 };
  await expect(convertToRaw(from, to, 'qcow2', 'disk', tight)).rejects.toThrow(/could not be converted to raw/);
  const signal = AbortSignal.abort(new Error('undeployed'));
  await expect(convertToRaw(from, to, 'qcow2', 'disk', { ...limits, signal })).rejects.toThrow('undeployed');
});

test('a conversion that takes too long is ended', async () => {
  run('create', '-q', '-f', 'qcow2', 'slow.qcow2', '12M');
  const clock = { now: () => 0, sleep: async () => {} };
  const options = { ...limits, clock };
  await expect(convertToRaw(join(root, 'slow.qcow2'), join(root, 'o'), 'qcow2', 'slow', options)).rejects.toThrow(
    'did not finish within 60 s and was ended',
  );
});
