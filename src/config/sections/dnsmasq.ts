import { path } from '../option.ts';

export const dnsmasq = {
  dhcp_optsdir: path('/etc/dnsmasq.d/optsdir.d', 'Options directory.'),
  dhcp_hostsdir: path('/etc/dnsmasq.d/hostsdir.d', 'Hosts directory.'),
  dhcp_leasefile: path('/var/lib/dnsmasq/dnsmasq.leases', 'Lease file.'),
};
