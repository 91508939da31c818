import { boolean, choice, integer, path, seconds, text } from '../option.ts';

export const agent = {
  manage_agent_boot: boolean(true, 'The conductor boots the ramdisk; off: something else does.', { deprecated: true }),
  memory_consumed_by_agent: integer(
    0,
    'MiB that the ramdisk itself needs, when an image is held against the memory of a machine.',
    { mutable: true },
  ),
  stream_raw_images: boolean(
    true,
    'The agent writes raw images to disk while they come, instead of keeping them in memory first.',
    { mutable: true },
  ),
  post_deploy_get_power_state_retries: integer(
    6,
    'How often power is looked at after a soft power off at the end of a deployment.',
  ),
  post_deploy_get_power_state_retry_interval: seconds(5, 'Time between those polls.'),
  agent_api_version: text('v1', 'Version in the path of the agent API.'),
  deploy_logs_collect: choice('on_failure', ['always', 'never', 'on_failure'], 'When logs of the ramdisk are kept.', {
    mutable: true,
  }),
  deploy_logs_storage_backend: choice('local', ['local', 'swift'], 'Where logs of the ramdisk go.', { mutable: true }),
  deploy_logs_local_path: path('/var/log/ironic/deploy', 'Folder for logs of the ramdisk.', { mutable: true }),
  deploy_logs_swift_container: text('ironic_deploy_logs_container', 'Swift container for logs of the ramdisk.', {
    mutable: true,
  }),
  deploy_logs_swift_days_to_expire: integer(30, 'Days that logs stay in swift.', { mutable: true }),
  image_download_source: choice(
    'http',
    ['http', 'local', 'swift'],
    'Where the agent gets images from: straight (http), from here (local), from swift.',
    { mutable: true },
  ),
  command_timeout: seconds(60, 'Time limit of a request to the agent.', { mutable: true }),
  max_command_attempts: integer(3, 'How often a request is tried when the connection to the agent fails.'),
  command_wait_attempts: integer(100, 'How often a running agent command is looked at before it counts as lost.'),
  command_wait_interval: seconds(6, 'Time between polls of an agent command.'),
  neutron_agent_poll_interval: seconds(2, 'Time between looks at the agent of a smart NIC.', { mutable: true }),
  neutron_agent_max_attempts: integer(100, 'How often the agent of a smart NIC is looked at.'),
  neutron_agent_status_retry_interval: seconds(10, 'Time between checks of the smart NIC agent.'),
  require_tls: boolean(true, 'Refuse agents whose callback URL is not https.', { mutable: true }),
  certificates_path: path('/var/lib/ironic/certificates', 'Folder for certificates of agents.'),
  verify_ca: text('True', 'Check of agent certificates: True, False or a CA file.'),
  api_ca_file: path(null, 'CA of the API, put into virtual media ramdisks.'),
  tls_minimum_version: choice('1.3', ['1.2', '1.3'], 'Lowest TLS version.'),
  tls_ciphers: text(null, 'Cipher list in OpenSSL form.'),
  allow_md5_checksum: boolean(true, 'Images may be checked by MD5.'),
  enable_bios_bootloader_install: boolean(false, 'The agent may install a boot loader for BIOS.'),
};
