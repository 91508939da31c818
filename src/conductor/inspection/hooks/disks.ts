// Hooks that look at the disks of a machine.
import { NodeInventoryNotFound } from '#contract/errors.ts';
import { inventoryOf } from '#db/node-inventory.ts';
import { localGb, rootDisk } from '#model/inspection/root-device.ts';
import { type Hook, objectAt, objectsIn, setProperties } from '../hook.ts';

/** `properties.local_gb`: the size of the disk that the hints choose, else of the one that the ramdisk would take. */
export const rootDevice: Hook = {
  async run(task, { inventory, plugin_data }) {
    const { root_device: hints, skip_block_devices: skip } = task.node.properties;
    if (Object.keys(objectAt(hints)).length)
      plugin_data.root_disk = rootDisk(objectsIn(inventory.disks), objectAt(hints), objectsIn(skip));
    const { size } = objectAt(plugin_data.root_disk);
    const local_gb = localGb(size, task.config.inspector.disk_partitioning_spacing);
    plugin_data.local_gb = local_gb;
    await setProperties(task, { local_gb });
  },
};

const serialsIn = (inventory: unknown): string[] =>
  objectsIn(objectAt(inventory).disks).flatMap(({ serial }) => (typeof serial === 'string' && serial ? [serial] : []));

/** The one disk that was not there at the inspection before (a RAID was made) becomes the root device. */
export const raidDevice: Hook = {
  async run(task, { inventory }) {
    const { node, conductor } = task;
    if (node.properties.root_device !== undefined) return;
    const before = await inventoryOf(conductor.db.read, node.uuid).catch((error: unknown) => {
      if (NodeInventoryNotFound.is(error)) return undefined;
      throw error;
    });
    if (!before) return;
    const known = new Set(serialsIn(before.inventory_data));
    const [serial, ...more] = serialsIn(inventory).filter((one) => !known.has(one));
    if (serial !== undefined && !more.length) await setProperties(task, { root_device: { serial } });
    else task.log.warn({ new_disks: more.length + (serial ? 1 : 0) }, 'hook raid-device: one new disk was looked for');
  },
};
