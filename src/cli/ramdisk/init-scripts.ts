// The ramdisk's own start: no systemd, busybox's init as process 1. Texts are files of the initramfs, path to content.

interface RamdiskFile {
  readonly text: string;
  readonly mode: number;
}

const init = `#!/bin/sh
# Process 1 of the deploy ramdisk: the file systems, then busybox's init takes over (/etc/inittab).
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mkdir -p /proc /sys /dev /run /tmp /mnt
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /run/lock /var/log /var/tmp
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=1777,size=75% tmp /tmp
ln -sf /proc/self/fd /dev/fd
exec busybox init
`;

const inittab = (debugShell: boolean) => `::sysinit:/usr/lib/ingot/start
::respawn:/usr/lib/ingot/agent
::respawn:/usr/bin/busybox acpid -f -l /dev/null
::ctrlaltdel:/usr/sbin/reboot
${debugShell ? '::respawn:-/bin/bash\n' : ''}`;

const start = `#!/bin/sh
# Devices, then the network: DHCP on every NIC at once; the NIC that the machine booted from decides when to go on.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
say() { echo "ramdisk: $* ($(cut -d' ' -f1 /proc/uptime) s)" >/dev/console; }
say started
mkdir -p /etc/ipa-rescue-config
[ -d /sys/firmware/efi ] && mount -t efivarfs efivarfs /sys/firmware/efi/efivars 2>/dev/null
/usr/lib/systemd/systemd-udevd --daemon
udevadm trigger --type=subsystems --action=add
udevadm trigger --type=devices --action=add
udevadm settle --timeout=60
modprobe -q -a evdev button ipmi_si ipmi_devintf efi_pstore 2>/dev/null
say devices found
boot_mac=
for word in $(cat /proc/cmdline); do
  case $word in
    BOOTIF=*) boot_mac=$(echo "\${word#BOOTIF=}" | tr 'A-F-' 'a-f:'); boot_mac=\${boot_mac#01:} ;;
  esac
done
mkdir -p /run/dhcp
ip link set lo up
boot_nic=
for path in /sys/class/net/*; do
  nic=\${path##*/}
  [ -e "$path/device" ] || continue
  [ "$(cat "$path/address")" = "$boot_mac" ] && boot_nic=$nic && echo "$nic" >/run/boot-nic
  ip link set "$nic" up
  busybox udhcpc -i "$nic" -s /usr/lib/ingot/dhcp -t 10 -T 2 -A 5 -b -S -O staticroutes -O mtu >/dev/null 2>&1 &
done
tries=0
while [ $tries -lt 300 ]; do
  if [ -n "$boot_nic" ]; then [ -e "/run/dhcp/$boot_nic" ] && break
  else [ -n "$(ls /run/dhcp)" ] && break; fi
  tries=$((tries + 1))
  sleep 0.2
done
if [ -z "$(ls /run/dhcp)" ]; then say no address by DHCP after 60 s, starting the agent without one
else say "network up: $(cat /run/dhcp/* | tr '\\n' ' ')"; fi
if [ -s /root/.ssh/authorized_keys ]; then mkdir -p /etc/dropbear; dropbear -R -s -P /run/dropbear.pid 2>/dev/null; fi
exit 0
`;

const dhcp = `#!/bin/sh
# What udhcpc calls: the lease becomes addresses, routes and name servers.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
case $1 in
  deconfig)
    rm -f "/run/dhcp/$interface"
    ip -4 addr flush dev "$interface"
    ip link set "$interface" up
    ;;
  bound | renew)
    metric=$((100 + $(cat "/sys/class/net/$interface/ifindex")))
    [ "$(cat /run/boot-nic 2>/dev/null)" = "$interface" ] && metric=10
    [ -n "$mtu" ] && ip link set "$interface" mtu "$mtu"
    ip addr replace "$ip/\${mask:-24}" broadcast "\${broadcast:-+}" dev "$interface"
    if [ -n "$staticroutes" ]; then
      set -- $staticroutes
      while [ $# -ge 2 ]; do
        if [ "$2" = 0.0.0.0 ]; then ip route replace "$1" dev "$interface" metric $metric
        else ip route replace "$1" via "$2" dev "$interface" metric $metric; fi
        shift 2
      done
    else
      for gateway in $router; do ip route replace default via "$gateway" dev "$interface" metric $metric && break; done
    fi
    for server in $dns; do
      grep -qs "^nameserver $server\\$" /etc/resolv.conf || echo "nameserver $server" >>/etc/resolv.conf
    done
    [ -n "$hostname" ] && hostname "$hostname"
    echo "$interface $ip/\${mask:-24}" >"/run/dhcp/$interface"
    ;;
esac
exit 0
`;

