import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSite, type Site } from '../../setup/site.ts';

const count = 50;
let site: Site;
beforeAll(async () => {
  site = await openSite({ machines: count, imageBytes: 256 * 1024 });
});
afterAll(() => site?.close());

/** Names of node folders and boot links that are left below the HTTP root. */
async function bootFilesLeft(): Promise<string[]> {
  const root = join(site.folder, 'data', 'httpboot');
  const names = await readdir(root);
  const links = await readdir(join(root, 'pxelinux.cfg')).catch(() => []);
  return [...names.filter((name) => /^[0-9a-f-]{36}$/.test(name)), ...links];
}

test('fifty machines at once are cleaned, deployed with a config drive, and given back', async () => {
  const since = Date.now();
  await Promise.all(
    site.rack.descriptions.map(async ({ name }) => {
      await site.enroll(name);
      await site.provision(name, 'manage');
      await site.until(name, 'manageable');
      await site.provision(name, 'provide');
      await site.until(name, 'available');
      await site.provision(name, 'active', { configdrive: { meta_data: { marker: name } } });
      expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on', last_error: null });
    }),
  );
  console.log(`${count} machines from enroll to active: ${((Date.now() - since) / 1000).toFixed(1)} s`);
  for (const { name } of site.rack.descriptions) {
    const machine = site.rack.machine(name);
    const disk = machine.hardware.disks[0]!;
    expect(disk.image).toMatchObject({ algorithm: 'sha256', checksum: site.image.sha256 });
    expect(disk.configDrive).not.toBeNull();
    // Active is said when the power is on; the system starts a moment later.
    await vi.waitFor(() => expect(machine.running).toMatchObject({ is: 'system' }), { timeout: 20_000 });
  }
  const torn = Date.now();
  await Promise.all(
    site.rack.descriptions.map(async ({ name }) => {
      await site.provision(name, 'deleted');
      expect(await site.until(name, 'available')).toMatchObject({ power_state: 'power off', last_error: null });
    }),
  );
  console.log(`${count} machines given back and cleaned: ${((Date.now() - torn) / 1000).toFixed(1)} s`);
  expect(await bootFilesLeft()).toEqual([]);
});
