import { boolean, integer, list, seconds, text } from '../option.ts';
import { adapter, auth, session } from './keystone-client.ts';

export const neutron = {
  ...auth,
  ...session,
  ...adapter('network'),
  add_all_ports: boolean(false, 'Create neutron ports for ports without PXE too.', { mutable: true }),
  allow_disabling_power_off: boolean(false, 'Nodes may have disable_power_off.'),
  cleaning_network: text(null, 'Network for cleaning, by id or name.', {
    mutable: true,
    deprecatedNames: ['cleaning_network_uuid'],
  }),
  cleaning_network_security_groups: list([], 'Security groups of ports in the cleaning network.', { mutable: true }),
  dhcpv6_stateful_address_count: integer(
    4,
    'Addresses asked for per port with DHCPv6, since each boot stage may look like another client.',
    { mutable: true },
  ),
  fail_on_port_binding_failure: boolean(true, 'Fail where neutron cannot bind a port.'),
  inspection_network: text(null, 'Network for inspection, by id or name.', { mutable: true }),
  inspection_network_security_groups: list([], 'Security groups of ports in the inspection network.', {
    mutable: true,
  }),
  port_setup_delay: seconds(0, 'Wait after ports were set up.', { min: 0, mutable: true }),
  provisioning_network: text(null, 'Network for provisioning, by id or name.', {
    mutable: true,
    deprecatedNames: ['provisioning_network_uuid'],
  }),
  provisioning_network_security_groups: list([], 'Security groups of ports in the provisioning network.', {
    mutable: true,
  }),
  request_timeout: seconds(45, 'Time limit of a request that changes ports.', { mutable: true }),
  rescuing_network: text(null, 'Network for rescue, by id or name.', { mutable: true }),
  rescuing_network_security_groups: list([], 'Security groups of ports in the rescuing network.', { mutable: true }),
  retries: integer(3, 'Old form of connect_retries.', { mutable: true, deprecated: true }),
  servicing_network: text(null, 'Network for service, by id or name.', { mutable: true }),
  servicing_network_security_groups: list([], 'Security groups of ports in the servicing network.', { mutable: true }),
};
