// Virtual media that users attach and detach.
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type { MediaOrder } from '#drivers/kinds.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { look } from './hold.ts';
import { inBackground } from './in-background.ts';
import type { HeldTask } from './task.ts';

const unsupported = (task: HeldTask) =>
  new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension: 'virtual media',
    why: `the management interface is "${task.driver.management.name}"`,
  });

/** What is attached, as the BMC tells. */
export const media = (conductor: Conductor, node: string): Promise<unknown> =>
  look(conductor, node, async (task) => {
    if (!task.driver.management.media) throw unsupported(task);
    await task.driver.management.validate?.(task);
    return task.driver.management.media(task);
  });

export function attachMedia(conductor: Conductor, order: MediaOrder & { node: string; by: By }): Promise<void> {
  const { node, by, ...asked } = order;
  const about = { node, by, what: `Attaching ${asked.image_url} as ${asked.device_type}`, event_type: 'management' };
  return inBackground(conductor, about, async (task) => {
    if (!task.driver.management.attachMedia) throw unsupported(task);
    await task.driver.management.attachMedia(task, asked);
  });
}

export function detachMedia(
  conductor: Conductor,
  order: { node: string; device_types: readonly string[]; by: By },
): Promise<void> {
  const { node, by, device_types } = order;
  const about = { node, by, what: `Detaching ${device_types.join(', ')}`, event_type: 'management' };
  return inBackground(conductor, about, async (task) => {
    if (!task.driver.management.detachMedia) throw unsupported(task);
    await task.driver.management.detachMedia(task, device_types);
  });
}
