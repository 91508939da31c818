import { boolean, choice, dict, kernelParameters, list, multi, path, seconds, text } from '../option.ts';

export const inspector = {
  status_check_period: seconds(60, 'How often running inspections are looked at.'),
  force_dhcp: boolean(false, 'Do not give the ramdisk static network data.'),
  extra_kernel_params: kernelParameters('', 'Extra arguments of the inspection ramdisk.'),
  power_off: boolean(true, 'Power off after inspection.'),
  callback_endpoint_override: text(null, 'URL of the API, as inspection ramdisks are told.', { deprecated: true }),
  require_managed_boot: boolean(true, 'Inspect only what can be booted by Ingot itself.'),
  add_ports: choice('pxe', ['active', 'all', 'disabled', 'pxe'], 'Which interfaces get ports after inspection.'),
  keep_ports: choice('all', ['added', 'all', 'present'], 'Which ports stay after inspection.'),
  update_pxe_enabled: boolean(true, 'Set pxe_enabled of ports by what the ramdisk booted from.'),
  pre_create_ports: boolean(true, 'Create ports from MACs that the BMC knows before the ramdisk boots.'),
  default_hooks: text('ramdisk-error,validate-interfaces,ports,architecture', 'Hooks that inspection always runs.'),
  hooks: text('$default_hooks', 'Hooks of inspection by agent, in order.'),
  known_accelerators: path(
    '$pybasedir/drivers/modules/inspector/hooks/known_accelerators.yaml',
    'File of accelerators by PCI id.',
  ),
  cpu_capabilities: dict(
    { vmx: 'cpu_vt', svm: 'cpu_vt', aes: 'cpu_aes', pse: 'cpu_hugepages', pdpe1gb: 'cpu_hugepages_1g', smx: 'cpu_txt' },
    'Capabilities by CPU flag: flag:capability.',
  ),
  extra_hardware_strict: boolean(false, 'Refuse records of the extra-hardware hook that are too short.'),
  pci_device_alias: multi([], 'PCI devices to count as capabilities, as JSON.'),
  physical_network_cidr_map: list(
    ['10.10.10.0/24:physnet_a', '2001:db8::/64:physnet_b'],
    'Physical networks by address: CIDR:network.',
  ),
  disk_partitioning_spacing: boolean(true, 'Leave 1 GiB of the disk out of local_gb.'),
};
