import { authTypes } from '../wire/auth15.ts';
import type { IpmiChassis } from './chassis.ts';

export interface BmcUser {
  /** 1 to 15; user 1 is usually the one without a name. */
  readonly id: number;
  name: string;
  /** Up to 20 bytes. */
  password: Uint8Array;
  /** 2 user, 3 operator, 4 administrator. */
  privilege: number;
  enabled: boolean;
}

/** What goes wrong on purpose; read anew for each packet, so that it may be changed at any time. */
export interface BmcFaults {
  /** Nothing is answered. */
  silent?: boolean;
  /** Milliseconds before each answer. */
  latencyMs?: number;
  /** The share of packets lost on the way in, and again on the way out: 0 to 1. */
  loss?: number;
  /** Every password is wrong. */
  refuseUsers?: boolean;
  /** The answer is lost after the command was done. */
  dropAnswer?(netFn: number, cmd: number): boolean;
  /** A completion code to answer with instead of doing the command. */
  fail?(netFn: number, cmd: number, data: Uint8Array): number | undefined;
}

/** A controller on a channel of another one. */
export interface Satellite {
  readonly channel: number;
  readonly address: number;
  readonly chassis: IpmiChassis;
  readonly satellites?: readonly Satellite[];
}

/** One BMC: its machine, who may log in, how it is set up. */
export interface BmcSpec {
  readonly chassis: IpmiChassis;
  readonly users: BmcUser[];
  /** Kg; none when the users' keys serve. */
  readonly kg?: Uint8Array;
  /** Cipher suites that it takes; 3 and 17 unless told. */
  readonly cipherSuites?: readonly number[];
  /** Authentication types of IPMI 1.5 sessions (`authTypes`); MD5, MD2 and password unless told, empty for none at all. */
  readonly authTypes?: readonly number[];
  /** Packets of 1.5 sessions are not authenticated once the session is active. */
  readonly authenticateOnce?: boolean;
  /** Controllers behind the BMC, for bridged commands. */
  readonly satellites?: readonly Satellite[];
  /** Sessions at one time; 4 unless told. */
  readonly maxSessions?: number;
  /** The serial line is given in the clear only, as some BMCs do. */
  readonly solInTheClear?: boolean;
  readonly faults?: BmcFaults;
}

export const usualAuthTypes: readonly number[] = [authTypes.md2, authTypes.md5, authTypes.password];
export const usualSuites: readonly number[] = [3, 17];
export const usualSessions = 4;
/** Idle sessions end after this time (IPMI 2.0 §6.12.15). */
export const sessionIdleMs = 60_000;

/** One administrator with id 2, as BMCs are usually delivered. */
export const administrator = (name: string, password: string | Uint8Array): BmcUser[] => [
  { id: 2, name, password: Buffer.from(password as string), privilege: 4, enabled: true },
];
