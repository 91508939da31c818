// Instances that live in memory: a kernel with its ramdisk, or an ISO, booted over iPXE each time; nothing is written.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSite, type Site } from '../../setup/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({
    machines: 3,
    sets: ['DEFAULT.enabled_deploy_interfaces=direct,ramdisk', 'conductor.automated_clean=false'],
  });
});
afterAll(() => site?.close());

async function available(index: number, instanceInfo: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const { name } = site.rack.descriptions[index]!;
  await site.enroll(name);
  for (const [field, value] of Object.entries({ deploy_interface: 'ramdisk', instance_info: instanceInfo, ...more }))
    await site.api('PATCH', `/v1/nodes/${name}`, [{ op: 'replace', path: `/${field}`, value }]);
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  await site.provision(name, 'provide');
  await site.until(name, 'available');
  return name;
}

const files = () => site.image.url.replace(/\/[^/]*$/, '');

test('a machine runs a kernel and a ramdisk, and again after a reboot', async () => {
  const instance = {
    kernel: `${files()}/vmlinuz`,
    ramdisk: `${files()}/initrd`,
    ramdisk_kernel_arguments: 'role=worker',
  };
  const name = await available(0, instance);
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ last_error: null, power_state: 'power on' });
  const machine = site.rack.machines[0]!;
  const runs = () =>
    vi.waitFor(() => expect(machine.running).toMatchObject({ is: 'system', image: instance.kernel }), 10_000);
  await runs();
  expect(machine.hardware.console.text).toMatch(/Linux command line: .*root=\/dev\/ram0 .*role=worker/);
  const { boots } = machine.hardware;
  await site.api('PUT', `/v1/nodes/${name}/states/power`, { target: 'rebooting' });
  await vi.waitFor(() => expect(machine.hardware.boots).toBeGreaterThan(boots), 10_000);
  await runs();
  await site.provision(name, 'deleted');
  expect(await site.until(name, 'available')).toMatchObject({ last_error: null });
});

test('a machine runs an ISO', async () => {
  const name = await available(1, { boot_iso: `${files()}/live.iso` });
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ last_error: null });
  const machine = site.rack.machines[1]!;
  await vi.waitFor(() => expect(machine.running).toMatchObject({ is: 'system', image: `${files()}/live.iso` }), 10_000);
});

test('what cannot be run from memory is refused before anything begins', async () => {
  const name = await available(2, {});
  const refused = async (instance_info: Record<string, unknown>, why: RegExp, more: Record<string, unknown> = {}) => {
    for (const [field, value] of Object.entries({ instance_info, ...more }))
      await site.api('PATCH', `/v1/nodes/${name}`, [{ op: 'replace', path: `/${field}`, value }]);
    await expect(site.provision(name, 'active')).rejects.toThrow(why);
    expect((await site.node(name)).provision_state).toBe('available');
  };
  await refused({}, /needs \\*"kernel\\*" and \\*"ramdisk\\*", or \\*"boot_iso/);
  await refused({ image_source: 'http://i/i.img' }, /image_source\\*" names what is written/);
  await refused({ image_source: 'http://i/i.img', boot_iso: 'http://i/i.iso' }, /both/);
  await refused({ kernel: 'http://i/k', ramdisk: 'http://i/r', ramdisk_kernel_arguments: 'a\nb' }, /one line/);
  await refused({ boot_iso: 'http://i/i.iso' }, /boots no ISO/, { boot_interface: 'pxe' });
});

test('a file that was not offered is not booted', async () => {
  const { name } = site.rack.descriptions[2]!;
  await site.api('PATCH', `/v1/nodes/${name}`, [{ op: 'replace', path: '/boot_interface', value: 'ipxe' }]);
  await site.api('PATCH', `/v1/nodes/${name}`, [
    { op: 'replace', path: '/instance_info', value: { boot_iso: 'file:///etc/shadow' } },
  ]);
  await site.provision(name, 'active');
  await expect(site.until(name, 'active')).rejects.toThrow(/file_url_allowed_paths/);
});
