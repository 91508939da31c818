// management interface "ipmitool": boot device, NMI, and what the BMC tells of itself.
import { InvalidParameterValue } from '#contract/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import type { BootDevice as WireDevice } from '#protocols/ipmi/commands/boot.ts';
import type { BootDevice, ManagementFace, Task } from '../kinds.ts';
import { bmcOf } from './bmc.ts';
import { ipmiInfo, ipmiProperties } from './info.ts';

const bootDevices = ['pxe', 'disk', 'cdrom', 'bios', 'safe'] as const satisfies readonly BootDevice[];
type IpmiDevice = (typeof bootDevices)[number] & WireDevice;

const isBootDevice = (device: string): device is IpmiDevice => (bootDevices as readonly string[]).includes(device);

/** Supermicro's firmware takes another code for the disk when it boots by UEFI (reference: commands.md, Boot option parameters). */
const supermicroUefiDisk = 0x24;

/** IANA enterprise numbers of makers whose quirks or names are known here. */
const makers: Readonly<Record<number, string>> = {
  343: 'intel',
  674: 'dell',
  11: 'hp',
  47196: 'hpe',
  10876: 'supermicro',
  19046: 'lenovo',
  20301: 'ibm',
  5771: 'cisco',
  2011: 'huawei',
  3112: 'fujitsu',
  10368: 'fujitsu',
  7244: 'quanta',
  15370: 'gigabyte',
};

async function setBootDevice(task: Task, device: BootDevice, persistent: boolean): Promise<void> {
  if (!isBootDevice(device))
    throw new InvalidParameterValue({
      why: `The management interface "ipmitool" cannot boot from "${device}"; it can boot from ${bootDevices.join(', ')}.`,
    });
  if (!ipmiInfo(task).forceBootDevice) return tell(task, device, persistent);
  // The BMC may forget it: it is told for one boot, and again before each.
  await tell(task, device, false);
  await task.note(
    persistent
      ? { persistent_boot_device: device, is_next_boot_persistent: undefined }
      : { is_next_boot_persistent: false },
  );
}

async function tell(task: Task, device: IpmiDevice, persistent: boolean): Promise<void> {
  const uefi = bootModeOf(task.node, task.config.deploy.default_boot_mode) === 'uefi';
  const vendor = String(task.node.properties.vendor ?? '').toLowerCase();
  await bmcOf(task).setBootDevice(
    {
      device,
      persistent,
      uefi,
      keep: ipmiInfo(task).disableBootTimeout,
      ...(uefi && device === 'disk' && vendor === 'supermicro' && { code: supermicroUefiDisk }),
    },
    { signal: task.signal },
  );
}

/** A BMC that forgets its boot device is told again at each power-on, but for one that was set for the next boot alone. */
export async function applyForcedBootDevice(task: Task): Promise<void> {
  if (!ipmiInfo(task).forceBootDevice) return;
  if (task.info.is_next_boot_persistent === false) return task.note({ is_next_boot_persistent: undefined });
  const device = task.info.persistent_boot_device;
  if (device && isBootDevice(device)) await tell(task, device, false);
}

export const ipmiManagement: ManagementFace = {
  name: 'ipmitool',
  properties: ipmiProperties,
  bootDevices,
  validate(task) {
    ipmiInfo(task);
  },
  async getBootDevice(task) {
    const flags = await bmcOf(task).getBootOptions({ signal: task.signal });
    const device = flags.device && isBootDevice(flags.device) ? flags.device : null;
    return { boot_device: device, persistent: device === null ? null : flags.persistent };
  },
  setBootDevice,
  async injectNmi(task) {
    await bmcOf(task).chassisControl('nmi', { signal: task.signal });
  },
  async vendor(task) {
    const id = await bmcOf(task).deviceId({ signal: task.signal });
    return makers[id.manufacturer] ?? null;
  },
};
