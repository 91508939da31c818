import { boolean, choice, integer, path, seconds, secret, text, url } from '../option.ts';

export const deploy = {
  http_url: url(null, 'URL of the boot HTTP server, as machines are told.'),
  http_root: path('/httpboot', 'Folder that the boot HTTP server shows.'),
  image_server_auth_strategy: choice('noauth', ['http_basic', 'noauth'], 'How the image server wants to be asked.', {
    mutable: true,
  }),
  image_server_user: text(null, 'User at the image server.', { mutable: true }),
  image_server_password: secret(null, 'Password at the image server.', { mutable: true }),
  external_http_url: url(null, 'URL of the boot HTTP server, as BMCs are told; http_url when not set.'),
  external_callback_url: url(null, 'URL of the API, as virtual media ramdisks are told.'),
  enable_ata_secure_erase: boolean(true, 'Erase ATA disks by their own command where they can.', { mutable: true }),
  enable_nvme_secure_erase: boolean(true, 'Erase NVMe disks by their own command where they can.', { mutable: true }),
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
  shred_random_overwrite_iterations: integer(1, 'How often disks are overwritten at random.', {
    min: 0,
    mutable: true,
  }),
  shred_final_overwrite_with_zeros: boolean(true, 'Overwrite disks with zeros last.', { mutable: true }),
  continue_if_disk_secure_erase_fails: boolean(false, 'Overwrite a disk whose own erase command failed.', {
    mutable: true,
  }),
  disk_erasure_concurrency: integer(4, 'Disks erased at once.', { min: 1, mutable: true }),
  power_off_after_deploy_failure: boolean(true, 'Power off nodes whose deployment failed.', { mutable: true }),
  default_boot_mode: choice('uefi', ['bios', 'uefi'], 'Boot mode of nodes that name none.', { mutable: true }),
  configdrive_use_object_store: boolean(false, 'Keep config drives in swift.', {
    mutable: true,
    deprecatedNames: ['conductor.configdrive_use_swift'],
  }),
  http_image_subdir: text('agent_images', 'Folder for images below http_root.'),
  fast_track: boolean(false, 'Use a ramdisk that runs already instead of booting it again.', { mutable: true }),
  fast_track_timeout: seconds(300, 'A ramdisk that was silent so long does not run any more.', {
    min: 0,
    max: 300,
    mutable: true,
  }),
  erase_skip_read_only: boolean(false, 'Leave out disks that are read-only.', { mutable: true }),
  ramdisk_image_download_source: choice(
    'local',
    ['http', 'local', 'swift'],
    'How BMCs get ramdisk ISOs: from here (local), from where the image is (http), from swift.',
    {
      mutable: true,
    },
  ),
  iso_master_path: path('/var/lib/ironic/master_iso_images', 'Cache of ISO images.'),
  iso_cache_size: integer(20480, 'Size of the ISO cache in MiB.'),
  iso_cache_ttl: integer(10080, 'Age in minutes after which a cached ISO may go.'),
};
