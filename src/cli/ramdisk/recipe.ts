// What goes into the deploy ramdisk, as data. Why each package is there: the agent calls its programs by name.

export type KernelKind = 'cloud' | 'generic';

/** Debian's archive as the world knows it; `--mirror` names another. */
export const publicMirror = 'http://deb.debian.org/debian';

export const kernelPackages: Record<KernelKind, string> = {
  cloud: 'linux-image-cloud-amd64', // virtual machines: virtio, NVMe, no IPMI, no real NICs
  generic: 'linux-image-amd64',
};

const python = [
  'python3',
  'python3-packaging', // the build asks with it which requirements Debian meets
  'python3-cheroot',
  'python3-cryptography',
  'python3-oslo.concurrency',
  'python3-oslo.config',
  'python3-oslo.log',
  'python3-oslo.serialization',
  'python3-oslo.utils',
  'python3-pbr',
  'python3-pint',
  'python3-psutil',
  'python3-pyparsing',
  'python3-pyudev',
  'python3-requests',
  'python3-stevedore',
  'python3-tenacity',
  'python3-tooz',
  'python3-werkzeug',
  'python3-zeroconf',
];

const programs = [
  'bsdextrautils', // hexdump: the identifier of an MBR disk
  'busybox-static', // init, udhcpc, acpid
  'ca-certificates',
  'chrony', // ipa-ntp-server
  'dmidecode',
  'dosfstools',
  'dropbear-bin', // ssh for --ssh-key and for rescue
  'e2fsprogs',
  'efibootmgr',
  'ethtool',
  'fdisk',
  'file',
  'gdisk', // sgdisk: GPT repair and the config drive's partition
  'hdparm', // ATA secure erase
  'ipmitool', // the BMC's address, where the kernel has an IPMI driver
  'iproute2',
  'kmod',
  'lshw',
  'lvm2', // volume groups on old disks keep them busy: found and stopped
  'mdadm',
  'mount',
  'nvme-cli', // NVMe format
  'parted', // parted, partprobe
  'pciutils',
  'procps',
  'psmisc', // fuser: is the disk in use?
  'qemu-utils', // qemu-img: qcow2 to disk
  'smartmontools', // may this disk's security be asked for?
  'udev',
  'usbutils',
  'util-linux', // lsblk, wipefs, blkdiscard, findmnt, lscpu, partx
  'util-linux-extra', // hwclock: without it the agent does not power off
];

/** Only where there may be a SAN or a SAS shelf. */
const onRealHardware = ['multipath-tools', 'open-iscsi', 'sg3-utils'];

/** The Debian packages of the ramdisk's root, without their recommendations. */
export const packagesFor = (kernel: KernelKind): readonly string[] =>
  kernel === 'generic' ? [...python, ...programs, ...onRealHardware] : [...python, ...programs];

/** Globs (`*` within one name) below the root that the agent never opens: documentation, package tools, other users. */
export const pruned: readonly string[] = [
  'boot/*',
  'dev/*',
  'run/*',
  'tmp/*',
  'usr/bin/perl*',
  'usr/bin/qemu-io',
  'usr/bin/qemu-nbd',
  'usr/bin/qemu-storage-daemon',
  'usr/games',
  'usr/include',
  'usr/lib/python3/dist-packages/docutils',
  'usr/lib/python3/dist-packages/gevent',
  'usr/lib/python3/dist-packages/grpc',
  'usr/lib/python3/dist-packages/setuptools/_vendor/*/tests',
  'usr/lib/python3/dist-packages/*/test',
  'usr/lib/python3/dist-packages/*/tests',
  'usr/lib/python3/dist-packages/zope/interface/*/tests',
  'usr/lib/python3.*/ensurepip',
  'usr/lib/python3.*/idlelib',
  'usr/lib/python3.*/pydoc_data',
  'usr/lib/python3.*/test',
  'usr/lib/systemd/system',
  'usr/lib/udev/hwdb.bin',
  'usr/lib/udev/hwdb.d',
  'usr/lib/x86_64-linux-gnu/gconv',
  'usr/lib/x86_64-linux-gnu/perl',
  'usr/lib/x86_64-linux-gnu/perl-base',
  'usr/share/babel',
  'usr/share/bash-completion',
  'usr/share/bug',
  'usr/share/doc',
  'usr/share/i18n',
  'usr/share/ieee-data',
  'usr/share/info',
  'usr/share/lintian',
  'usr/share/locale',
  'usr/share/man',
  'usr/share/perl',
  'usr/share/perl5',
  'usr/share/python-babel-localedata',
  'usr/share/zoneinfo/*/*',
  'var/cache/*',
  'var/lib/apt',
  'var/lib/dpkg',
  'var/log/*',
];

/** Folders of kernel modules that no deploy ramdisk loads. */
export const prunedModules: readonly string[] = [
  'kernel/sound',
  'kernel/drivers/gpu',
  'kernel/drivers/media',
  'kernel/drivers/net/wireless',
  'kernel/drivers/net/can',
  'kernel/drivers/bluetooth',
  'kernel/drivers/staging',
  'kernel/drivers/iio',
  'kernel/drivers/comedi',
  'kernel/drivers/isdn',
  'kernel/drivers/infiniband/ulp',
  'kernel/net/bluetooth',
  'kernel/net/wireless',
  'kernel/net/mac80211',
  'kernel/net/netfilter',
  'kernel/net/sched',
  'kernel/fs/ocfs2',
  'kernel/fs/ceph',
  'kernel/fs/smb',
  'kernel/fs/nfs',
  'kernel/fs/nfsd',
];

/** Space that a build needs at its peak, in MiB: the unpacked root, package files, archives. */
export const neededMiB: Record<KernelKind, number> = { cloud: 1200, generic: 2200 };
