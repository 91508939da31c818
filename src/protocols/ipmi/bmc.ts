import type { Actor } from './actor.ts';
import { bmcReset, type ChannelInfo, channelInfo, type DeviceId, deviceId, systemGuid } from './commands/app.ts';
import { type BootFlags, type BootOrder, bootFlags, setBootDevice } from './commands/boot.ts';
import {
  type ChassisAction,
  type ChassisStatus,
  chassisControl,
  chassisIdentify,
  chassisStatus,
} from './commands/chassis.ts';
import type { CallOptions, Command, Runner } from './commands/command.ts';
import { type LanParameter, lanParameter } from './commands/lan.ts';
import { rawCommand } from './commands/raw.ts';
import { openSol, type SolOptions } from './sol-activate.ts';
import type { SolStream } from './sol-stream.ts';

/**
 * One BMC, with the credentials that it was asked for. Every call may throw `IpmiUnreachable`, `IpmiAuthFailed`,
 * `IpmiCommandFailed`, `IpmiCipherMismatch`, `IpmiSessionRefused`, `IpmiCircuitOpen`, `IpmiAborted` or `IpmiBadAnswer`.
 */
export class Bmc implements Runner {
  readonly #actor: () => Actor;

  constructor(actor: () => Actor) {
    this.#actor = actor;
  }

  /** Any command of `commands/`; one at a time, orders before reads before background reads. */
  run<T>(command: Command<T>, options: CallOptions = {}): Promise<T> {
    return this.#actor().run(command, options);
  }

  /** Power and front panel as the BMC sees them. */
  chassisStatus(options?: CallOptions): Promise<ChassisStatus> {
    return this.run(chassisStatus, options);
  }

  /**
   * Ask for on, off, cycle, reset, nmi or soft. Done means that the BMC took the order, not that it happened: read the
   * status. All but on and off are sent once; `IpmiUnreachable` with `mayHaveRun` says that nobody knows.
   */
  chassisControl(action: ChassisAction, options?: CallOptions): Promise<undefined> {
    return this.run(chassisControl(action), { rank: 'order', ...options });
  }

  /** The identify lamp: seconds, 0 for off, or `on` for good. */
  identify(how: number | 'on', options?: CallOptions): Promise<undefined> {
    return this.run(chassisIdentify(how), options);
  }

  /** Boot flags (parameter 5) as they are now. */
  getBootOptions(options?: CallOptions): Promise<BootFlags> {
    return this.run(bootFlags, options);
  }

  /** What to boot from next, or from now on; see `BootOrder`. */
  setBootDevice(order: BootOrder, options?: CallOptions): Promise<void> {
    return setBootDevice(this, order, { rank: 'order', ...options });
  }

  deviceId(options?: CallOptions): Promise<DeviceId> {
    return this.run(deviceId, options);
  }

  /** Restarts the BMC itself, not the machine. Many never answer: `IpmiUnreachable` with `mayHaveRun` is then usual. */
  resetBmc(how: 'cold' | 'warm', options?: CallOptions): Promise<undefined> {
    return this.run(bmcReset(how), { rank: 'order', ...options });
  }

  /** 16 bytes as they come. */
  systemGuid(options?: CallOptions): Promise<Buffer> {
    return this.run(systemGuid, options);
  }

  channelInfo(channel?: number, options?: CallOptions): Promise<ChannelInfo> {
    return this.run(channelInfo(channel), options);
  }

  /** The bytes of a LAN parameter, by name or number. */
  lanParameter(n: LanParameter | number, channel?: number, options?: CallOptions): Promise<Buffer> {
    return this.run(lanParameter(n, channel), options);
  }

  /** netFn, cmd, data; what follows the completion code comes back. Sent once, unless `again` says that twice does no harm. */
  raw(bytes: Uint8Array, options?: CallOptions & { again?: boolean }): Promise<Buffer> {
    return this.run(rawCommand(bytes, options?.again), options);
  }

  /** The serial line of the machine, as a stream of bytes both ways. */
  solActivate(options?: SolOptions): Promise<SolStream> {
    return openSol(this.#actor(), options);
  }
}
