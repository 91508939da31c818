// sushy-tools' emulator as the BMC of a node: a Redfish service that nobody here wrote.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, by, conductorBench } from '../../setup/conductor.ts';
import { redfishSets } from '../../setup/redfish-site.ts';
import { type Emulator, startEmulator } from './sushy.ts';

let emulator: Emulator;
let bench: Bench;
let files: Server;

beforeAll(async () => {
  emulator = await startEmulator();
  files = createServer((_, response) => void response.end('an image'));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  bench = await conductorBench({ sets: [...redfishSets, 'redfish.post_boot_retry_delay=1'] });
});
afterAll(async () => {
  await bench?.close();
  await emulator?.close();
  files?.close();
});

const enroll = (info: Record<string, unknown> = {}) =>
  bench.enroll({
    driver: 'redfish',
    driver_info: { redfish_address: emulator.url, redfish_username: 'admin', redfish_password: 'secret', ...info },
  });

test('a wrong password is refused in words', async () => {
  const { uuid } = await enroll({ redfish_password: 'x' });
  await bench.orders.provision({ node: uuid, event: 'manage', args: {}, by });
  expect((await bench.rest(uuid)).last_error).toMatch(/refused to user "admin" with HTTP 401/);
});

test('a machine of the emulator is verified, powered, booted from, filled and inspected', async () => {
  const { uuid } = await enroll();
  await bench.orders.provision({ node: uuid, event: 'manage', args: {}, by });
  expect(await bench.rest(uuid)).toMatchObject({
    provision_state: 'manageable',
    power_state: 'power off',
    last_error: null,
    properties: { vendor: 'Sushy Emulator' },
    boot_mode: 'uefi',
  });

  await bench.orders.setBootDevice({ node: uuid, device: 'cdrom', persistent: false, by });
  // The emulator's fake machines keep every order.
  expect(await bench.orders.bootDevice(uuid)).toMatchObject({ boot_device: 'cdrom' });
  await bench.orders.setBootDevice({ node: uuid, device: 'disk', persistent: true, by });
  expect(await bench.orders.bootDevice(uuid)).toEqual({ boot_device: 'disk', persistent: true });

  const image = `http://127.0.0.1:${(files.address() as AddressInfo).port}/boot.iso`;
  const order = { device_type: 'cdrom', image_url: image, image_download_source: 'http' };
  await bench.orders.attachMedia({ node: uuid, ...order, by });
  expect((await bench.rest(uuid)).last_error).toBeNull();
  expect(await bench.orders.media(uuid)).toMatchObject({ inserted: true, image });
  await bench.orders.detachMedia({ node: uuid, device_types: ['cdrom'], by });
  await bench.rest(uuid);
  expect(await bench.orders.media(uuid)).toMatchObject({ inserted: false });

  await bench.orders.power({ node: uuid, target: 'power on', by });
  expect(await bench.rest(uuid)).toMatchObject({ power_state: 'power on', last_error: null });

  await bench.orders.provision({ node: uuid, event: 'inspect', args: {}, by });
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'manageable', last_error: null });
});
