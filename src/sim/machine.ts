import type { Clock } from '#base/clock.ts';
import { Sel } from '#protocols/ipmi/server/sel.ts';
import type { Body, BodyAction, BodyPower, BootChoice, BootDevice, PowerChange } from './body.ts';
import { BootParameters } from './boot-parameters.ts';
import type { WrittenImage } from './disk.ts';
import { powerIsStuck } from './faults.ts';
import type { Hardware, Running } from './hardware.ts';
import { logEvent } from './machine-events.ts';
import { watts } from './sensors.ts';

export interface MachineOptions {
  readonly hardware: Hardware;
  readonly clock: Clock;
  /** What it boots from when nobody has said anything. */
  readonly usualBoot?: BootDevice;
  /** The inside; it may ask `nextBoot` when its guest starts the machine again. */
  readonly body: Body;
}

/** What is kept of a machine when its process ends. */
export interface SavedMachine {
  readonly power: BodyPower;
  readonly bootMode: 'bios' | 'uefi';
  /** Hexadecimal, by number. */
  readonly bootParameters: Readonly<Record<string, string>>;
  readonly disks: readonly { image: WrittenImage | null; configDrive: string | null; erasures: number }[];
}

/** One simulated machine: what its BMC shows and switches, around a body that does the work. */
export class Machine {
  readonly hardware: Hardware;
  readonly bootParameters: BootParameters;
  readonly sel: Sel;
  readonly body: Body;
  readonly #clock: Clock;
  readonly #usualBoot: BootDevice;
  readonly #listeners = new Set<(change: PowerChange) => void>();

  constructor(options: MachineOptions) {
    this.hardware = options.hardware;
    this.#clock = options.clock;
    this.#usualBoot = options.usualBoot ?? 'disk';
    this.bootParameters = new BootParameters(this.#clock.now, () => this.hardware.changed());
    this.sel = new Sel(this.#clock);
    this.body = options.body;
    this.body.onPowerChange((change) => {
      logEvent(this.sel, change.why === 'broken' ? 'power lost' : `power ${change.power}`);
      this.hardware.changed();
      for (const listener of this.#listeners) listener(change);
    });
  }

  get name(): string {
    return this.hardware.identity.name;
  }

  get running(): Running {
    return this.hardware.running;
  }

  power(): BodyPower {
    return this.body.power();
  }

  /** Hear of every change of power, whoever made it. */
  onPowerChange(listener: (change: PowerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Do what the BMC is told to do; with stuck power nothing happens. */
  async command(action: BodyAction): Promise<void> {
    if (action !== 'nmi' && powerIsStuck(this.hardware.faults, this.power())) return;
    await this.set(action);
  }

  /** Do it behind everyone's back: a hand on the power button, or on the plug. */
  async set(action: BodyAction): Promise<void> {
    if (this.power() === 'on' && (action === 'reset' || action === 'nmi')) logEvent(this.sel, restartEvents[action]);
    await this.body.set(action, this.#startsNow(action) ? this.nextBoot() : { device: this.#usualBoot });
  }

  /** Watts at this moment. */
  watts(): number {
    return watts(this.power(), this.hardware.load, this.#clock.now());
  }

  save(): SavedMachine {
    const { disks, bootMode } = this.hardware;
    return {
      power: this.power(),
      bootMode,
      bootParameters: this.bootParameters.save(),
      disks: disks.map(({ image, configDrive, erasures }) => ({
        image,
        configDrive: configDrive?.toString('base64') ?? null,
        erasures,
      })),
    };
  }

  /** Take over what was kept, all but the power. */
  restore(saved: SavedMachine): void {
    this.hardware.bootMode = saved.bootMode;
    this.bootParameters.restore(saved.bootParameters);
    saved.disks.forEach(({ image, configDrive, erasures }, index) => {
      const disk = this.hardware.disks[index];
      if (!disk) return;
      disk.image = image;
      disk.configDrive = configDrive === null ? null : Buffer.from(configDrive, 'base64');
      disk.erasures = erasures;
    });
  }

  async close(): Promise<void> {
    await this.body.close();
    this.#listeners.clear();
  }

  /** What a start of the firmware now boots from; a one-time order is used up by it. */
  nextBoot(): BootChoice {
    if (this.hardware.faults.has('forget-boot-flag')) this.bootParameters.forget();
    const flags = this.bootParameters.use();
    if (flags.valid) this.hardware.bootMode = flags.efi ? 'uefi' : 'bios';
    return { device: (flags.valid && flags.device) || this.#usualBoot };
  }

  /** Whether `action` makes the firmware start, which uses up a one-time boot order. */
  #startsNow(action: BodyAction): boolean {
    return this.power() === 'off' ? action === 'on' : action === 'cycle' || action === 'reset';
  }
}

const restartEvents = { reset: 'restart', nmi: 'nmi' } as const;
