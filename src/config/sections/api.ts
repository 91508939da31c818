import { boolean, choice, host, integer, list, octal, path, port, seconds, text } from '../option.ts';

export const api = {
  host_ip: host('0.0.0.0', 'Address to listen on.'),
  port: port(6385, 'Port to listen on.'),
  unix_socket: path(null, 'Listen on this socket instead of a port.'),
  unix_socket_mode: octal(null, 'File mode of that socket.'),
  max_limit: integer(1000, 'Most items on a page.', { mutable: true }),
  public_endpoint: text(null, 'What links in replies start with; not set: what the caller asked.', { mutable: true }),
  api_workers: integer(null, 'How many processes serve the API; no meaning here, one does.'),
  enable_ssl_api: boolean(false, 'Serve TLS; needs cert_file and key_file.'),
  enable_ramdisk_endpoints: boolean(true, 'Serve what ramdisks call: lookup, heartbeat, continue_inspection.', {
    mutable: true,
  }),
  restrict_lookup: boolean(true, 'Answer lookups only for nodes in states that wait for a ramdisk.', { mutable: true }),
  ramdisk_heartbeat_timeout: seconds(300, 'Longest time between heartbeats, as told to agents.', { mutable: true }),
  network_data_schema: path(
    '$pybasedir/api/controllers/v1/network-data-schema.json',
    'JSON schema that network_data must follow.',
  ),
  project_admin_can_manage_own_nodes: boolean(true, 'Admins of a project may create and delete nodes that it owns.', {
    mutable: true,
  }),
  disallowed_enrollment_boot_modes: list([], 'Boot modes that nodes may not be created with or changed to.', {
    mutable: true,
  }),
  cert_file: path(null, 'Server certificate (PEM).'),
  key_file: path(null, 'Key of the server certificate (PEM).'),
  tls_minimum_version: choice('1.3', ['1.2', '1.3'], 'Lowest TLS version.'),
  tls_ciphers: text(null, 'Cipher list in OpenSSL form.'),
  max_json_body_depth: integer(25, 'How deep a body may be nested.', { min: 8, mutable: true }),
  max_json_body_size: integer(1024, 'Largest body in KiB.', { min: 4, mutable: true }),
  max_json_body_size_provision: integer(65536, 'Largest body of states/provision in KiB, config drive included.', {
    min: 4,
    mutable: true,
  }),
  max_json_body_size_inspection: integer(16384, 'Largest body of continue_inspection in KiB.', {
    min: 4,
    mutable: true,
  }),
  middleware: list([], 'Further WSGI middleware; no meaning here.'),
  disallow_deploy_steps: list(['vendor.send_raw'], 'Deploy steps that callers may not ask for.', { mutable: true }),
  disallow_service_steps: list(['vendor.send_raw'], 'Service steps that callers may not ask for.', { mutable: true }),
  disallow_clean_steps: list(['vendor.send_raw'], 'Clean steps that callers may not ask for.', { mutable: true }),
  response_validation: choice(
    'warn',
    ['error', 'ignore', 'warn'],
    'What happens when a reply is not as its schema says.',
  ),
};
