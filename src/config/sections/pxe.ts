import { boolean, choice, dict, integer, kernelParameters, path, seconds, text } from '../option.ts';

export const pxe = {
  kernel_append_params: kernelParameters('nofb vga=normal', 'Kernel arguments of ramdisks.', {
    mutable: true,
    deprecatedNames: ['pxe_append_params'],
  }),
  default_ephemeral_format: text('ext4', 'File system of ephemeral partitions.', { mutable: true }),
  images_path: path('/var/lib/ironic/images/', 'Folder of images of nodes.'),
  instance_master_path: path('/var/lib/ironic/master_images', 'Cache of images.'),
  image_cache_size: integer(20480, 'Size of the instance image cache in MiB.'),
  image_cache_ttl: integer(10080, 'Age in minutes after which a cached image may go.'),
  pxe_config_template: path('$pybasedir/drivers/modules/pxe_config.template', 'Template of PXE configurations.', {
    mutable: true,
  }),
  ipxe_config_template: path('$pybasedir/drivers/modules/ipxe_config.template', 'Template of iPXE configurations.', {
    mutable: true,
  }),
  uefi_pxe_config_template: path(
    '$pybasedir/drivers/modules/pxe_grub_config.template',
    'Template of grub configurations.',
    {
      mutable: true,
    },
  ),
  pxe_config_template_by_arch: dict({}, 'PXE template per cpu_arch.', { mutable: true }),
  tftp_server: text('$my_ip', 'Address of the TFTP server, as machines are told.'),
  tftp_root: path('/tftpboot', 'Folder that the TFTP server shows.'),
  tftp_master_path: path('/tftpboot/master_images', 'Cache of files for TFTP.'),
  dir_permission: integer(null, 'Mode of folders made below the roots, as a decimal number.'),
  file_permission: integer(420, 'Mode of files written below the roots, as a decimal number (420 is octal 644).'),
  pxe_bootfile_name: text('pxelinux.0', 'Boot file for BIOS and PXE.'),
  pxe_config_subdir: text('pxelinux.cfg', 'Folder of links named after MACs.'),
  uefi_pxe_bootfile_name: text('bootx64.efi', 'Boot file for UEFI and PXE.'),
  ipxe_bootfile_name: text('undionly.kpxe', 'Boot file for BIOS and iPXE.'),
  uefi_ipxe_bootfile_name: text('snponly.efi', 'Boot file for UEFI and iPXE.'),
  pxe_bootfile_name_by_arch: dict({}, 'PXE boot file per cpu_arch or cpu_arch-bootmode.'),
  ipxe_bootfile_name_by_arch: dict({}, 'iPXE boot file per cpu_arch or cpu_arch-bootmode.'),
  ipxe_boot_script: path('$pybasedir/drivers/modules/boot.ipxe', 'The script that iPXE starts with.'),
  ipxe_fallback_script: path(null, 'Script for machines with unknown MACs.'),
  ipxe_timeout: seconds(0, 'Time limit of downloads by iPXE; 0 means none.'),
  boot_retry_timeout: seconds(null, 'Boot again when a machine has not called back after this time.', { min: 60 }),
  boot_retry_check_interval: seconds(90, 'How often such machines are looked for.', { min: 1 }),
  ip_version: choice('4', ['4', '6'], 'No longer used.', { mutable: true, deprecated: true }),
  ipxe_use_swift: boolean(false, 'iPXE fetches kernel and ramdisk from swift.', { mutable: true }),
  enable_netboot_fallback: boolean(
    false,
    'Keep boot files of deployed nodes, for machines that cannot be told to boot from disk.',
    { mutable: true },
  ),
  loader_file_paths: dict({}, 'Boot loaders to copy below the roots: name:source.'),
  initial_grub_template: path(
    '$pybasedir/drivers/modules/initial_grub_cfg.template',
    'Template of the grub.cfg that grub starts with.',
  ),
  enable_insecure_template_override: boolean(false, 'driver_info pxe_template of a node may name a template.'),
};
