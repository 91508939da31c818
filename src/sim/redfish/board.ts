// What the BMC of one machine keeps for Redfish, beside what all its faces share.
import type { Machine } from '../machine.ts';
import { type BiosValues, usualBios } from './bios-facts.ts';

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly level: string;
  readonly bytes: number;
  readonly drives: readonly string[];
}

export interface Drive {
  readonly id: string;
  readonly bytes: number;
  readonly media: 'SSD' | 'HDD';
  readonly protocol: 'SAS' | 'SATA';
}

export type MediaSlot = 'Cd' | 'Usb';

export interface Board {
  readonly machine: Machine;
  bios: BiosValues;
  /** Taken over at the next start of the firmware. */
  staged: { readonly values: BiosValues; readonly reset: boolean; readonly boots: number } | undefined;
  secureBoot: { enabled: boolean; wanted: boolean; mode: 'UserMode' | 'SetupMode'; boots: number };
  led: 'Lit' | 'Blinking' | 'Off';
  chassisLed: 'Lit' | 'Blinking' | 'Off';
  /** Between the BMC's clock and ours. */
  clockOffMs: number;
  clockZone: string;
  readonly versions: { bios: string; bmc: string };
  /** A BIOS that is written and waits for the next start. */
  stagedVersion: { readonly version: string; readonly boots: number } | undefined;
  readonly drives: readonly Drive[];
  readonly volumes: Volume[];
  volumesMade: number;
  readonly media: Record<MediaSlot, { image: string; file: string } | undefined>;
}

export function newBoard(machine: Machine, drives: number): Board {
  const { firmware } = machine.hardware.identity;
  return {
    machine,
    bios: { ...usualBios, SystemModelName: machine.hardware.identity.product },
    staged: undefined,
    secureBoot: { enabled: false, wanted: false, mode: 'UserMode', boots: 0 },
    led: 'Off',
    chassisLed: 'Off',
    clockOffMs: 0,
    clockZone: '+00:00',
    versions: { bios: firmware.bios, bmc: firmware.bmc },
    stagedVersion: undefined,
    drives: Array.from({ length: drives }, (_, index) => ({
      id: `Disk.${index}`,
      bytes: 480 * 1000 ** 3,
      media: index < Math.ceil(drives / 2) ? 'SSD' : 'HDD',
      protocol: index < Math.ceil(drives / 2) ? 'SATA' : 'SAS',
    })),
    volumes: [],
    volumesMade: 0,
    media: { Cd: undefined, Usb: undefined },
  };
}

/** What waited for a start of the firmware has been taken over, if there was one. */
export function settleBoard(board: Board): void {
  const { boots } = board.machine.hardware;
  const { staged, stagedVersion, secureBoot } = board;
  if (staged && boots > staged.boots) {
    board.bios = {
      ...(staged.reset ? { ...usualBios, SystemModelName: board.bios.SystemModelName! } : board.bios),
      ...staged.values,
    };
    board.staged = undefined;
  }
  if (stagedVersion && boots > stagedVersion.boots) {
    board.versions.bios = stagedVersion.version;
    board.stagedVersion = undefined;
  }
  if (secureBoot.enabled !== secureBoot.wanted && boots > secureBoot.boots) secureBoot.enabled = secureBoot.wanted;
}
