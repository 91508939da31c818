// What the machine boots from next, as Redfish's boot override says it (reference: redfish/resources.md §2, §5).
import { InvalidParameterValue } from '#contract/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import type { Resource } from '#protocols/redfish/client.ts';
import { part, textOf, texts } from '#protocols/redfish/document.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { BootDevice, Task } from '../kinds.ts';
import { change, pathOf, read, systemOf } from './system.ts';

const targets = {
  pxe: ['Pxe'],
  disk: ['Hdd'],
  cdrom: ['Cd', 'UsbCd'],
  bios: ['BiosSetup'],
  uefihttp: ['UefiHttp'],
} as const satisfies Partial<Record<BootDevice, readonly [string, ...string[]]>>;

type Device = keyof typeof targets;
type Enabled = 'Once' | 'Continuous';

export const redfishBootDevices = Object.keys(targets) as Device[];

export const modes = { uefi: 'UEFI', bios: 'Legacy' } as const;

/** The machine's word for a device: Supermicro's virtual drive is a USB one; others have only one of the words. */
export function targetFor(device: Device, system: Resource): string {
  const known: readonly string[] = targets[device];
  const allowed = texts(part(system.body, 'Boot'), 'BootSourceOverrideTarget@Redfish.AllowableValues');
  const isSupermicro = /supermicro/i.test(textOf(system.body.Manufacturer) ?? '');
  if (device === 'cdrom' && isSupermicro && allowed.includes('UsbCd')) return 'UsbCd';
  return known.find((target) => allowed.includes(target)) ?? known[0]!;
}

/** The resource that takes changes of `Boot`: the settings of the system where they have it (Lenovo SE450, Nokia). */
export async function bootSettingsOf(task: Task, system: Resource): Promise<Resource> {
  const path = pathOf(task, system.body, '@Redfish.Settings', 'SettingsObject');
  if (!path) return system;
  const settings = await read(task, path).catch((error: unknown) => {
    if (RedfishRefused.is(error)) return system;
    throw error;
  });
  return Object.hasOwn(settings.body, 'Boot') ? settings : system;
}

/** While the machine is in its self-test some firmware refuses: asked again until it is through (HPE). */
async function whenThroughPost(task: Task, work: () => Promise<unknown>): Promise<void> {
  const { post_boot_retry_attempts: attempts, post_boot_retry_delay: seconds } = task.config.redfish;
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      const inPost =
        RedfishRefused.is(error) &&
        error.facts.ids.some((id) => /UnableToModifyDuringSystemPOST|InvalidOperationForSystemState/.test(id));
      if (!inPost || attempt >= attempts) throw error;
      await task.clock.sleep(seconds * 1000 * Math.min(2 ** (attempt - 1), 6), task.signal);
    }
  }
}

const refusedWith = (error: unknown, status: number): boolean =>
  RedfishRefused.is(error) && error.facts.status === status;

async function order(task: Task, device: Device, enabled: Enabled): Promise<void> {
  const system = await systemOf(task);
  const resource = await bootSettingsOf(task, system);
  const Boot = {
    BootSourceOverrideTarget: targetFor(device, system),
    BootSourceOverrideEnabled: enabled,
    BootSourceOverrideMode: modes[bootModeOf(task.node, task.config.deploy.default_boot_mode)],
  };
  try {
    await whenThroughPost(task, () => change(task, resource, { Boot }));
  } catch (error) {
    // Some machines cannot be told the mode (HPE Gen9), or not together with the device.
    if (!refusedWith(error, 400)) throw error;
    const { BootSourceOverrideMode: _, ...without } = Boot;
    await whenThroughPost(task, () => change(task, resource, { Boot: without }));
  }
}

/** Throws InvalidParameterValue for a device that Redfish has no word for. */
export async function setBootDevice(task: Task, device: BootDevice, persistent: boolean): Promise<void> {
  if (!Object.hasOwn(targets, device))
    throw new InvalidParameterValue({
      why: `The management interface "redfish" cannot boot from "${device}"; it can boot from ${redfishBootDevices.join(', ')}.`,
    });
  const known = device as Device;
  if (!persistent) {
    await order(task, known, 'Once');
    if (task.info.persistent_boot_device) await task.note({ is_next_boot_persistent: false });
    return;
  }
  try {
    await order(task, known, 'Continuous');
    if (task.info.persistent_boot_device)
      await task.note({ persistent_boot_device: undefined, is_next_boot_persistent: undefined });
  } catch (error) {
    // Newer BMCs have no lasting override: it is told once, and again at each power-on.
    if (!refusedWith(error, 400)) throw error;
    await order(task, known, 'Once');
    await task.note({ persistent_boot_device: known, is_next_boot_persistent: true });
  }
}

/** Before a power-on: a BMC that has no lasting override is told the lasting device again, unless another comes first. */
export async function tellLastingDevice(task: Task): Promise<void> {
  const { persistent_boot_device: device, is_next_boot_persistent: next } = task.info;
  if (!device || !Object.hasOwn(targets, device)) return;
  if (next !== false) await order(task, device as Device, 'Once');
  else await task.note({ is_next_boot_persistent: true });
}

export async function getBootDevice(
  task: Task,
): Promise<{ boot_device: BootDevice | null; persistent: boolean | null }> {
  const boot = part((await systemOf(task)).body, 'Boot');
  const named = redfishBootDevices.find((device) =>
    (targets[device] as readonly unknown[]).includes(boot.BootSourceOverrideTarget),
  );
  const enabled = boot.BootSourceOverrideEnabled;
  if (!named || enabled === 'Disabled') return { boot_device: null, persistent: null };
  const lasting = enabled === 'Continuous' || task.info.persistent_boot_device === named;
  return { boot_device: named, persistent: lasting };
}
