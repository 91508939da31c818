import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSite, type Site } from '../../setup/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({
    machines: 3,
    sets: ['DEFAULT.enabled_inspect_interfaces=agent,no-inspect', 'DEFAULT.enabled_rescue_interfaces=agent,no-rescue'],
  });
});
afterAll(() => site?.close());

interface Inventory {
  readonly inventory: { interfaces: { mac_address: string }[]; cpu: { architecture: string } };
}

async function manageable(index: number, more: Record<string, unknown>): Promise<string> {
  const { name } = site.rack.descriptions[index]!;
  await site.enroll(name);
  for (const [field, value] of Object.entries(more))
    await site.api('PATCH', `/v1/nodes/${name}`, [{ op: 'replace', path: `/${field}`, value }]);
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  return name;
}

test('a machine is inspected by its own ramdisk', async () => {
  const name = await manageable(0, {});
  await site.provision(name, 'inspect');
  expect(await site.until(name, 'manageable')).toMatchObject({ last_error: null, power_state: 'power off' });
  const { inventory } = await site.api<Inventory>('GET', `/v1/nodes/${name}/inventory`);
  const { properties } = await site.api<{ properties: Record<string, unknown> }>('GET', `/v1/nodes/${name}`);
  expect(properties.cpu_arch).toBe(inventory.cpu.architecture);
  expect(inventory.interfaces.map((nic) => nic.mac_address)).toContain(site.rack.descriptions[0]!.macs[0]);
});

test('an active machine is rescued, and goes back to its system', async () => {
  const name = await manageable(1, { rescue_interface: 'agent' });
  await site.provision(name, 'provide');
  await site.until(name, 'available');
  await site.provision(name, 'active');
  await site.until(name, 'active');
  await site.provision(name, 'rescue', { rescue_password: 'let me in' });
  expect(await site.until(name, 'rescue')).toMatchObject({ last_error: null, power_state: 'power on' });
  await site.provision(name, 'unrescue');
  expect(await site.until(name, 'active')).toMatchObject({ last_error: null, power_state: 'power on' });
});

test('a machine is torn down while its rescue ramdisk boots', async () => {
  const name = await manageable(2, { rescue_interface: 'agent' });
  await site.provision(name, 'provide');
  await site.until(name, 'available');
  await site.provision(name, 'active');
  await site.until(name, 'active');
  await site.provision(name, 'rescue', { rescue_password: 'let me in' });
  await site.until(name, 'rescue wait', 'rescue');
  await site.provision(name, 'deleted');
  expect(await site.until(name, 'available')).toMatchObject({ last_error: null });
});
