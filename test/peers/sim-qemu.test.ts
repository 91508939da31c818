// A QEMU machine behind the BMC of a simulated one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import { qemuBodies } from '#sim/qemu-rack.ts';
import { type Rack, startRack } from '#sim/rack.ts';
import { ensureLabPackages } from '../setup/lab/packages.ts';

let folder: string;
let rack: Rack;
let transport: IpmiTransport;

beforeAll(async () => {
  await ensureLabPackages();
  folder = await mkdtemp(join(tmpdir(), 'rack-'));
  const body = qemuBodies({
    folder,
    firmware: 'bios',
    link: { netdev: 'user' },
    memoryMiB: 128,
    cpus: 1,
    diskGiB: 1,
  });
  rack = await startRack({ count: 1, ipmi: '127.0.0.1:0', nics: 1, body });
  transport = await openTransport();
});
afterAll(async () => {
  await transport?.close();
  await rack?.close();
  await rm(folder, { recursive: true, force: true });
});

test('IPMI starts and ends the process, and shows what its firmware writes', async () => {
  const { address, port, username, password } = rack.descriptions[0]!;
  const bmc = transport.bmc({ address, port, username, password });
  await bmc.setBootDevice({ device: 'disk', persistent: false, uefi: false });
  await bmc.chassisControl('on');
  expect((await bmc.chassisStatus()).power).toBe(true);
  const sol = await bmc.solActivate();
  let seen = '';
  for await (const bytes of sol) {
    seen += bytes.toString('latin1');
    if (seen.includes('SeaBIOS')) break;
  }
  await vi.waitFor(() => expect(rack.machines[0]!.hardware.console.text).toContain('SeaBIOS'), 30_000);
  await bmc.chassisControl('off');
  expect((await bmc.chassisStatus()).power).toBe(false);
  expect(rack.machines[0]!.sel.records).toHaveLength(2);
});
