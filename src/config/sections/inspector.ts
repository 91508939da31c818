import { boolean, choice, dict, kernelParameters, list, multi, path, seconds, text } from '../option.ts';

export const inspector = {
  status_check_period: seconds(60, 'Poll period.'),
  force_dhcp: boolean(false, 'Ignore network data in inspection.'),
  extra_kernel_params: kernelParameters('', 'Extra arguments of the inspection ramdisk.'),
  power_off: boolean(true, 'Power off afterwards.'),
  callback_endpoint_override: text(null, 'Callback URL.', { deprecated: true }),
  require_managed_boot: boolean(true, 'Insist on managed boot.'),
  add_ports: choice('pxe', ['active', 'all', 'disabled', 'pxe'], 'Which interfaces get ports after inspection.'),
  keep_ports: choice('all', ['added', 'all', 'present'], 'Which ports stay after inspection.'),
  update_pxe_enabled: boolean(true, 'Set pxe_enabled from data.'),
  pre_create_ports: boolean(true, 'Create ports from BMC MACs first.'),
  default_hooks: text('ramdisk-error,validate-interfaces,ports,architecture', 'Base hooks.'),
  hooks: text('$default_hooks', 'Hooks of agent inspection.'),
  known_accelerators: path('$pybasedir/drivers/modules/inspector/hooks/known_accelerators.yaml', 'Accelerator list.'),
  cpu_capabilities: dict(
    { vmx: 'cpu_vt', svm: 'cpu_vt', aes: 'cpu_aes', pse: 'cpu_hugepages', pdpe1gb: 'cpu_hugepages_1g', smx: 'cpu_txt' },
    'Flag to capability map.',
  ),
  extra_hardware_strict: boolean(false, 'Refuse short records.'),
  pci_device_alias: multi([], 'PCI aliases.'),
  physical_network_cidr_map: list(['10.10.10.0/24:physnet_a', '2001:db8::/64:physnet_b'], 'CIDR to physical network.'),
  disk_partitioning_spacing: boolean(true, 'Leave 1 GiB in local_gb.'),
};
