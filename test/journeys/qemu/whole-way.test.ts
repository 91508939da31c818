import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { inNetns, openLabNetwork } from '../../setup/lab/netns.ts';
import { ensureTargetImage } from '../../setup/lab/target-image.ts';
import { ensureRamdisk } from '../../setup/ramdisk.ts';

const artifacts = resolve(import.meta.dirname, '../../../artifacts/qemu');

test('a BIOS and a UEFI machine go the whole way with the real agent: cleaned, deployed, phoned home, cleaned', async ({
  signal,
}) => {
  const image = await ensureTargetImage();
  const { kernel, ramdisk } = await ensureRamdisk();
  const folder = await mkdtemp(join(tmpdir(), 'ingot-qemu-'));
  await using network = await openLabNetwork({ tapNames: ['biostap0', 'uefitap0'] });
  const order = {
    folder,
    bridge: network.bridge,
    address: network.address,
    kernel,
    ramdisk,
    image: image.raw,
    sha256: image.sha256,
  };
  const [command, ...args] = inNetns(network.name, [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'whole-way.ts'),
    JSON.stringify(order),
  ]);
  // A group of its own: out of time, the machines go with it.
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const endAll = () => child.pid && process.kill(-child.pid, 'SIGKILL');
  signal.addEventListener('abort', endAll);
  child.stderr.pipe(createWriteStream(join(folder, 'service.log')));
  const failures: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const { machine, phase, seconds, at, failure } = JSON.parse(line);
    if (failure) failures.push(failure);
    else if (!phase.startsWith(' '))
      console.log(`${machine}  ${phase}: ${seconds.toFixed(1)} s (at ${at.toFixed(1)} s)`);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', endAll);
  if (code !== 0) {
    await mkdir(artifacts, { recursive: true });
    await cp(folder, artifacts, {
      recursive: true,
      filter: (path) => !/\.(raw|fd)$|\/data\/(images|httpboot)/.test(path),
    });
  }
  await rm(folder, { recursive: true, force: true });
  expect(failures, `serial logs, service log and history are in ${artifacts}`).toEqual([]);
  expect(code).toBe(0);
});
