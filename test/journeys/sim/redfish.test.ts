import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRedfishSite, type RedfishSite } from '../../setup/redfish-site.ts';

let site: RedfishSite;
beforeAll(async () => {
  site = await openRedfishSite({ machines: 2, rack: { redfishTls: false } });
});
afterAll(() => site?.close());

const published = () => readdir(join(site.folder, 'data/httpboot/redfish')).catch(() => []);

test('a machine goes from enroll to a running system and back, by Redfish and virtual media alone', async () => {
  const { name, macs } = site.rack.descriptions[0]!;
  await site.enrollBare(name);
  for (const address of macs) await site.api('POST', '/v1/ports', { node_uuid: (await site.node(name)).uuid, address });
  await site.provision(name, 'manage');
  expect(await site.until(name, 'manageable')).toMatchObject({ power_state: 'power off', last_error: null });
  await site.provision(name, 'provide');
  await site.until(name, 'available');
  expect(await published()).toEqual([]);
  await site.provision(name, 'active', { configdrive: { meta_data: { hello: 'world' } } });
  expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
  const machine = site.rack.machine(name);
  expect(machine.hardware.console.text).toMatch(/boot_method=vmedia/);
  expect(machine.hardware.disks[0]!.image?.url).toContain('image.raw');
  expect(site.rack.redfish!.boards.get(name)!.media.Cd).toBeUndefined();
  expect(await published()).toEqual([]);
  await site.provision(name, 'deleted');
  expect(await site.until(name, 'available')).toMatchObject({ last_error: null });
});

const quick = [
  'redfish.firmware_update_status_interval=1',
  'redfish.raid_config_status_interval=1',
  'redfish.firmware_update_validation_interval=1',
];

/** What a step's flow came to. */
async function clean(name: string, steps: readonly object[], more: Record<string, unknown> = {}) {
  await site.provision(name, 'clean', { clean_steps: steps, ...more });
  return site.until(name, 'manageable');
}

test('a machine is inspected by its BMC, and its BIOS, RAID and firmware are changed', async () => {
  await site.close();
  site = await openRedfishSite({ machines: 2, sets: quick });
  const { name, macs } = site.rack.descriptions[1]!;
  const { uuid } = await site.enrollBare(name);
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  const board = site.rack.redfish!.boards.get(name)!;

  await site.provision(name, 'inspect');
  const inspected = await site.until(name, 'manageable');
  expect(inspected).toMatchObject({ properties: { cpu_arch: 'x86_64', memory_mb: 16_384, vendor: 'Ingot' } });
  const { ports } = await site.api<{ ports: { address: string }[] }>('GET', `/v1/ports?node=${uuid}`);
  expect(ports.map((port) => port.address).sort()).toEqual([...macs].sort());
  const { inventory } = await site.api<{ inventory: { system_vendor: object } }>('GET', `/v1/nodes/${uuid}/inventory`);
  expect(inventory.system_vendor).toMatchObject({ manufacturer: 'Ingot', product_name: 'Simulated Server S1' });

  const settings = [{ name: 'ProcTurboMode', value: 'Disabled' }];
  await clean(name, [{ interface: 'bios', step: 'apply_configuration', args: { settings } }]);
  expect(board.bios.ProcTurboMode).toBe('Disabled');
  const { ProcTurboMode } = await site.api<Record<string, object>>('GET', `/v1/nodes/${uuid}/bios/ProcTurboMode`);
  expect(ProcTurboMode).toMatchObject({ value: 'Disabled', attribute_type: 'Enumeration', read_only: false });
  expect(site.rack.machine(name).power()).toBe('off');

  await site.api('PUT', `/v1/nodes/${uuid}/states/raid`, {
    logical_disks: [
      { raid_level: '1', size_gb: 100, is_root_volume: true, disk_type: 'ssd' },
      { raid_level: '0', size_gb: 'MAX', disk_type: 'hdd' },
    ],
  });
  await clean(name, [{ interface: 'raid', step: 'create_configuration', args: { delete_existing: true } }]);
  expect(board.volumes.map(({ level, drives }) => [level, drives.length])).toEqual([
    ['RAID1', 2],
    ['RAID0', 2],
  ]);
  const { raid_config } = (await site.node(name)) as unknown as { raid_config: { logical_disks: object[] } };
  expect(raid_config.logical_disks).toHaveLength(2);

  const update = (component: string, version: string) => ({
    component,
    url: site.image.url.replace('image.raw', `${component}-${version}.bin`),
  });
  await clean(name, [
    { interface: 'firmware', step: 'update', args: { settings: [update('bmc', '3.20'), update('bios', '2.7.1')] } },
  ]);
  expect(board.versions).toEqual({ bios: '2.7.1', bmc: '3.20' });
  const { firmware } = await site.api<{ firmware: { component: string }[] }>('GET', `/v1/nodes/${uuid}/firmware`);
  expect(firmware).toMatchObject([
    { component: 'BIOS', initial_version: '1.4.2', current_version: '2.7.1', last_version_flashed: '2.7.1' },
    { component: 'BMC', initial_version: '2.11', current_version: '3.20' },
  ]);
});

