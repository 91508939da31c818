// A machine that is only a state: power, what it boots, and the simulated agent or system that then runs.

import type { Duplex } from 'node:stream';
import { explain } from '#base/errors.ts';
import { type AgentHost, runAgent } from './agent.ts';
import type { Body, BodyAction, BodyPower, BootChoice, BootDevice, PowerChange, PowerChangeReason } from './body.ts';
import type { Hardware } from './hardware.ts';
import { commandLineOf } from './medium.ts';
import { type BootSource, kernelParameters, networkBoot } from './network-boot.ts';

export interface StateBodyOptions extends Omit<AgentHost, 'hardware' | 'powerOff' | 'reboot'> {
  readonly hardware: Hardware;
  readonly source: BootSource;
  readonly speed: number;
  /** What the next start boots from when the guest itself starts the machine again. */
  nextBoot(): BootChoice;
}

/** The boot order of the firmware, behind the device that was chosen. */
const usualOrder: readonly BootDevice[] = ['disk', 'pxe'];

/** One stretch of power between two starts of the firmware. */
interface Session {
  readonly life: AbortController;
  /** Resolves when everything that ran in it has ended. */
  over: Promise<void>;
}

export class StateBody implements Body {
  readonly kind = 'state';
  readonly #options: StateBodyOptions;
  readonly #listeners = new Set<(change: PowerChange) => void>();
  #power: BodyPower = 'off';
  #session: Session | undefined;
  #media: string | undefined;

  constructor(options: StateBodyOptions) {
    this.#options = options;
  }

  power(): BodyPower {
    return this.#power;
  }

  async set(action: BodyAction, boot: BootChoice): Promise<void> {
    if (this.#power === 'off') {
      if (action === 'on') this.#on(boot, 'asked');
      return;
    }
    switch (action) {
      case 'on':
        return;
      case 'off':
        return this.#off('asked');
      case 'cycle':
        await this.#off('asked');
        return this.#on(boot, 'asked');
      case 'reset':
        await this.#stop('reset');
        return this.#start(boot);
      case 'soft':
        return this.#pressButton();
      case 'nmi':
        this.#options.hardware.console.line('NMI received');
    }
  }

  onPowerChange(listener: (change: PowerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async insertMedia(file: string): Promise<void> {
    this.#media = file;
  }

  async ejectMedia(): Promise<void> {
    this.#media = undefined;
  }

  readonly openSerial = (): Duplex => this.#options.hardware.console.open();

  async close(): Promise<void> {
    await this.#stop('closed');
    this.#power = 'off';
    this.#listeners.clear();
  }

  /** Power is on and the deployed system runs, as if it had never been otherwise: for a rack that is started again. */
  restoreRunning(): void {
    this.#power = 'on';
    this.#session = { life: new AbortController(), over: Promise.resolve() };
    this.#runSystem(this.#session.life.signal);
  }

  #on(boot: BootChoice, why: PowerChangeReason): void {
    this.#power = 'on';
    this.#start(boot);
    this.#tell(why);
  }

  async #off(why: PowerChangeReason): Promise<void> {
    const over = this.#stop('power lost');
    this.#power = 'off';
    this.#tell(why);
    await over;
  }

  #tell(why: PowerChangeReason): void {
    for (const listener of this.#listeners) listener({ power: this.#power, why });
  }

