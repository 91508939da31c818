// What a BMC's actor is given by the transport, and the settings that it was opened with.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Alarms } from './alarms.ts';
import type { Bridge } from './bridge.ts';
import type { CircuitLimits } from './circuit.ts';
import type { Pace } from './pace.ts';

export type Protocol = '1.5' | '2.0';

export interface ActorParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly alarms: Alarms;
  readonly pace: Pace;
  /** 0 to 1. */
  random(): number;
  randomBytes(size: number): Buffer;
  /** Makes the way to the BMC ready: its name resolved, the socket of its address family open. */
  ready(): Promise<void>;
  send(datagram: Buffer): void;
  /** Why the last send failed on this machine, if it did. */
  sendFailure(): string | undefined;
}

export interface BmcSettings {
  /** `address:port`, for messages. */
  readonly name: string;
  readonly username: Buffer;
  readonly password: Buffer;
  readonly kg: Buffer | undefined;
  readonly privilege: number;
  readonly cipherSuites: readonly number[];
  readonly lingerMs: number;
  readonly minCommandIntervalMs: number;
  readonly commandTimeoutMs: number;
  readonly circuit: CircuitLimits;
  readonly protocol: Protocol;
  readonly bridge: Bridge | undefined;
}