test('a medium is attached, seen and detached; a lamp is switched; events are subscribed to', async () => {
  const { name } = site.rack.descriptions[1]!;
  const board = site.rack.redfish!.boards.get(name)!;
  await site.api('POST', `/v1/nodes/${name}/vmedia`, { device_type: 'cdrom', image_url: site.image.url });
  await expect.poll(() => board.media.Cd?.image).toMatch(/\/redfish\/cdrom-/);
  await site.until(name, 'manageable');
  expect(await site.api('GET', `/v1/nodes/${name}/vmedia`)).toEqual({
    media_types: ['CD', 'DVD'],
    inserted: true,
    image: board.media.Cd!.image,
  });
  await site.api('DELETE', `/v1/nodes/${name}/vmedia?device_types=cdrom`);
  await expect.poll(() => board.media.Cd).toBeUndefined();
  await site.until(name, 'manageable');
  await expect.poll(published).toEqual([]);

  await site.api('PUT', `/v1/nodes/${name}/management/indicators/${name}@system`, { state: 'BLINKING' });
  expect(board.led).toBe('Blinking');
  const path = `/v1/nodes/${name}/management/indicators/${name}@system`;
  expect(await site.api('GET', path)).toEqual({ state: 'BLINKING' });

  const passthru = `/v1/nodes/${name}/vendor_passthru?method=`;
  const made = await site.api<{ Id: string }>('POST', `${passthru}create_subscription`, {
    Destination: 'https://x.example/',
  });
  expect(
    await site.api('GET', `${passthru}get_subscription`, undefined).catch((error: Error) => error.message),
  ).toMatch(/id/);
  expect(await site.api('GET', `${passthru}get_all_subscriptions`)).toMatchObject({ Members: [{}] });
  await site.api('DELETE', `${passthru}delete_subscription`, { id: made.Id });
  expect(await site.api('GET', `${passthru}get_all_subscriptions`)).toMatchObject({ Members: [] });
});

test('a machine is asked over HTTPS once its certificate is trusted, and runs an ISO that its user gave', async () => {
  await site.close();
  site = await openRedfishSite({
    rack: { redfishTls: true },
    sets: ['conductor.automated_clean=false', 'redfish.connection_attempts=1'],
  });
  const { name } = site.rack.descriptions[0]!;
  const { uuid } = await site.enrollBare(name);
  await site.provision(name, 'manage');
  await expect(site.until(name, 'manageable')).rejects.toThrow(/self-signed certificate/);
  const trusting = [{ op: 'add', path: '/driver_info/redfish_verify_ca', value: 'false' }];
  await site.api('PATCH', `/v1/nodes/${uuid}`, trusting);
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  await site.provision(name, 'provide');
  await site.until(name, 'available');

  await site.api('PATCH', `/v1/nodes/${uuid}`, [
    { op: 'replace', path: '/deploy_interface', value: 'ramdisk' },
    { op: 'replace', path: '/instance_info', value: { boot_iso: site.image.url } },
  ]);
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
  const board = site.rack.redfish!.boards.get(name)!;
  expect(board.media.Cd?.image).toMatch(/\/redfish\/boot-.*\.iso$/);
  expect(await published()).toHaveLength(1);
  await site.provision(name, 'deleted');
  await site.until(name, 'available');
  expect(board.media.Cd).toBeUndefined();
  expect(await published()).toEqual([]);
});

test('an ISO of the operator boots the ramdisk, and its agent is given its token when it looks its node up', async () => {
  const menu = `\nmenuentry\n    linux /vmlinuz ipa-api-url=${site.running.url} mine=1\n`;
  const files = createServer((_, response) => void response.end(menu));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const { name, macs } = site.rack.descriptions[0]!;
  const { uuid } = await site.node(name);
  for (const address of macs) await site.api('POST', '/v1/ports', { node_uuid: uuid, address });
  const iso = `http://127.0.0.1:${(files.address() as AddressInfo).port}/own.iso`;
  await site.api('PATCH', `/v1/nodes/${uuid}`, [
    { op: 'replace', path: '/deploy_interface', value: 'direct' },
    { op: 'add', path: '/driver_info/deploy_iso', value: iso },
    {
      op: 'replace',
      path: '/instance_info',
      value: { image_source: site.image.url, image_checksum: site.image.sha256 },
    },
  ]);
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
  expect(site.rack.machine(name).hardware.console.text).toMatch(/mine=1/);
  files.close();
});