const agent = `#!/bin/sh
# Runs the agent; busybox's init starts this again when it ends. A clean end means rescue or lock-down: stay quiet then.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PYTHONPATH=/opt/ipa
cd /
python3 /usr/bin/ironic-python-agent --config-dir /etc/ironic-python-agent.d >/dev/console 2>&1
code=$?
if [ $code = 0 ]; then
  if [ -s /etc/ipa-rescue-config/ipa-rescue-password ]; then
    password=$(cat /etc/ipa-rescue-config/ipa-rescue-password)
    grep -q '^rescue:' /etc/passwd || echo 'rescue:x:0:0:rescue:/root:/bin/bash' >>/etc/passwd
    grep -v '^rescue:' /etc/shadow >/etc/shadow.new
    echo "rescue:$password:19000:0:99999:7:::" >>/etc/shadow.new
    chmod 600 /etc/shadow.new
    mv /etc/shadow.new /etc/shadow
    mkdir -p /etc/dropbear
    [ -s /run/dropbear.pid ] && kill "$(cat /run/dropbear.pid)" && sleep 1 # the one that takes keys only
    dropbear -R -P /run/dropbear.pid
    echo "ramdisk: rescue is ready: ssh as user rescue" >/dev/console
  fi
  while :; do sleep 3600; done
fi
echo "ramdisk: the agent ended with $code, again in 5 s" >/dev/console
sleep 5
`;

const agentProgram = `#!/usr/bin/python3
import sys

from ironic_python_agent.cmd.agent import run

sys.exit(run())
`;

// The agent calls these two by name. Two seconds let its answer out before the power goes.
const ending = (how: 'poweroff' | 'reboot') => `#!/bin/sh
sync
(sleep 2; busybox ${how} -f) >/dev/null 2>&1 &
`;

const agentConfig = `[DEFAULT]
log_file = /var/log/ironic-python-agent.log
use_stderr = true
`;

const powerButton = '#!/bin/sh\nexec /usr/sbin/poweroff\n';

/** The files of the ramdisk that are neither Debian's nor the agent's, by their path. */
export function ownFiles(options: { debugShell: boolean; sshKeys: readonly string[] }): Map<string, RamdiskFile> {
  const script = (text: string): RamdiskFile => ({ text, mode: 0o755 });
  const plain = (text: string, mode = 0o644): RamdiskFile => ({ text, mode });
  const files = new Map<string, RamdiskFile>([
    ['init', script(init)],
    ['etc/inittab', plain(inittab(options.debugShell))],
    ['etc/hostname', plain('deploy\n')],
    ['etc/acpi/PWRF/00000080', script(powerButton)],
    ['etc/ironic-python-agent.d/00-log.conf', plain(agentConfig)],
    ['usr/bin/ironic-python-agent', script(agentProgram)],
    ['usr/lib/ingot/agent', script(agent)],
    ['usr/lib/ingot/dhcp', script(dhcp)],
    ['usr/lib/ingot/start', script(start)],
    ['usr/sbin/poweroff', script(ending('poweroff'))],
    ['usr/sbin/reboot', script(ending('reboot'))],
  ]);
  if (options.sshKeys.length > 0)
    files.set('root/.ssh/authorized_keys', plain(`${options.sshKeys.map((key) => key.trim()).join('\n')}\n`, 0o600));
  return files;
}
