// Steps that wait on their BMC, against the Redfish service of simulated machines.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deadlines } from '#conductor/ticks/deadlines.ts';
import { firmwareOf } from '#db/firmware-components.ts';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';
import { redfishSets } from '../../../test/setup/redfish-site.ts';
import { type Rack, startRack } from '../../sim/rack.ts';

let rack: Rack;
let bench: Bench;
let files: Server;

beforeEach(async () => {
  rack = await startRack({
    count: 1,
    ipmi: '127.0.0.1:0',
    redfish: '127.0.0.1:0',
    bootUrl: 'http://127.0.0.1:9',
    speed: 1000,
  });
  files = createServer((_, response) => void response.end('an image'));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  bench = await conductorBench({
    sets: [...redfishSets, 'redfish.raid_config_status_interval=1', 'redfish.firmware_update_status_interval=1'],
  });
});
afterEach(async () => {
  await bench.close();
  await rack.close();
  files.close();
});

const board = () => rack.redfish!.boards.get('sim-1')!;
const filesUrl = () => `http://127.0.0.1:${(files.address() as AddressInfo).port}`;

async function manageable(): Promise<string> {
  const [machine] = rack.descriptions;
  const { uuid } = await bench.enroll({
    driver: 'redfish',
    driver_info: {
      redfish_address: machine!.redfish_address,
      redfish_username: 'admin',
      redfish_password: 'password',
    },
  });
  await bench.orders.provision({ node: uuid, event: 'manage', args: {}, by });
  expect(await bench.rest(uuid)).toMatchObject({ provision_state: 'manageable', last_error: null });
  return uuid;
}

/** The row when it is free in `state`; the BMC is looked at each time, not only when it is time to. */
async function resting(uuid: string, state: string) {
  for (let tries = 0; tries < 1000; tries++) {
    const row = await bench.node(uuid);
    if (row.reservation === null && row.provision_state === state) return row;
    if (row.reservation === null && row.deadline_at !== null) {
      await bench.db.write((tx) =>
        tx
          .updateTable('nodes')
          .set({ deadline_at: 1 })
          .where('uuid', '=', uuid)
          .where('deadline_at', 'is not', null)
          .execute(),
      );
      await deadlines.run(bench.conductor);
    }
    await new Promise((next) => setTimeout(next, 5));
  }
  const { provision_state, last_error } = await bench.node(uuid);
  throw new Error(`the node is ${provision_state} (${last_error}), not ${state}`);
}

async function clean(uuid: string, step: string, args: object = {}) {
  const [face, name] = step.split('.');
  const clean_steps = [{ interface: face, step: name, args }];
  await bench.orders.provision({ node: uuid, event: 'clean', args: { clean_steps, disable_ramdisk: true }, by });
}

test('BIOS settings are kept at verification, changed, and reset', async () => {
  const uuid = await manageable();
  const settings = [
    { name: 'ProcTurboMode', value: 'Disabled' },
    { name: 'NumaNodesPerSocket', value: '2' },
  ];
  await clean(uuid, 'bios.apply_configuration', { settings });
  expect(await resting(uuid, 'manageable')).toMatchObject({ last_error: null, power_state: 'power off' });
  expect(board().bios).toMatchObject({ ProcTurboMode: 'Disabled', NumaNodesPerSocket: 2 });
  await clean(uuid, 'bios.factory_reset');
  expect(await resting(uuid, 'manageable')).toMatchObject({ last_error: null });
  expect(board().bios).toMatchObject({ ProcTurboMode: 'Enabled', NumaNodesPerSocket: 1 });
});

test.each([
  [{ settings: [{ name: 'Nonsense', value: '1' }] }, /has no settings Nonsense/],
  [{ settings: [{ name: 'SystemModelName', value: 'Other' }] }, /cannot be changed: SystemModelName/],
  [{ settings: 'ProcTurboMode' }, /a list of objects/],
])('BIOS settings %j fail with the reason', async (args, why) => {
  const uuid = await manageable();
  await clean(uuid, 'bios.apply_configuration', args);
  expect((await resting(uuid, 'clean failed')).last_error).toMatch(why);
});

test('firmware is updated in service, without a ramdisk; its versions are kept', async () => {
  const uuid = await manageable();
  await bench.conductor.db.write((tx) =>
    tx.updateTable('nodes').set({ provision_state: 'active' }).where('uuid', '=', uuid).execute(),
  );
  const settings = [{ component: 'bios', url: `${filesUrl()}/bios-9.9.bin` }];
  const service_steps = [{ interface: 'firmware', step: 'update', args: { settings } }];
  await bench.orders.provision({ node: uuid, event: 'service', args: { service_steps }, by });
  expect(await resting(uuid, 'active')).toMatchObject({ last_error: null });
  expect(board().versions.bios).toBe('9.9');
  expect(await firmwareOf(bench.db.read, uuid)).toMatchObject([
    { component: 'BIOS', initial_version: '1.4.2', current_version: '9.9', last_version_flashed: '9.9' },
    { component: 'BMC', current_version: '2.11', last_version_flashed: null },
  ]);
});

test.each([
  [
    'a task that fails',
    () => rack.machine('sim-1').hardware.faults.set('bmc-task-fails', 'update'),
    /ended as Exception/,
  ],
  [
    'a BMC that falls silent',
    () => rack.machine('sim-1').hardware.faults.set('silent', true),
    /timeout reached|got no answer/,
  ],
])('%s ends an update with the reason', async (_what, strike, why) => {
  const uuid = await manageable();
  await bench.conductor.db.write((tx) =>
    tx.updateTable('nodes').set({ provision_state: 'active' }).where('uuid', '=', uuid).execute(),
  );
  strike();
  const settings = [{ component: 'bmc', url: `${filesUrl()}/bmc-9.9.bin` }];
  const service_steps = [{ interface: 'firmware', step: 'update', args: { settings } }];
  await bench.orders.provision({ node: uuid, event: 'service', args: { service_steps }, by });
  expect((await resting(uuid, 'service failed')).last_error).toMatch(why);
});
