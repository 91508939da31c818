import type { Clock } from '#base/clock.ts';
import type { Message } from '../wire/message.ts';
import type { BmcSpec, Satellite } from './bmc-spec.ts';
import type { IpmiChassis } from './chassis.ts';
import type { ServerSession } from './server-session.ts';

/** Data behind completion code 00, or another completion code. */
export type Answer = Uint8Array | readonly number[] | number;

/** What a command may look at and change. */
export interface Scene {
  readonly chassis: IpmiChassis;
  readonly spec: BmcSpec;
  readonly clock: Clock;
  /** Undefined outside of sessions. */
  readonly session: ServerSession | undefined;
  /** The UDP port that the BMC answers on. */
  readonly port: number;
  /** What the BMC keeps for itself. */
  readonly memory: BmcMemory;
  /** The controllers that can be reached from this one. */
  readonly satellites: readonly Satellite[];
  /** Has a controller behind this one do `request`; with `tell` its answers follow that of the present command. */
  askSatellite(to: Satellite, request: Message, tell: boolean): Promise<void>;
  sessions(): readonly ServerSession[];
  /** Joins the machine's serial console to the session. */
  openSol(session: ServerSession): void;
  closeSession(session: ServerSession): void;
  /** All sessions end without a word: the BMC restarts. */
  restart(): void;
}

export interface BmcMemory {
  selReservation: number;
  sdrReservation: number;
  /** Boot parameters marked invalid (bit 7 of the selector). */
  readonly invalidBoot: Set<number>;
  watchdog: Uint8Array;
}

export interface Handler {
  /** Privilege level; 0 for commands that are answered outside of sessions too. */
  readonly needs: number;
  run(data: Buffer, scene: Scene): Answer | Promise<Answer>;
}

/** Handlers by `netFn << 8 | cmd`. */
export type Handlers = readonly (readonly [number, Handler])[];

export const u16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
export const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
