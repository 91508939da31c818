// sushy, the library that Ironic speaks Redfish with, as a client of the simulated machines.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rack, startRack } from '../../../src/sim/rack.ts';
import { askSushy } from './sushy.ts';

let rack: Rack;
let files: Server;

beforeAll(async () => {
  rack = await startRack({
    count: 1,
    ipmi: '127.0.0.1:0',
    redfish: '127.0.0.1:0',
    redfishTls: true,
    bootUrl: 'http://127.0.0.1:9',
    speed: 200,
  });
  files = createServer((_, response) => void response.end('an image'));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await rack?.close();
  files?.close();
});

test('sushy powers, boots, sets, updates and reads a simulated machine', async () => {
  const [machine] = rack.descriptions;
  const filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  const told = await askSushy('sushy_session.py', [machine!.redfish_address!, machine!.redfish_system_id!, filesUrl]);
  expect(told).toMatchObject({
    token: true,
    uuid: rack.machines[0]!.hardware.identity.uuid,
    power: ['Off', 'On'],
    boot: ['BiosSetup', 'Once'],
    macs: machine!.macs,
    memory: 16,
    cpus: [8],
    bios: 'Enabled',
    bios_after: 'Disabled',
    registry: 7,
    bmc: '2.11',
    inserted: [true, `${filesUrl}/boot.iso`],
    ejected: false,
    volumes: 1,
    task: false,
    bmc_after: '9.1',
    subscriptions: 1,
    sensors: 4,
    led: 'Blinking',
  });
});
