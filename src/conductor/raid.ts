// The RAID that a node shall have: noted under its lock, built by a step of cleaning or deployment.
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold } from './hold.ts';

/** Note the target configuration (form checked already). Throws UnsupportedDriverExtension where there is no RAID. */
export function setRaid(
  conductor: Conductor,
  order: { node: string; target: Readonly<Record<string, unknown>>; by: By },
): Promise<void> {
  return hold(
    conductor,
    order.node,
    async (task) => {
      task.driver.raid.validateTarget?.(task, order.target);
      await task.save({ target_raid_config: { ...order.target } });
    },
    { by: order.by },
  );
}

/** What a logical disk can be described by, for people. */
export const logicalDiskProperties: Readonly<Record<string, string>> = {
  raid_level: 'RAID level of the logical disk: JBOD, 0, 1, 2, 5, 6, 1+0, 5+0 or 6+0. Required.',
  size_gb: 'Size in GiB, a whole number; "MAX" takes what is left. Required.',
  volume_name: 'Name of the volume; one is made up where it is not given.',
  is_root_volume: 'Whether the system goes onto this disk. Default false.',
  share_physical_disks: 'Whether other logical disks may use the same physical ones. Default false.',
  disk_type: 'hdd or ssd; any where it is not given.',
  interface_type: 'sata, scsi or sas; any where it is not given.',
  number_of_physical_disks: 'How many physical disks to use; the fewest that the level needs where it is not given.',
  controller: 'The RAID controller to use; a fitting one is chosen where it is not given.',
  physical_disks: 'The physical disks to use, as the controller names them; fitting ones are chosen where not given.',
};
