// What a simulated machine must offer to stand behind a BMC; `memory-chassis.ts` has a plain one.
import type { ChassisAction } from '../commands/chassis.ts';
import type { Sel } from './sel.ts';

export interface DeviceFacts {
  readonly deviceId: number;
  readonly revision: number;
  readonly firmwareMajor: number;
  /** Two decimal digits. */
  readonly firmwareMinor: number;
  /** IANA enterprise number. */
  readonly manufacturer: number;
  readonly product: number;
}

export type SensorKind = 'temperature' | 'voltage' | 'current' | 'fan' | 'power';

export interface Sensor {
  /** 1 to 254, each once. */
  readonly number: number;
  /** Up to 16 characters. */
  readonly name: string;
  readonly kind: SensorKind;
  /** In °C, V, A, RPM or W; undefined when there is no reading. */
  read(): number | undefined;
  readonly lowerCritical?: number;
  readonly upperWarning?: number;
  readonly upperCritical?: number;
}

/** The machine's serial port. */
export interface SerialConsole {
  /** Bytes typed at the console; returns how many of them were taken, nothing where all were. */
  write(bytes: Uint8Array): number | undefined;
  /** Hear what the machine writes, until the returned function is called. */
  listen(heard: (bytes: Uint8Array) => void): () => void;
  sendBreak?(): void;
}

export interface IpmiChassis {
  /** 16 bytes as they go over the wire. */
  readonly guid: Uint8Array;
  readonly device: DeviceFacts;
  /** Whether it is on. */
  power(): boolean;
  /** Obey, or return the completion code that says why not (D5h: not in this state, CCh: never). */
  control(action: ChassisAction): number | undefined | Promise<number | undefined>;
  /** Last power event and misc state bytes of Get Chassis Status (IPMI 2.0 §28.2), without the identify bits. */
  readonly lastPowerEvent?: number;
  readonly miscState?: number;
  /** 0 stays off, 1 as it was, 2 goes on when mains power returns. */
  restorePolicy: number;
  /** The lamp: seconds, 0 for off, `on` for good. */
  identify(how: number | 'on'): void;
  identifyState(): 'off' | 'temporary' | 'indefinite';
  /** Boot option parameters, raw, by number; kept bit for bit. Parameter 5 is what decides the next boot. */
  readonly bootParameters: Map<number, Uint8Array>;
  /** LAN configuration parameters, raw, by number. */
  readonly lanParameters: Map<number, Uint8Array>;
  readonly sensors: readonly Sensor[];
  readonly sel: Sel;
  /** The content of FRU 0. */
  readonly fru: Uint8Array;
  /** Power drawn now, in watts. */
  watts(): number;
  readonly console?: SerialConsole;
}
