import { list, path, seconds } from '../option.ts';

export const pxeFilter = {
  dhcp_hostsdir: path(null, 'MAC files.'),
  supported_inspect_interfaces: list(['agent'], 'Interfaces considered.', { mutable: true }),
  sync_period: seconds(45, 'Sync period.', { mutable: true }),
};
