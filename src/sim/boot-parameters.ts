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

const FLAGS_BYTES = 5;

/** The boot parameters of one BMC, by number. A one-time order that is not used within 60 s is void. */
export class BootParameters extends Map<number, Uint8Array> {
  readonly #now: () => number;
  readonly #changed: () => void;
  #setAt = 0;

  /** `now` in milliseconds; `changed` is called after each change. */
  constructor(now: () => number, changed: () => void = () => {}) {
    super();
    this.#now = now;
    this.#changed = changed;
  }

  override get(parameter: number): Uint8Array | undefined {
    if (parameter === FLAGS) this.#expire();
    return super.get(parameter);
  }

  override set(parameter: number, data: Uint8Array): this {
    const kept = new Uint8Array(parameter === FLAGS ? Math.max(data.length, FLAGS_BYTES) : data.length);
    kept.set(data);
    super.set(parameter, kept);
    if (parameter === FLAGS) this.#setAt = this.#now();
    this.#changed();
    return this;
  }

  /** The flags that count for a start now; a one-time order is used up by it. */
  use(): BootFlags {
    const data = this.get(FLAGS) ?? new Uint8Array(FLAGS_BYTES);
    super.set(FLAGS, afterStart(data));
    return readFlags(data);
  }

  /** What a forgetful BMC does. */
  forget(): void {
    this.delete(FLAGS);
  }

  /** For keeping over a restart: parameter number to hexadecimal text. */
  save(): Record<string, string> {
    return Object.fromEntries([...this].map(([key, data]) => [key, Buffer.from(data).toString('hex')]));
  }

  restore(saved: Readonly<Record<string, string>>): void {
    for (const [key, text] of Object.entries(saved)) this.set(Number(key), Buffer.from(text, 'hex'));
  }

  #expire(): void {
    const data = super.get(FLAGS);
    if (!data || this.#now() - this.#setAt < TIMEOUT_MS) return;
    if (((super.get(3)?.[0] ?? 0) & KEEP_AFTER_TIMEOUT) !== 0) return;
    super.set(FLAGS, afterStart(data));
  }
}
