import { path } from '../option.ts';

export const dnsmasq = {
  dhcp_optsdir: path('/etc/dnsmasq.d/optsdir.d', 'Folder where dnsmasq reads options.'),
  dhcp_hostsdir: path('/etc/dnsmasq.d/hostsdir.d', 'Folder where dnsmasq reads one file per MAC.'),
  dhcp_leasefile: path('/var/lib/dnsmasq/dnsmasq.leases', 'File where dnsmasq writes leases.'),
};
