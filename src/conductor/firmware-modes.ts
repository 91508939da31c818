// Boot mode and secure boot of the firmware: asked of the BMC in the background, kept in the row when it is done.
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { inBackground } from './in-background.ts';
import type { HeldTask } from './task.ts';

const unsupported = (task: HeldTask, extension: string) =>
  new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension,
    why: `the management interface "${task.driver.management.name}" cannot change it`,
  });

/** Boot by UEFI or BIOS from the next power-on on. A machine that does so already is not touched. */
export function setBootMode(conductor: Conductor, order: { node: string; target: string; by: By }): Promise<void> {
  const { node, by } = order;
  const target = order.target === 'bios' ? 'bios' : 'uefi';
  const what = `Setting the boot mode to ${target}`;
  return inBackground(conductor, { node, by, what, event_type: 'management' }, async (task) => {
    const { management } = task.driver;
    if (!management.setBootMode) throw unsupported(task, 'boot modes');
    if ((await management.bootMode?.(task)) !== target) await management.setBootMode(task, target);
    await task.save({ boot_mode: target });
  });
}

/** Secure boot on or off. A machine that is so already is not touched. */
export function setSecureBoot(conductor: Conductor, order: { node: string; target: boolean; by: By }): Promise<void> {
  const { node, by, target } = order;
  const what = `Switching secure boot ${target ? 'on' : 'off'}`;
  return inBackground(conductor, { node, by, what, event_type: 'management' }, async (task) => {
    const { management } = task.driver;
    if (!management.setSecureBoot) throw unsupported(task, 'secure boot');
    if ((await management.secureBoot?.(task)) !== target) await management.setSecureBoot(task, target);
    await task.save({ secure_boot: target });
  });
}
