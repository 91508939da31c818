import { boolean, choice, host, list, path, port, seconds, text } from '../option.ts';

export const vnc = {
  enabled: boolean(false, 'Serve graphical consoles.'),
  host_ip: host('0.0.0.0', 'Proxy address.'),
  port: port(6090, 'Proxy port.'),
  public_url: text(null, 'Public proxy URL.', { mutable: true }),
  enable_ssl: boolean(false, 'Serve them by TLS.'),
  novnc_web: path('/usr/share/novnc', 'Web files.'),
  novnc_record: text(null, 'Record frames.'),
  novnc_auth_schemes: list(['none'], 'RFB auth schemes.'),
  read_only: boolean(false, 'View only.'),
  token_timeout: seconds(600, 'Token life.', { min: 10 }),
  expire_console_session_interval: seconds(120, 'Check period.', { min: 1 }),
  container_provider: text('fake', 'What runs console containers: systemd, kubernetes, container, fake.'),
  console_image: text(null, 'Console image.', { mutable: true }),
  systemd_container_template: path('$pybasedir/console/container/ironic-console.container.template', 'Unit template.', {
    mutable: true,
  }),
  systemd_container_publish_port: text('$my_ip::5900', 'Port mapping.'),
  kubernetes_container_template: path(
    '$pybasedir/console/container/ironic-console-pod.yaml.template',
    'Manifest template.',
    { mutable: true },
  ),
  kubernetes_pod_timeout: seconds(120, 'Start limit.'),
  container_executable: text('docker', 'Command that runs containers: docker or podman.'),
  container_host: text(null, 'Engine URL.'),
  container_publish_port: text('$my_ip::5900', 'Port mapping.'),
  container_command_template: path(
    '$pybasedir/console/container/ironic-console-container.template',
    'Command template.',
    { mutable: true },
  ),
  cert_file: path(null, 'Server certificate (PEM).', { deprecatedNames: ['ssl_cert_file'] }),
  key_file: path(null, 'Key of the server certificate (PEM).', { deprecatedNames: ['ssl_key_file'] }),
  tls_minimum_version: choice('1.2', ['1.2', '1.3'], 'Lowest TLS version.', {
    deprecatedNames: ['ssl_minimum_version'],
  }),
  tls_ciphers: text(null, 'Cipher list in OpenSSL form.', { deprecatedNames: ['ssl_ciphers'] }),
  wait_for_ready_timeout: seconds(10, 'Ready limit.', { min: 1 }),
};
