import { boolean, choice, host, list, path, port, seconds, text } from '../option.ts';

export const vnc = {
  enabled: boolean(false, 'Serve graphical consoles.'),
  host_ip: host('0.0.0.0', 'Address of the console proxy.'),
  port: port(6090, 'Port of the console proxy.'),
  public_url: text(null, 'URL of the console proxy, as users are told.', { mutable: true }),
  enable_ssl: boolean(false, 'Serve them by TLS.'),
  novnc_web: path('/usr/share/novnc', 'Folder of the noVNC pages.'),
  novnc_record: text(null, 'File to record sessions into.'),
  novnc_auth_schemes: list(['none'], 'RFB authentication towards consoles.'),
  read_only: boolean(false, 'Consoles may be seen, not used.'),
  token_timeout: seconds(600, 'Life of a token for a console.', { min: 10 }),
  expire_console_session_interval: seconds(120, 'How often sessions are looked for whose time is up.', { min: 1 }),
  container_provider: text('fake', 'What runs console containers: systemd, kubernetes, container, fake.'),
  console_image: text(null, 'Container image of consoles.', { mutable: true }),
  systemd_container_template: path(
    '$pybasedir/console/container/ironic-console.container.template',
    'Template of systemd units.',
    {
      mutable: true,
    },
  ),
  systemd_container_publish_port: text('$my_ip::5900', 'Ports of containers run by systemd.'),
  kubernetes_container_template: path(
    '$pybasedir/console/container/ironic-console-pod.yaml.template',
    'Template of Kubernetes manifests.',
    { mutable: true },
  ),
  kubernetes_pod_timeout: seconds(120, 'Longest wait for a pod to start.'),
  container_executable: text('docker', 'Command that runs containers: docker or podman.'),
  container_host: text(null, 'URL of the container engine.'),
  container_publish_port: text('$my_ip::5900', 'Ports of containers.'),
  container_command_template: path(
    '$pybasedir/console/container/ironic-console-container.template',
    'Template of the container command.',
    { mutable: true },
  ),
  cert_file: path(null, 'Server certificate (PEM).', { deprecatedNames: ['ssl_cert_file'] }),
  key_file: path(null, 'Key of the server certificate (PEM).', { deprecatedNames: ['ssl_key_file'] }),
  tls_minimum_version: choice('1.2', ['1.2', '1.3'], 'Lowest TLS version.', {
    deprecatedNames: ['ssl_minimum_version'],
  }),
  tls_ciphers: text(null, 'Cipher list in OpenSSL form.', { deprecatedNames: ['ssl_ciphers'] }),
  wait_for_ready_timeout: seconds(10, 'Longest wait for a console to be ready.', { min: 1 }),
};
