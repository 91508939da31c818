// What QEMU is started with for one machine. Pure: the same machine and choice give the same arguments.
import type { BootChoice } from './body.ts';

interface QemuDisk {
  readonly path: string;
  readonly sizeGiB: number;
}

interface QemuNic {
  readonly mac: string;
  /** A tap device by name, or a whole `-netdev` value without its id, such as `user`. */
  readonly link: { readonly tap: string } | { readonly netdev: string };
  /** `none` takes QEMU's iPXE ROM away, so that the firmware's own network boot is used (UEFI only). */
  readonly rom?: 'ipxe' | 'none';
}

export interface QemuMachine {
  readonly name: string;
  readonly uuid?: string;
  readonly firmware: 'bios' | 'uefi';
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly disks: readonly QemuDisk[];
  readonly nics: readonly QemuNic[];
  /** Everything that the guest writes to its serial port is appended here. */
  readonly serialLog: string;
  /** More arguments at the end, such as `-fw_cfg`. */
  readonly more?: readonly string[];
}

/** What changes from one start to the next. */
export interface QemuStart {
  readonly boot: BootChoice;
  readonly media: string | undefined;
  readonly ovmf: { readonly code: string; readonly vars: string };
  readonly pidFile: string;
}

/** The descriptor of the guest's serial port in the child: a socket pair, so that no path can be too long or left behind. */
const serialFd = 3;

const bootOrders: Record<BootChoice['device'], readonly ('nic' | 'disk' | 'cdrom')[]> = {
  pxe: ['nic', 'disk', 'cdrom'],
  disk: ['disk', 'nic', 'cdrom'],
  cdrom: ['cdrom', 'disk', 'nic'],
  bios: ['disk', 'nic', 'cdrom'], // QEMU has no setup screen to stop in
};

// QEMU's option lists end a value at a comma; a doubled one stands for itself.
const quoted = (value: string): string => value.replaceAll(',', ',,');

// QEMU 7.2's emulated cmpxchg16b now and then returns wrong flags, which panics Linux 6.12: the guest does without it.
const cpu = 'max,cx16=off';

/** The arguments after `qemu-system-x86_64`. */
export function qemuArguments(machine: QemuMachine, start: QemuStart): string[] {
  const indexes = bootIndexes(machine, start.boot);
  const args = [
    ['-name', quoted(machine.name)],
    machine.uuid ? ['-uuid', machine.uuid] : [],
    firmware(machine, start),
    ['-accel', 'tcg,thread=multi', '-cpu', cpu, '-smp', String(machine.cpus), '-m', String(machine.memoryMiB)],
    ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ['-pidfile', start.pidFile, '-qmp', 'stdio'],
    ['-chardev', `socket,id=serial0,fd=${serialFd},logfile=${quoted(machine.serialLog)},logappend=on`],
    ['-serial', 'chardev:serial0'],
    ['-object', 'rng-random,id=rng0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng0'],
    ...machine.nics.map((nic, n) => nicArguments(nic, n, indexes.nics[n] ?? 0)),
    ...machine.disks.map((disk, n) => diskArguments(machine.name, disk, n, indexes.disks[n] ?? 0)),
    cdrom(start.media, indexes.cdrom),
    machine.more ?? [],
  ];
  return args.flat();
}

function bootIndexes(machine: QemuMachine, boot: BootChoice): { nics: number[]; disks: number[]; cdrom: number } {
  let next = 1;
  const indexes = { nics: [] as number[], disks: [] as number[], cdrom: 0 };
  for (const kind of bootOrders[boot.device]) {
    if (kind === 'nic') indexes.nics = machine.nics.map(() => next++);
    else if (kind === 'disk') indexes.disks = machine.disks.map(() => next++);
    else indexes.cdrom = next++;
  }
  return indexes;
}

function firmware(machine: QemuMachine, start: QemuStart): string[] {
  if (machine.firmware === 'bios') return ['-M', 'pc,graphics=off'];
  const flash = (unit: number, file: string, more: string) =>
    `if=pflash,format=raw,unit=${unit},file=${quoted(file)}${more}`;
  return ['-M', 'q35', '-drive', flash(0, start.ovmf.code, ',readonly=on'), '-drive', flash(1, start.ovmf.vars, '')];
}

function nicArguments(nic: QemuNic, n: number, bootindex: number): string[] {
  const link = 'tap' in nic.link ? `tap,ifname=${nic.link.tap},script=no,downscript=no` : nic.link.netdev;
  const rom = nic.rom === 'none' ? ',romfile=' : '';
  const device = `virtio-net-pci,netdev=net${n},mac=${nic.mac},bootindex=${bootindex}${rom}`;
  return ['-netdev', `${link.replace(/^(\w+)/, `$1,id=net${n}`)}`, '-device', device];
}

function diskArguments(name: string, disk: QemuDisk, n: number, bootindex: number): string[] {
  const serial = `${name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 14)}-d${n}`; // a virtio serial has 20 characters at most
  return [
    '-drive',
    `if=none,id=disk${n},format=raw,cache=unsafe,discard=unmap,file=${quoted(disk.path)}`,
    '-device',
    `virtio-blk-pci,drive=disk${n},serial=${serial},bootindex=${bootindex}`,
  ];
}

/** The name of the virtual CD drive in QMP commands. */
export const cdromId = 'cd0';

function cdrom(media: string | undefined, bootindex: number): string[] {
  const device = `scsi-cd,bus=scsi0.0,id=${cdromId},bootindex=${bootindex}`;
  if (!media) return ['-device', 'virtio-scsi-pci,id=scsi0', '-device', device];
  const drive = `if=none,id=media0,format=raw,readonly=on,file=${quoted(media)}`;
  return ['-drive', drive, '-device', 'virtio-scsi-pci,id=scsi0', '-device', `${device},drive=media0`];
}
