import { list, path, seconds } from '../option.ts';

export const pxeFilter = {
  dhcp_hostsdir: path(null, 'Folder where dnsmasq reads one file per MAC.'),
  supported_inspect_interfaces: list(['agent'], 'Inspect interfaces whose nodes are let through.', { mutable: true }),
  sync_period: seconds(45, 'How often the files are brought up to date.', { mutable: true }),
};
