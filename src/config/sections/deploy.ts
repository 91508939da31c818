import { boolean, choice, integer, path, seconds, secret, text, url } from '../option.ts';

export const deploy = {
  http_url: url(null, 'Conductor web URL.'),
  http_root: path('/httpboot', 'Conductor web root.'),
  image_server_auth_strategy: choice('noauth', ['http_basic', 'noauth'], 'How the image server wants to be asked.', {
    mutable: true,
  }),
  image_server_user: text(null, 'User at the image server.', { mutable: true }),
  image_server_password: secret(null, 'Password at the image server.', { mutable: true }),
  external_http_url: url(null, 'Web URL seen by BMCs.'),
  external_callback_url: url(null, 'API URL given to vmedia ramdisks.'),
  enable_ata_secure_erase: boolean(true, 'Allow ATA erase.', { mutable: true }),
  enable_nvme_secure_erase: boolean(true, 'Allow NVMe erase.', { mutable: true }),
  erase_devices_priority: integer(null, 'Priority of the step erase_devices, instead of its own; 0 leaves it out.', {
    mutable: true,
  }),
  erase_devices_metadata_priority: integer(
    null,
    'Priority of the step erase_devices_metadata, instead of its own; 0 leaves it out.',
    { mutable: true },
  ),
  delete_configuration_priority: integer(
    null,
    'Priority of the step delete_configuration, instead of its own; 0 leaves it out.',
    { mutable: true },
  ),
  create_configuration_priority: integer(
    null,
    'Priority of the step create_configuration, instead of its own; 0 leaves it out.',
    { mutable: true },
  ),
  shred_random_overwrite_iterations: integer(1, 'Shred passes.', { min: 0, mutable: true }),
  shred_final_overwrite_with_zeros: boolean(true, 'Zero after shred.', { mutable: true }),
  continue_if_disk_secure_erase_fails: boolean(false, 'Fall back to shred.', { mutable: true }),
  disk_erasure_concurrency: integer(4, 'Disks at once.', { min: 1, mutable: true }),
  power_off_after_deploy_failure: boolean(true, 'Power off failed deploy.', { mutable: true }),
  default_boot_mode: choice('uefi', ['bios', 'uefi'], 'Uefi or bios.', { mutable: true }),
  configdrive_use_object_store: boolean(false, 'Config drive in swift.', {
    mutable: true,
    deprecatedNames: ['conductor.configdrive_use_swift'],
  }),
  http_image_subdir: text('agent_images', 'Image folder below http_root.'),
  fast_track: boolean(false, 'Reuse a running ramdisk.', { mutable: true }),
  fast_track_timeout: seconds(300, 'Heartbeat age that counts as alive.', { min: 0, max: 300, mutable: true }),
  erase_skip_read_only: boolean(false, 'Skip read-only disks.', { mutable: true }),
  ramdisk_image_download_source: choice('local', ['http', 'local', 'swift'], 'ISO source http, local, swift.', {
    mutable: true,
  }),
  iso_master_path: path('/var/lib/ironic/master_iso_images', 'ISO master cache.'),
  iso_cache_size: integer(20480, 'Size of the ISO cache in MiB.'),
  iso_cache_ttl: integer(10080, 'Age in minutes after which a cached ISO may go.'),
};
