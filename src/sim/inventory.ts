// What the agent finds when it looks at its machine: the inventory of agent-api (field names are the agent's).
import type { Hardware } from './hardware.ts';
import { systemLogs } from './system-logs.ts';

const GIB = 1024 ** 3;

/** The hardware inventory as the agent posts it; `bmcAddress` is what the machine's BMC answers at. */
export function inventoryOf({ identity, disks, bootMode }: Hardware, bmcAddress: string): Record<string, unknown> {
  return {
    interfaces: identity.macs.map((mac, i) => ({
      name: `eth${i}`,
      mac_address: mac,
      ipv4_address: i === 0 ? '127.0.0.1' : null,
      ipv6_address: null,
      has_carrier: i === 0,
      lldp: null,
      vendor: '0x1af4',
      product: '0x0001',
      client_id: null,
      biosdevname: null,
      speed_mbps: 10_000,
      pci_address: `0000:01:00.${i}`,
      driver: 'virtio_net',
    })),
    disks: disks.map((disk) => ({
      name: disk.device,
      model: disk.model,
      size: disk.bytes,
      rotational: false,
      wwn: disk.wwn,
      serial: disk.serial,
      vendor: 'SIM',
      wwn_with_extension: disk.wwn,
      wwn_vendor_extension: null,
      hctl: '0:0:0:0',
      by_path: '/dev/disk/by-path/pci-0000:02:00.0-scsi-0:0:0:0',
      logical_sectors: 512,
      physical_sectors: 4096,
      tran: 'sas',
    })),
    cpu: {
      model_name: 'Simulated CPU',
      frequency: '2400.0000',
      count: identity.cpus,
      architecture: 'x86_64',
      flags: ['lm', 'vmx', 'aes'],
      socket_count: 1,
    },
    memory: { total: (identity.memoryMb / 1024) * GIB - 64 * 1024 ** 2, physical_mb: identity.memoryMb },
    system_vendor: {
      product_name: identity.product,
      serial_number: identity.serial,
      manufacturer: identity.vendor,
      firmware: { vendor: identity.vendor, version: identity.firmware.bios, build_date: identity.firmware.built },
    },
    boot: { current_boot_mode: bootMode, pxe_interface: identity.macs[0] },
    hostname: identity.name,
    bmc_address: bmcAddress,
    bmc_v6address: '::/0',
    bmc_mac: identity.bmcMac,
    usb_devices: [],
  };
}

/** Data beyond the inventory, collected where the kernel's command line asks for them. */
export interface Collected {
  readonly lldp: boolean;
  readonly pci: boolean;
}

/** What the agent posts when it was told to inspect: the inventory and the collectors' data. */
export function inspectionData(
  hardware: Hardware,
  bmcAddress: string,
  now: number,
  collected: Collected,
): Record<string, unknown> {
  const inventory = inventoryOf(hardware, bmcAddress);
  return {
    inventory,
    root_disk: (inventory.disks as unknown[])[0],
    boot_interface: hardware.identity.macs[0],
    configuration: {
      collectors: ['default', 'logs', ...(collected.pci ? ['pci-devices'] : [])],
      managers: [{ name: 'generic_hardware_manager', version: '1.2' }],
    },
    error: null,
    logs: systemLogs('journal', hardware.console.text, now),
    ...(collected.lldp && { lldp_raw: { eth0: lldpOf(hardware) } }),
    ...(collected.pci && { pci_devices: [{ vendor_id: '10de', product_id: '1eb8', bus: '0000:3b:00.0' }] }),
  };
}

/** What the switch that eth0 is plugged into sends: pairs of type and hexadecimal value. */
function lldpOf({ identity }: Hardware): [number, string][] {
  const text = (value: string) => Buffer.from(value).toString('hex');
  const port = text(`Ethernet1/${Number.parseInt(identity.macs[0]!.slice(-2), 16)}`);
  return [
    [1, '04112233aabbcc'],
    [2, `05${port}`],
    [3, '0078'],
    [5, text('sw01')],
    [7, '00140004'],
    [127, '0080c2010064'],
    [0, ''],
  ];
}
