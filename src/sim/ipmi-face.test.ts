// The BMC of a simulated machine, asked by our own client; ipmitool asks the same in test/peers/.
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Bmc } from '#protocols/ipmi/bmc.ts';
import { IpmiAuthFailed, IpmiUnreachable } from '#protocols/ipmi/errors.ts';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import type { Machine } from './machine.ts';
import { type Rack, startRack } from './rack.ts';
import { FakeService } from './testing/fake-service.ts';

let transport: IpmiTransport;
let service: FakeService;
let rack: Rack;
let machine: Machine;
const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

beforeAll(async () => {
  transport = await openTransport();
});
afterAll(() => transport.close());
beforeEach(async () => {
  service = await FakeService.start();
  rack = await startRack({ count: 1, ipmi: '127.0.0.1:0', apiUrl: service.url });
  machine = rack.machine('sim-1');
});
afterEach(async () => {
  await rack.close();
  await service.close();
});

function bmc(): Bmc {
  const { address, port, username, password } = rack.descriptions[0]!;
  return transport.bmc({ address, port, username, password, minCommandIntervalMs: 0, commandTimeoutMs: 700 });
}

test('power is read and switched, and refused where the machine must be on', async () => {
  expect((await bmc().chassisStatus()).power).toBe(false);
  await expect(bmc().chassisControl('reset')).rejects.toThrow(/present state/);
  await bmc().chassisControl('on');
  expect(machine.power()).toBe('on');
  expect((await bmc().chassisStatus()).power).toBe(true);
  await bmc().chassisControl('off');
  expect(machine.power()).toBe('off');
});

test('a deployment by hand: network boot, write, power off, boot from disk', async () => {
  const image = Buffer.from('system');
  service.files.set('/image', image);
  const from = performance.now();
  await bmc().setBootDevice({ device: 'pxe', persistent: false, uefi: true });
  await bmc().chassisControl('on');
  await until(() => expect(service.beats).toHaveLength(1));
  const info = { id: 'i', urls: [`${service.url}/image`], checksum: createHash('sha256').update(image).digest('hex') };
  const args = { image_info: info, configdrive: Buffer.from('ISO').toString('base64') };
  const step = { step: 'write_image', interface: 'deploy', args };
  await service.command('deploy.execute_deploy_step', { step });
  await service.command('standby.power_off');
  await until(() => expect(machine.power()).toBe('off'));
  await bmc().setBootDevice({ device: 'disk', persistent: true, uefi: true });
  await bmc().chassisControl('on');
  await until(() => expect(machine.running).toMatchObject({ is: 'system', configDrive: Buffer.from('ISO') }));
  expect(machine.hardware.bootMode).toBe('uefi');
  if (process.env.SIM_TIMES) console.log(`deployed by hand in ${(performance.now() - from).toFixed(0)} ms`);
});

test('serial over LAN shows the console', async () => {
  const sol = await bmc().solActivate();
  machine.hardware.console.line('hello');
  for await (const bytes of sol) {
    expect(bytes.toString()).toContain('hello');
    break;
  }
});

for (const [fault, value, kind] of [
  ['silent', true, IpmiUnreachable],
  ['wrong-password', true, IpmiAuthFailed],
] as const) {
  test(`fault ${fault} is ${kind.kind} for a client`, async () => {
    machine.hardware.faults.set(fault, value);
    const error: unknown = await bmc()
      .chassisStatus()
      .catch((e: unknown) => e);
    expect(kind.is(error)).toBe(true);
  });
}

test('a fault that is taken away is gone', async () => {
  machine.hardware.faults.set('loss', 1);
  await expect(bmc().chassisStatus()).rejects.toThrow();
  machine.hardware.faults.delete('loss');
  await until(async () => expect((await bmc().chassisStatus()).power).toBe(false));
});

test('fault drop-reply-after-power: the cycle is done once, the client hears nothing', async () => {
  await machine.set('on');
  machine.hardware.faults.set('drop-reply-after-power', true);
  const changes: string[] = [];
  machine.onPowerChange(({ power }) => changes.push(power));
  await expect(bmc().chassisControl('cycle')).rejects.toThrow();
  expect(changes).toEqual(['off', 'on']);
});
