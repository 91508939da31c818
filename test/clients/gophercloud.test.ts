// gophercloud's bare metal packages, as Metal3 uses them, against a running Ingot.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, test } from 'vitest';
import { saveInventory } from '#db/node-inventory.ts';
import { openRedfishSite } from '../setup/redfish-site.ts';
import type { Site } from '../setup/site.ts';
import { ensureGopher } from './go.ts';
import { openClientSite } from './site.ts';

const run = promisify(execFile);

let site: Site;
let gopher: string;
beforeAll(async () => {
  gopher = await ensureGopher();
  site = await openClientSite();
});
afterAll(() => site?.close());

for (const [scenario, sentence] of [
  ['nodes', 'nodes are created, updated, listed, maintained and deleted'],
  ['states', 'every provision verb leads where gophercloud waits for it'],
  ['ports', 'ports are created, updated, listed and deleted'],
  ['allocations', 'an allocation finds its node'],
  ['services', 'drivers and conductors are listed and shown'],
  ['media', 'what is in the drives of hardware without virtual media is refused with 400'],
] as const)
  test(sentence, async () => {
    await run(gopher, [`${site.running.url}/v1`, scenario], { timeout: 90_000 });
  });

test('a medium is attached to a machine with Redfish, seen there, and detached', async () => {
  const redfish = await openRedfishSite();
  try {
    const { name } = redfish.rack.descriptions[0]!;
    await redfish.enrollBare(name);
    await run(gopher, [`${redfish.running.url}/v1`, 'drives', name, redfish.image.url], { timeout: 90_000 });
  } finally {
    await redfish.close();
  }
});

test('inventory, firmware, validation, boot device, RAID, vendor methods and vifs are read and set', async () => {
  const name = 'gopher-inspected';
  const node = await site.api<{ uuid: string }>('POST', '/v1/nodes', {
    driver: 'fake-hardware',
    name,
    network_interface: 'flat',
  });
  await site.api('POST', '/v1/ports', { node_uuid: node.uuid, address: '52:54:00:00:05:11' });
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  const found = {
    cpu: { count: 8, architecture: 'x86_64' },
    memory: { physical_mb: 65536 },
    disks: [],
    interfaces: [],
  };
  await site.running.db.write((tx) => saveInventory(tx, node.uuid, found, {}));
  await run(gopher, [`${site.running.url}/v1`, 'hardware'], { timeout: 90_000 });
});
