// What is inside a simulated machine. Its BMC (the faces) asks a body for power, media and serial, and knows no more.
import type { Duplex } from 'node:stream';

export type BodyPower = 'on' | 'off';

/** What a BMC may ask: `soft` asks the operating system, `reset` keeps the power on, `cycle` takes it away and gives it back. */
export type BodyAction = 'on' | 'off' | 'cycle' | 'reset' | 'soft' | 'nmi';

export type BootDevice = 'pxe' | 'disk' | 'cdrom' | 'bios';

/** Where the next start boots from. What is not named stays behind it in the order. */
export interface BootChoice {
  readonly device: BootDevice;
}

/** Why the power changed: asked for through `set`, done by the guest itself, or the body broke. */
export type PowerChangeReason = 'asked' | 'guest' | 'broken';

export interface PowerChange {
  readonly power: BodyPower;
  readonly why: PowerChangeReason;
}

/** The machine behind a simulated BMC: only a state with a simulated agent, or a running QEMU. */
export interface Body {
  readonly kind: 'state' | 'qemu';

  /** What a power LED would show at this moment. */
  power(): BodyPower;

  /**
   * Do what the BMC was asked to do; resolves when it is done (`soft`: when the guest was told, not when it is off).
   * `on` while on and `off` while off do nothing. `cycle`, `reset`, `soft` and `nmi` while off do nothing either: a BMC
   * that must refuse them does so by its own rules. `boot` counts for the next start of the firmware, also after `reset`.
   */
  set(action: BodyAction, boot: BootChoice): Promise<void>;

  /** Hear of every change of power, also those that the guest makes. The returned function ends it. */
  onPowerChange(listener: (change: PowerChange) => void): () => void;

  /** Put the image `file` (an ISO) into the virtual drive; it stays over power changes until it is taken out. */
  insertMedia(file: string): Promise<void>;
  ejectMedia(): Promise<void>;

  /** A new connection to the serial port, as serial over LAN needs it; it survives power changes. Absent: no serial port. */
  readonly openSerial?: () => Duplex;

  /** End everything the body runs. Power is `off` afterwards. */
  close(): Promise<void>;
}
