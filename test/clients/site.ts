// What clients talk to: a whole Ingot with every fake interface enabled, and one simulated machine with an IPMI BMC.
import { openSite, type Site } from '../setup/site.ts';

const sets = [
  'DEFAULT.enabled_bios_interfaces=fake,no-bios',
  'DEFAULT.enabled_boot_interfaces=fake,ipxe,pxe',
  'DEFAULT.enabled_console_interfaces=fake,no-console',
  'DEFAULT.enabled_deploy_interfaces=fake,direct',
  'DEFAULT.enabled_firmware_interfaces=fake,no-firmware',
  'DEFAULT.enabled_inspect_interfaces=fake,no-inspect',
  'DEFAULT.enabled_management_interfaces=fake,ipmitool,noop',
  'DEFAULT.enabled_network_interfaces=noop,flat',
  'DEFAULT.enabled_power_interfaces=fake,ipmitool',
  'DEFAULT.enabled_raid_interfaces=fake,no-raid',
  'DEFAULT.enabled_rescue_interfaces=fake,no-rescue',
  'DEFAULT.enabled_storage_interfaces=fake,noop',
  'DEFAULT.enabled_vendor_interfaces=fake,no-vendor',
];

export const openClientSite = (): Promise<Site> => openSite({ machines: 1, sets });
