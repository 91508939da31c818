// management interface "redfish": boot override, boot mode, secure boot, NMI (reference: redfish/resources.md §2).
import { InvalidParameterValue, UnsupportedDriverExtension } from '#contract/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { BootDevice, ManagementFace, Task } from '../kinds.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { change, linked, part, reset, systemOf } from './system.ts';

const targets = {
  pxe: 'Pxe',
  disk: 'Hdd',
  cdrom: 'Cd',
  bios: 'BiosSetup',
  uefihttp: 'UefiHttp',
} as const satisfies Partial<Record<BootDevice, string>>;

const modes = { uefi: 'UEFI', bios: 'Legacy' } as const;

async function setBootDevice(task: Task, device: BootDevice, persistent: boolean): Promise<void> {
  if (!Object.hasOwn(targets, device))
    throw new InvalidParameterValue({
      why: `The management interface "redfish" cannot boot from "${device}"; it can boot from ${Object.keys(targets).join(', ')}.`,
    });
  const system = await systemOf(task);
  const order = (enabled: 'Once' | 'Continuous') => ({
    Boot: {
      BootSourceOverrideTarget: targets[device as keyof typeof targets],
      BootSourceOverrideEnabled: enabled,
      BootSourceOverrideMode: modes[bootModeOf(task.node, task.config.deploy.default_boot_mode)],
    },
  });
  if (!persistent) return change(task, system, order('Once'));
  try {
    await change(task, system, order('Continuous'));
  } catch (error) {
    // Newer BMCs have no lasting override: what boots next is all that can be said.
    if (!(RedfishRefused.is(error) && error.facts.status === 400)) throw error;
    await change(task, system, order('Once'));
  }
}

async function secureBootOf(task: Task) {
  const found = await linked(task, await systemOf(task), 'SecureBoot');
  if (found) return found;
  throw new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension: 'secure boot',
    why: 'the BMC does not tell of it',
  });
}

export const redfishManagement: ManagementFace = {
  name: 'redfish',
  properties: redfishProperties,
  bootDevices: Object.keys(targets) as BootDevice[],
  validate: (task) => void redfishInfo(task),
  async getBootDevice(task) {
    const boot = part((await systemOf(task)).body, 'Boot');
    const named = Object.entries(targets).find(([, target]) => target === boot.BootSourceOverrideTarget);
    const enabled = boot.BootSourceOverrideEnabled;
    if (!named || enabled === 'Disabled') return { boot_device: null, persistent: null };
    return { boot_device: named[0] as BootDevice, persistent: enabled === 'Continuous' };
  },
  setBootDevice,
  injectNmi: (task) => reset(task, 'Nmi'),
  async vendor(task) {
    const maker = (await systemOf(task)).body.Manufacturer;
    return typeof maker === 'string' && maker ? maker : null;
  },
  async bootMode(task) {
    const mode = part((await systemOf(task)).body, 'Boot').BootSourceOverrideMode;
    if (mode === 'UEFI') return 'uefi';
    return mode === 'Legacy' ? 'bios' : null;
  },
  async setBootMode(task, mode) {
    await change(task, await systemOf(task), { Boot: { BootSourceOverrideMode: modes[mode] } });
  },
  async secureBoot(task) {
    return (await secureBootOf(task)).body.SecureBootCurrentBoot === 'Enabled';
  },
  async setSecureBoot(task, on) {
    await change(task, await secureBootOf(task), { SecureBootEnable: on });
  },
};
