import type { Config } from '#config/schema.ts';

/** Whether the operator named a boot file in the configuration, as it now is: then it may lie anywhere on this machine. */
export function trustedFiles({ conductor, DEFAULT }: Config): (source: string) => boolean {
  const named = () => [
    conductor.deploy_kernel,
    conductor.deploy_ramdisk,
    conductor.rescue_kernel,
    conductor.rescue_ramdisk,
    conductor.bootloader,
    DEFAULT.esp_image,
    ...[conductor.deploy_kernel_by_arch, conductor.deploy_ramdisk_by_arch, conductor.bootloader_by_arch].flatMap(
      (byArch) => Object.values(byArch ?? {}),
    ),
  ];
  return (source) => named().includes(source);
}
