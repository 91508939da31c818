import { ensureApt } from '../apt.ts';

const packages = [
  'busybox-static',
  'dosfstools',
  'gdisk',
  'grub-common',
  'grub-efi-amd64-bin',
  'grub-pc-bin',
  'ipxe',
  'ipxe-qemu',
  'iproute2',
  'kmod',
  'mtools',
  'ovmf',
  'qemu-system-x86',
  'qemu-utils',
  'seabios',
  'xorriso',
  'xz-utils',
];

/** QEMU with its firmware, and what builds the target image and the network. */
export const ensureLabPackages = (): Promise<void> => ensureApt(packages);
