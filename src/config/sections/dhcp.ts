import { text } from '../option.ts';

export const dhcp = {
  dhcp_provider: text('neutron', 'Who answers DHCP: neutron, dnsmasq or none.'),
};
