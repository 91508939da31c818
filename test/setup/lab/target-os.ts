// The operating system of the target image: a kernel and busybox. It says on the serial port what it does.
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CpioEntry, made, writeArchive } from '../../../src/cli/ramdisk/cpio.ts';
import { tool } from './tool.ts';

/**
 * What it does: finds the config drive (a volume labelled config-2) and posts its meta_data.json to the URL that is
 * its `phone_home` value (or the kernel's), with the firmware and MAC in the query; then a shell on the serial port.
 */
export const targetInit = `#!/bin/busybox sh
/bin/busybox mkdir -p /bin /sbin /proc /sys /dev /tmp /run /config
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
exec >/dev/console 2>&1 </dev/console
up() { cut -d' ' -f1 /proc/uptime; }
echo "@@OS-INIT $(up)"
for module in $(cat /lib/modules/order); do insmod /lib/modules/$module 2>/dev/null; done
acpid -l /dev/null
drive=none
for path in /sys/class/block/*; do
  device=/dev/\${path##*/}
  [ "$(dd if=$device bs=1 skip=32808 count=8 2>/dev/null)" = config-2 ] || continue
  drive=$device
  mount -o ro $device /config && break
done
meta=/config/openstack/latest/meta_data.json
echo "@@OS-CONFIGDRIVE $drive $(cat $meta 2>/dev/null)"
ip link set lo up
for path in /sys/class/net/eth*; do
  nic=\${path##*/}
  ip link set $nic up
  udhcpc -i $nic -s /bin/lease -n -q -t 20 -T 1 >/dev/null 2>&1
done
echo "@@OS-NETWORK $(cat /run/lease 2>/dev/null)"
url=$(sed -n 's/.*"phone_home": *"\\([^"]*\\)".*/\\1/p' $meta 2>/dev/null)
firmware=pc
for word in $(cat /proc/cmdline); do
  case $word in
    firmware=*) firmware=\${word#firmware=} ;;
    phone_home=*) url=\${url:-\${word#phone_home=}} ;;
  esac
done
if [ -n "$url" ]; then
  tries=0
  until wget -q -O /dev/null --header 'Content-Type: application/json' --post-file $meta \\
      "$url?firmware=$firmware&mac=$(cat /sys/class/net/eth0/address)&drive=$drive"; do
    tries=$((tries + 1)); [ $tries -ge 30 ] && break; sleep 1
  done
fi
echo "@@OS-READY $(up)"
while :; do setsid cttyhack sh; sleep 1; done
`;

const lease = `#!/bin/busybox sh
case "$1" in
  bound | renew)
    ip addr flush dev $interface; ip addr add $ip/\${mask:-24} dev $interface
    for gateway in $router; do ip route replace default via $gateway dev $interface; done
    echo "$interface $ip" >>/run/lease ;;
esac
exit 0
`;

const powerButton = '#!/bin/busybox sh\necho "@@OS-POWEROFF"\nsync\nexec /bin/busybox poweroff -f\n';

const wantedModules = [
  'virtio_pci',
  'virtio_net',
  'virtio_blk',
  'virtio_scsi',
  'sr_mod',
  'sd_mod',
  'virtio_rng',
  'evdev',
  'button',
  'vfat',
  'nls_iso8859_1',
  'nls_cp437',
  'nls_ascii',
  'isofs',
  'udf',
  'ext4',
];

/** Debian's cloud kernel of this machine's release, unpacked below `folder`; nothing is installed. */
export async function fetchKernel(folder: string): Promise<{ vmlinuz: string; root: string; release: string }> {
  await mkdir(folder, { recursive: true });
  const depends = await tool(['apt-cache', 'depends', 'linux-image-cloud-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (!name) throw new Error(`apt-cache depends linux-image-cloud-amd64 named no kernel: ${depends}`);
  await tool(['apt-get', 'download', '-q', '-o', 'APT::Sandbox::User=root', name], { cwd: folder });
  const deb = (await readdir(folder)).find((file) => file.endsWith('.deb'));
  if (!deb) throw new Error(`apt-get download ${name} left no package in ${folder}`);
  const root = join(folder, 'kernel');
  await tool(['dpkg-deb', '-x', join(folder, deb), root]);
  const modules =
    (await readdir(join(root, 'lib/modules')).catch(() => [])).length > 0 ? 'lib/modules' : 'usr/lib/modules';
  const [release = ''] = await readdir(join(root, modules));
  if (modules.startsWith('usr')) await tool(['ln', '-s', 'usr/lib', join(root, 'lib')]);
  await tool(['depmod', '-b', root, release]);
  return { vmlinuz: join(root, `boot/vmlinuz-${release}`), root, release };
}

async function moduleFiles(root: string, release: string): Promise<string[]> {
  const files = new Set<string>();
  for (const name of wantedModules) {
    const said = await tool(['modprobe', '-d', root, '-S', release, '--show-depends', name]).catch(() => '');
    for (const line of said.split('\n')) if (line.startsWith('insmod ')) files.add(line.split(' ')[1] ?? '');
  }
  return [...files];
}

/** The target's initramfs. */
export async function writeTargetInitramfs(file: string, kernel: { root: string; release: string }): Promise<void> {
  const entries: CpioEntry[] = [];
  for (const folder of ['bin', 'lib', 'lib/modules', 'etc', 'etc/acpi', 'etc/acpi/PWRF', 'dev', 'proc', 'sys', 'run'])
    entries.push(made(folder, 0o755, 'folder'));
  entries.push(made('bin/busybox', 0o755, 'file', await readFile('/bin/busybox')));
  entries.push(made('bin/lease', 0o755, 'file', lease));
  entries.push(made('etc/acpi/PWRF/00000080', 0o755, 'file', powerButton));
  entries.push(made('init', 0o755, 'file', targetInit));
  const order: string[] = [];
  const scratch = `${file}.modules`;
  await mkdir(scratch, { recursive: true });
  for (const path of await moduleFiles(kernel.root, kernel.release)) {
    const copy = join(scratch, basename(path));
    await copyFile(path, copy);
    if (copy.endsWith('.xz')) await tool(['xz', '-d', '-f', copy]); // busybox's insmod reads plain modules only
    const name = basename(copy, '.xz');
    order.push(name);
    entries.push(made(`lib/modules/${name}`, 0o644, 'file', await readFile(join(scratch, name))));
  }
  entries.push(made('lib/modules/order', 0o644, 'file', `${order.join('\n')}\n`));
  await writeArchive(file, entries, 'gzip');
  await writeFile(`${file}.order`, order.join('\n'));
}
