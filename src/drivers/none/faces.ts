// Interfaces for machines that have no such thing: they say so, or do nothing.
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import type {
  ConsoleFace,
  Face,
  InspectFace,
  ManagementFace,
  RaidFace,
  RescueFace,
  StorageFace,
  Task,
} from '../kinds.ts';

const unsupported = (task: Task, extension: string): never => {
  throw new UnsupportedDriverExtension({
    driver: task.node.driver,
    extension,
    why: `node ${task.node.uuid} has no ${extension} interface that can`,
  });
};

export const noBios: Face = { name: 'no-bios', validate: (task) => unsupported(task, 'bios') };
export const noConsole: ConsoleFace = { name: 'no-console', validate: (task) => unsupported(task, 'console') };
export const noFirmware: Face = { name: 'no-firmware', validate: (task) => unsupported(task, 'firmware') };
export const noInspect: InspectFace = {
  name: 'no-inspect',
  validate: (task) => unsupported(task, 'inspect'),
  inspect: async (task) => unsupported(task, 'inspect'),
};
export const noRaid: RaidFace = {
  name: 'no-raid',
  validate: (task) => unsupported(task, 'raid'),
  validateTarget: (task) => unsupported(task, 'raid'),
};
export const noRescue: RescueFace = { name: 'no-rescue', validate: (task) => unsupported(task, 'rescue') };
export const noVendor: Face = { name: 'no-vendor', validate: (task) => unsupported(task, 'vendor') };
export const noopStorage: StorageFace = { name: 'noop' };

/** People set the boot order by hand: asking is refused, setting is left to them. */
export const noopManagement: ManagementFace = {
  name: 'noop',
  bootDevices: [],
  getBootDevice: async (task) => unsupported(task, 'management'),
  setBootDevice: async (task) => unsupported(task, 'management'),
};