  #start(boot: BootChoice): void {
    const life = new AbortController();
    const session: Session = { life, over: Promise.resolve() };
    this.#session = session;
    const { hardware, log } = this.#options;
    session.over = this.#run(boot, life.signal).catch((error: unknown) => {
      if (life.signal.aborted) return;
      hardware.console.line(`halted: ${explain(error)}`);
      log.error({ machine: hardware.identity.name, error }, 'a simulated machine broke down');
    });
  }

  async #stop(why: string): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    const { hardware } = this.#options;
    hardware.running = { is: 'nothing' };
    hardware.load = 0;
    hardware.console.onInput = undefined;
    session?.life.abort(new Error(why));
    await session?.over;
  }

  /** The power button: what runs shuts down by itself, when something runs that hears it. */
  #pressButton(): void {
    const { is } = this.#options.hardware.running;
    if (is === 'system' || is === 'ramdisk' || is === 'rescue') this.#afterShutdown(() => this.#off('guest'));
  }

  #afterShutdown(next: () => Promise<void>): void {
    const session = this.#session;
    if (!session) return;
    const { clock, pace, hardware } = this.#options;
    hardware.console.line('system is going down');
    clock.sleep(pace.shutdown, session.life.signal).then(
      () => (this.#session === session ? next() : undefined),
      () => {},
    );
  }

  async #run(boot: BootChoice, signal: AbortSignal): Promise<void> {
    const { hardware, clock, pace } = this.#options;
    const { identity, faults } = hardware;
    do {
      hardware.running = { is: 'firmware' };
      hardware.boots += 1;
      hardware.console.line(`${identity.vendor} ${identity.product} firmware ${identity.firmware.bios}`);
      await clock.sleep(pace.firmware, signal);
      if (faults.has('boot-loop')) hardware.console.line('firmware: fatal error, starting again');
    } while (faults.has('boot-loop'));
    if (boot.device === 'bios') {
      hardware.console.line('firmware set-up: press F10 to leave');
      return;
    }
    const order = faults.has('forget-boot-flag') ? ['disk' as const] : [boot.device, ...usualOrder];
    for (const device of new Set(order)) {
      hardware.console.line(`booting from ${device}`);
      if (await this.#bootFrom(device, signal)) return;
    }
    hardware.running = { is: 'nothing' };
    hardware.console.line('no bootable device');
  }

  /** False when there is nothing to boot there. */
  #bootFrom(device: BootDevice, signal: AbortSignal): boolean | Promise<boolean> {
    switch (device) {
      case 'pxe':
        return this.#bootNetwork(signal);
      case 'disk':
        return this.#bootDisk(signal);
      case 'cdrom':
        return this.#bootMedia(signal);
      case 'bios':
        return true;
    }
  }

  async #bootNetwork(signal: AbortSignal): Promise<boolean> {
    const { hardware, source, http, clock, speed } = this.#options;
    const end = await networkBoot({ hardware, source, http, clock, speed, signal });
    switch (end.is) {
      case 'boot':
        if (/(^|\s)ipa-/.test(end.commandLine)) await this.#runRamdisk(end.commandLine, signal);
        else await this.#runFromNetwork(end.kernel, `Linux command line: ${end.commandLine}`, signal);
        return true;
      case 'iso':
        await this.#runFromNetwork(end.url, `booting from ${end.url}`, signal);
        return true;
      case 'disk':
        return this.#bootDisk(signal);
      case 'failed':
        hardware.console.line(end.why);
        return false;
      case 'next device':
        return false;
      case 'power off':
        this.#afterShutdown(() => this.#off('guest'));
        return true;
      case 'reboot':
        this.#reboot();
        return true;
    }
  }

  async #bootDisk(signal: AbortSignal): Promise<boolean> {
    const { hardware, clock, pace } = this.#options;
    if (!hardware.disks[0]?.image) return false;
    await clock.sleep(pace.system, signal);
    this.#runSystem(signal);
    return true;
  }

  async #bootMedia(signal: AbortSignal): Promise<boolean> {
    const { hardware, source } = this.#options;
    const menu = this.#media && (await commandLineOf(this.#media));
    const usual = source.apiUrl && `ipa-api-url=${source.apiUrl} boot_method=vmedia`;
    const commandLine = this.#media && (menu ?? usual);
    if (!commandLine) {
      hardware.console.line(this.#media ? 'the medium holds nothing that can be run here' : 'no medium');
      return false;
    }
    await this.#runRamdisk(commandLine, signal);
    return true;
  }

  async #runRamdisk(commandLine: string, signal: AbortSignal): Promise<void> {
    const { hardware, clock, pace } = this.#options;
    hardware.running = { is: 'ramdisk', agent: 'starting' };
    hardware.load = 0.4;
    hardware.console.line(`Linux command line: ${commandLine}`);
    await clock.sleep(pace.ramdisk, signal);
    if (hardware.faults.has('agent-never-starts')) {
      hardware.console.line('ironic-python-agent.service: failed with result exit-code');
      hardware.running = { is: 'ramdisk', agent: 'gone' };
      return;
    }
    const powerOff = () => this.#afterShutdown(() => this.#off('guest'));
    const host: AgentHost = { ...this.#options, powerOff, reboot: () => this.#reboot() };
    await runAgent(host, kernelParameters(commandLine), signal);
  }

  #reboot(): void {
    this.#afterShutdown(async () => {
      await this.#stop('reboot');
      this.#start(this.#options.nextBoot());
    });
  }

  /** A system that was fetched and lives in memory. */
  async #runFromNetwork(image: string, line: string, signal: AbortSignal): Promise<void> {
    const { hardware, clock, pace } = this.#options;
    hardware.console.line(line);
    await clock.sleep(pace.system, signal);
    hardware.running = { is: 'system', image, configDrive: null };
    hardware.load = 0.2;
    hardware.console.write(`${hardware.identity.name} login: `);
  }

  #runSystem(signal: AbortSignal): void {
    const { hardware } = this.#options;
    const [disk] = hardware.disks;
    if (signal.aborted || !disk?.image) return;
    hardware.running = { is: 'system', image: disk.image.url, configDrive: disk.configDrive };
    hardware.load = 0.2;
    const prompt = `${hardware.identity.name} login: `;
    hardware.console.line(`deployed system started from ${disk.device}`);
    hardware.console.write(prompt);
    hardware.console.onInput = (text) =>
      hardware.console.write(text.replaceAll(/[\r\n]+/g, `\r\nLogin incorrect\r\n${prompt}`));
  }
}
