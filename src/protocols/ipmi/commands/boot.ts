// System boot options (IPMI 2.0 §28.12, §28.13 and table 28-14).
import { Fault } from '#base/errors.ts';
import { unreadable } from '../wire/unreadable.ts';
import { type CallOptions, type Command, nothing, privileges, type Runner } from './command.ts';

/** Device codes of parameter 5, second byte, shifted as they stand there. */
const bootDevices = {
  none: 0x00,
  pxe: 0x04,
  disk: 0x08,
  safe: 0x0c,
  diag: 0x10,
  cdrom: 0x14,
  bios: 0x18,
  floppy: 0x1c,
  'remote-floppy': 0x20,
  'remote-cdrom': 0x24,
  'remote-disk': 0x2c,
} as const;
export type BootDevice = keyof typeof bootDevices;

export interface BootFlags {
  /** Undefined for a code that has no name here; see `raw`. */
  readonly device: BootDevice | undefined;
  readonly valid: boolean;
  readonly persistent: boolean;
  readonly uefi: boolean;
  /** The five bytes of the parameter. */
  readonly raw: Buffer;
}

export interface BootOrder {
  readonly device: BootDevice;
  readonly persistent: boolean;
  readonly uefi: boolean;
  /** The code to send instead of the device's usual one (Supermicro's UEFI disk is 24h). */
  readonly code?: number;
  /** Keep the flags valid after the BMC's 60 s without a boot (parameter 3). BMCs without that parameter are left as they are. */
  readonly keep?: boolean;
}

const getBootParameter = (parameter: number): Command<{ valid: boolean; data: Buffer }> => ({
  name: `Get System Boot Options (${parameter})`,
  netFn: 0x00,
  cmd: 0x09,
  data: Uint8Array.of(parameter, 0, 0),
  needs: privileges.operator,
  read(data) {
    if (data.length < 2) return unreadable('shorter than 2 bytes');
    return { valid: (data[1]! & 0x80) === 0, data: Buffer.from(data.subarray(2)) };
  },
});

const setBootParameter = (parameter: number, ...data: number[]): Command<undefined> => ({
  name: `Set System Boot Options (${parameter})`,
  netFn: 0x00,
  cmd: 0x08,
  data: Uint8Array.of(parameter, ...data),
  needs: privileges.operator,
  read: nothing,
});

const nameOf = new Map(Object.entries(bootDevices).map(([name, code]) => [code as number, name as BootDevice]));

/** Parameter 5 as words. */
function readBootFlags(raw: Buffer): BootFlags | undefined {
  const [first, second] = raw;
  if (first === undefined || second === undefined) return undefined;
  return {
    device: nameOf.get(second & 0x3c),
    valid: (first & 0x80) !== 0,
    persistent: (first & 0x40) !== 0,
    uefi: (first & 0x20) !== 0,
    raw,
  };
}

/** The five bytes of parameter 5 for an order. */
function bootFlagBytes(order: BootOrder): number[] {
  const flags = 0x80 | (order.persistent ? 0x40 : 0) | (order.uefi ? 0x20 : 0);
  return [flags, order.code ?? bootDevices[order.device], 0, 0, 0];
}

/** What the BMC will make the machine boot from next. */
export const bootFlags: Command<BootFlags> = {
  ...getBootParameter(5),
  read: (data) => readBootFlags(Buffer.from(data.subarray(2))) ?? unreadable('shorter than 4 bytes'),
};

/** Runs what some BMCs lack; a completion code is then no failure. */
async function ifSupported(bmc: Runner, command: Command, options: CallOptions): Promise<void> {
  try {
    await bmc.run(command, options);
  } catch (error) {
    if (!(error instanceof Fault && error.name === 'IpmiCommandFailed')) throw error;
  }
}

/**
 * Sets the boot device as ipmitool does: set in progress, acknowledge mask, flags, commit. Only the flags must succeed:
 * several BMCs know neither parameter 0, 3 nor 4.
 */
export async function setBootDevice(bmc: Runner, order: BootOrder, options: CallOptions): Promise<void> {
  if (order.keep) await ifSupported(bmc, setBootParameter(3, 0x08), options);
  await ifSupported(bmc, setBootParameter(0, 1), options);
  try {
    await ifSupported(bmc, setBootParameter(4, 1, 1), options);
    await bmc.run(setBootParameter(5, ...bootFlagBytes(order)), options);
    await ifSupported(bmc, setBootParameter(0, 2), options);
  } finally {
    await ifSupported(bmc, setBootParameter(0, 0), options).catch(() => {});
  }
}
