// What a machine is made of: the part that its body, its agent and its BMC have in common.
import { ConsoleText } from './console-text.ts';
import { type Disk, emptyDisk } from './disk.ts';
import type { FaultSet } from './faults.ts';
import type { Identity } from './identity.ts';

/** What runs on the processors of a state body at this moment. */
export type Running =
  | { readonly is: 'nothing' }
  | { readonly is: 'firmware' }
  | { readonly is: 'ramdisk'; readonly agent: 'starting' | 'up' | 'gone' }
  | { readonly is: 'rescue'; readonly password: string; readonly hashed: boolean }
  /** The deployed system: `configDrive` is what it finds on its disk. */
  | { readonly is: 'system'; readonly image: string; readonly configDrive: Buffer | null };

export interface Hardware {
  readonly identity: Identity;
  /** The first one is the root disk. */
  readonly disks: Disk[];
  readonly console: ConsoleText;
  readonly faults: FaultSet;
  bootMode: 'bios' | 'uefi';
  running: Running;
  /** How often the firmware started: what tells one boot from the next. */
  boots: number;
  /** Between 0 and 1: what the sensors show as load. */
  load: number;
  /** Called after a change of what outlives the process: power, boot options, disks. */
  changed: () => void;
}

export function newHardware(identity: Identity, faults: FaultSet = new Map(), disks = 1): Hardware {
  return {
    identity,
    disks: Array.from({ length: disks }, (_, index) => emptyDisk(identity.serial, index)),
    console: new ConsoleText(),
    faults,
    bootMode: 'uefi',
    running: { is: 'nothing' },
    boots: 0,
    load: 0,
    changed: () => {},
  };
}
