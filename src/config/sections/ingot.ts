// Ingot's own options: what Ironic has no name for.
import { boolean, choice, computed, host, integer, list, multi, path, port, seconds, secret, text } from '../option.ts';

const roles = ['api', 'conductor', 'boot', 'console', 'ui'] as const;

export const ingot = {
  data_dir: path(
    computed('/var/lib/ingot for root, else ~/.local/share/ingot', (machine) => machine.dataDir),
    'Where the embedded database, images, keys and logs are kept.',
  ),
  roles: list(roles, 'What this process does.', { choices: roles }),
  log_level: choice('info', ['debug', 'info', 'warn', 'error'], 'Lowest level that is logged.', { mutable: true }),
  log_format: choice('auto', ['auto', 'json', 'text'], 'How lines look; auto is text on a terminal, else json.'),
  drain_seconds: seconds(
    null,
    'After SIGTERM, how long running work may take to come to a safe point. Not set: [conductor] graceful_shutdown_timeout.',
    { min: 0, mutable: true },
  ),
  boot_again_seconds: seconds(
    300,
    'After a restart, how long a machine whose boot may have been cut off has to call before it is booted once more; 0 never.',
    { min: 0, mutable: true },
  ),
  metrics: boolean(true, 'Serve /metrics on the API port.'),

  boot_interface: text(null, 'Network interface on which machines boot. Nothing is answered on any other.'),
  boot_mode: choice('dhcp', ['dhcp', 'proxy', 'off'], 'dhcp gives addresses; proxy stands beside a DHCP server; off.'),
  boot_address: host(null, "This host's address on the boot interface; its first IPv4 address when not set."),
  dhcp_range: text(null, 'Addresses to give out: FIRST-LAST. Not set: the upper half of the boot interface network.'),
  dhcp_gateway: text(null, 'Router told to machines.'),
  dhcp_dns: list([], 'Name servers told to machines.'),
  dhcp_lease_seconds: seconds(3600, 'How long an address is lent.', { min: 60 }),
  dhcp_port: port(67, 'Port of DHCP.'),
  proxy_dhcp_port: port(4011, 'Port of ProxyDHCP boot requests.'),
  router_advertisement: boolean(true, 'Send a null router advertisement per PXE request, which spares iPXE 16 s.'),
  discovery: boolean(false, 'Boot unknown machines into the ramdisk too.'),
  tftp_port: port(69, 'Port of TFTP.'),
  http_address: host(null, 'Address of the boot HTTP server; boot_address when not set.'),
  http_port: port(8088, 'Port of the boot HTTP server.'),

  discovery_per_minute: integer(
    300,
    'How many unknown machines are enrolled per minute ([auto_discovery]); those beyond it are told to try again later.',
    { min: 1, mutable: true },
  ),
  rule_call_hosts: list(
    [],
    'Hosts, addresses and networks that inspection rules may call (api-call). Empty: any that the rule itself names, but this machine and its surroundings.',
    { mutable: true },
  ),

  webhook_urls: multi([], 'URLs that are told what happens.', { mutable: true }),
  webhook_events: list([], 'Happenings told to webhooks; all when empty.', { mutable: true }),
  webhook_secret: secret(null, 'Key of the signature that webhook requests carry.', { mutable: true }),
};
