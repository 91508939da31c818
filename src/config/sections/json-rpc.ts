import { boolean, choice, host, list, octal, path, port, text } from '../option.ts';
import { auth, session } from './keystone-client.ts';

export const jsonRpc = {
  ...auth,
  ...session,
  allowed_roles: list(['admin'], 'Roles that callers need with keystone.'),
  auth_strategy: choice(
    null,
    ['http_basic', 'keystone', 'noauth'],
    'How callers are known; as [DEFAULT] auth_strategy when not set.',
  ),
  cert_file: path(null, 'Server certificate (PEM).'),
  client_use_ssl: boolean(false, 'Call others by TLS.'),
  debug_log_request_id_only: boolean(true, 'Debug logs name requests, without their contents.', { mutable: true }),
  host_ip: host('::', 'Address to listen on.'),
  http_basic_auth_user_file: path('/etc/ironic/htpasswd-json-rpc', 'File of users as htpasswd writes it.'),
  key_file: path(null, 'Key of the server certificate (PEM).'),
  port: port(8089, 'Port to listen on.'),
  tls_ciphers: text(null, 'Cipher list in OpenSSL form.'),
  tls_minimum_version: choice('1.3', ['1.2', '1.3'], 'Lowest TLS version.'),
  unix_socket: path(null, 'Listen on this socket instead of a port.'),
  unix_socket_mode: octal(null, 'File mode of that socket.'),
  use_ssl: boolean(false, 'Serve JSON-RPC by TLS.'),
};
