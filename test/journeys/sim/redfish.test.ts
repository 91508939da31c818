import { readdir } from 'node:fs/promises';
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
