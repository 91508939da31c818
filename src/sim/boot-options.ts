// The boot options of a BMC (IPMI 2.0 §28.12): kept bit for bit, with the valid flag that clears itself.
import type { BootDevice } from './body.ts';

const FLAGS = 5;
const VALID = 0x80;
const PERSISTENT = 0x40;
const EFI = 0x20;
const KEEP_AFTER_TIMEOUT = 0x08;
const TIMEOUT_MS = 60_000;

/** The boot device selectors of parameter 5, data 2, that a simulated machine follows. */
const devices: Readonly<Record<number, BootDevice>> = {
  1: 'pxe',
  2: 'disk',
  3: 'disk',
  5: 'cdrom',
  6: 'bios',
  8: 'cdrom',
  9: 'disk',
  11: 'disk',
};

export interface BootFlags {
  readonly valid: boolean;
  readonly persistent: boolean;
  readonly efi: boolean;
  /** Absent: none named, or one that the machine does not have. */
  readonly device?: BootDevice;
}

/** What parameter 5 means. */
export function readFlags(data: Uint8Array): BootFlags {
  const [first = 0, second = 0] = data;
  const device = devices[(second >> 2) & 0x0f];
  return {
    valid: (first & VALID) !== 0,
    persistent: (first & PERSISTENT) !== 0,
    efi: (first & EFI) !== 0,
    ...(device && { device }),
  };
}

/** Parameter 5 after a start of the machine: a one-time order is used up, a persistent one stays. */
export function afterStart(data: Uint8Array): Uint8Array {
  const { valid, persistent } = readFlags(data);
  return valid && !persistent ? clearValid(data) : data;
}

function clearValid(data: Uint8Array): Uint8Array {
  const cleared = Uint8Array.from(data);
  cleared[0] = (cleared[0] ?? 0) & ~VALID;
  return cleared;
}

const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 1, 4: 2, 5: 5, 6: 9, 7: 17 };

/** The parameters of one BMC. `now` is given in milliseconds: a one-time order not used within 60 s is void. */
export class BootOptions {
  readonly #parameters = new Map<number, Uint8Array>();
  #setAt = 0;

  /** The parameter as it was written, padded with zeros to its length; undefined where there is no such parameter. */
  read(parameter: number, now: number): Uint8Array | undefined {
    const size = sizes[parameter];
    if (size === undefined) return undefined;
    if (parameter === FLAGS) this.#expire(now);
    return this.#parameters.get(parameter) ?? new Uint8Array(size);
  }

  /** False where there is no such parameter. */
  write(parameter: number, data: Uint8Array, now: number): boolean {
    const size = sizes[parameter];
    if (size === undefined) return false;
    const kept = new Uint8Array(size);
    kept.set(data.subarray(0, size));
    this.#parameters.set(parameter, kept);
    if (parameter === FLAGS) this.#setAt = now;
    return true;
  }

  flags(now: number): BootFlags {
    return readFlags(this.read(FLAGS, now)!);
  }

  /** The flags that count for a start now; a one-time order is used up by it. */
  use(now: number): BootFlags {
    const flags = this.flags(now);
    this.#parameters.set(FLAGS, afterStart(this.read(FLAGS, now)!));
    return flags;
  }

  forget(): void {
    this.#parameters.delete(FLAGS);
  }

  #expire(now: number): void {
    const data = this.#parameters.get(FLAGS);
    if (!data || now - this.#setAt < TIMEOUT_MS) return;
    if (((this.#parameters.get(3)?.[0] ?? 0) & KEEP_AFTER_TIMEOUT) !== 0) return;
    this.#parameters.set(FLAGS, afterStart(data));
  }

  /** For keeping over a restart: parameter number to hexadecimal text. */
  save(): Record<string, string> {
    return Object.fromEntries([...this.#parameters].map(([key, data]) => [key, Buffer.from(data).toString('hex')]));
  }

  restore(saved: Readonly<Record<string, string>>, now: number): void {
    for (const [key, text] of Object.entries(saved)) this.write(Number(key), Buffer.from(text, 'hex'), now);
  }
}
