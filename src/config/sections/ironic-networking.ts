import { choice, list, path, text } from '../option.ts';

export const ironicNetworking = {
  rpc_transport: choice(null, ['json-rpc', 'oslo_messaging'], 'How the networking service is called.'),
  switch_config_file: path('', 'File that lists switches.'),
  driver_config_dir: path('/var/lib/ironic/networking', 'Folder of files written for switch drivers.'),
  enabled_switch_drivers: list([], 'Switch drivers to load.'),
  allowed_vlans: list(null, 'VLANs that may be used.'),
  cleaning_network: text('', 'Switch port mode and VLAN for cleaning: mode/vlan.'),
  rescuing_network: text('', 'Switch port mode and VLAN for rescue: mode/vlan.'),
  provisioning_network: text('', 'Switch port mode and VLAN for provisioning: mode/vlan.'),
  servicing_network: text('', 'Switch port mode and VLAN for service: mode/vlan.'),
  inspection_network: text('', 'Switch port mode and VLAN for inspection: mode/vlan.'),
  idle_network: text('', 'Switch port mode and VLAN for idling: mode/vlan.'),
};
