// A site whose machines are managed by Redfish and boot from virtual media.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RackOptions } from '../../src/sim/rack.ts';
import { type ApiNode, openSite, type Site } from './site.ts';

export const redfishSets = [
  'DEFAULT.enabled_hardware_types=redfish',
  'DEFAULT.enabled_bios_interfaces=redfish,no-bios',
  'DEFAULT.enabled_boot_interfaces=redfish-virtual-media,ipxe',
  'DEFAULT.enabled_deploy_interfaces=direct,ramdisk',
  'DEFAULT.enabled_firmware_interfaces=redfish,no-firmware',
  'DEFAULT.enabled_inspect_interfaces=redfish,agent,no-inspect',
  'DEFAULT.enabled_management_interfaces=redfish,noop',
  'DEFAULT.enabled_power_interfaces=redfish',
  'DEFAULT.enabled_raid_interfaces=redfish,agent,no-raid',
  'DEFAULT.enabled_vendor_interfaces=redfish,no-vendor',
  'DEFAULT.default_boot_interface=redfish-virtual-media',
] as const;

export interface RedfishSite extends Site {
  /** Enroll machine `name` with its Redfish address and nothing else: no ports. */
  enrollBare(name: string, more?: Record<string, unknown>): Promise<ApiNode>;
}

export async function openRedfishSite(
  options: { machines?: number; sets?: readonly string[]; rack?: Partial<RackOptions> } = {},
): Promise<RedfishSite> {
  // A boot loader that no simulated machine starts: the menu beside it is what they read.
  const loaders = await mkdtemp(join(tmpdir(), 'ingot-esp-'));
  const esp = join(loaders, 'esp.img');
  await writeFile(esp, Buffer.alloc(4096));
  const site = await openSite({
    machines: options.machines ?? 1,
    sets: [...redfishSets, `conductor.bootloader=${esp}`, ...(options.sets ?? [])],
    rack: { redfish: '127.0.0.1:0', ...options.rack },
  });
  return {
    ...site,
    enrollBare(name, more = {}) {
      const machine = site.rack.descriptions.find((d) => d.name === name)!;
      const driver_info = {
        redfish_address: machine.redfish_address,
        redfish_system_id: machine.redfish_system_id,
        redfish_username: machine.username,
        redfish_password: machine.password,
      };
      const instance_info = { image_source: site.image.url, image_checksum: site.image.sha256 };
      return site.api('POST', '/v1/nodes', { name, driver: 'redfish', driver_info, instance_info, ...more });
    },
    async close() {
      await site.close();
      await rm(loaders, { recursive: true, force: true });
    },
  };
}
