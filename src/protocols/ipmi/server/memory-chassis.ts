import { type Clock, systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import type { ChassisAction } from '../commands/chassis.ts';
import { completion } from '../wire/completion-codes.ts';
import type { DeviceFacts, IpmiChassis, Sensor } from './chassis.ts';
import { fruBytes } from './fru-bytes.ts';
import { Sel } from './sel.ts';

export interface MemoryChassisOptions {
  readonly clock?: Clock;
  readonly name?: string;
  /** 16 bytes; random unless told. */
  readonly guid?: Uint8Array;
  readonly on?: boolean;
  readonly address?: readonly [number, number, number, number];
  readonly mac?: readonly number[];
  readonly device?: DeviceFacts;
}

/** What a machine has that never differs between those made here: shared, so that thousands cost little. */
const usualDevice: DeviceFacts = {
  deviceId: 0x20,
  revision: 1,
  firmwareMajor: 2,
  firmwareMinor: 10,
  manufacturer: 0,
  product: 1,
};

const orders: Record<ChassisAction, (on: boolean) => boolean | undefined> = {
  on: () => true,
  off: () => false,
  soft: (on) => (on ? false : undefined),
  cycle: (on) => (on ? true : undefined),
  reset: (on) => (on ? true : undefined),
  nmi: (on) => (on ? true : undefined),
};

function usualSensors(on: () => boolean): Sensor[] {
  const whenOn = (value: number) => () => (on() ? value : undefined);
  return [
    { number: 1, name: 'Ambient Temp', kind: 'temperature', read: () => 24, upperWarning: 38, upperCritical: 42 },
    { number: 2, name: 'CPU Temp', kind: 'temperature', read: whenOn(51), upperWarning: 85, upperCritical: 95 },
    { number: 3, name: 'Fan 1', kind: 'fan', read: whenOn(4800), lowerCritical: 600 },
    { number: 4, name: '12V', kind: 'voltage', read: () => 11.97, lowerCritical: 10.8, upperCritical: 13.2 },
    { number: 5, name: 'PSU Power', kind: 'power', read: () => (on() ? 184 : 8) },
  ];
}

const lan = (address: readonly number[], mac: readonly number[]): Map<number, Uint8Array> =>
  new Map(
    Object.entries({
      0: [0],
      1: [0x80],
      2: [0x80, 0x80, 0x80, 0x80, 0x80],
      3: address,
      4: [1],
      5: mac,
      6: [255, 255, 255, 0],
      7: [0x40, 0x40, 0x10],
      10: [3],
      11: [4],
      12: [0, 0, 0, 0],
      13: [0, 0, 0, 0, 0, 0],
      14: [0, 0, 0, 0],
      15: [0, 0, 0, 0, 0, 0],
      16: [...Buffer.from('public'.padEnd(18, '\0'))],
      20: [0, 0],
      21: [0],
    }).map(([parameter, bytes]) => [Number(parameter), Uint8Array.from(bytes)]),
  );

/** A chassis that is nothing but its state; spread it and put your own `power` and `control` in for a fuller machine. */
export function memoryChassis(options: MemoryChassisOptions = {}): IpmiChassis {
  const clock = options.clock ?? systemClock;
  let on = options.on ?? false;
  let litUntil: number | 'on' = 0;
  const power = () => on;
  const sensors = usualSensors(power);
  const serial = (options.mac ?? [2, 0, 0, 0, 0, 1]).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    guid: options.guid ?? Buffer.from(newUuid().replaceAll('-', ''), 'hex'),
    device: options.device ?? usualDevice,
    power,
    control(action) {
      const next = orders[action](on);
      if (next === undefined) return completion.presentState;
      on = next;
      return undefined;
    },
    restorePolicy: 0,
    identify(how) {
      litUntil = how === 'on' ? 'on' : clock.now() + how * 1000;
    },
    identifyState() {
      if (litUntil === 'on') return 'indefinite';
      return clock.now() < litUntil ? 'temporary' : 'off';
    },
    bootParameters: new Map(),
    lanParameters: lan(options.address ?? [127, 0, 0, 1], options.mac ?? [2, 0, 0, 0, 0, 1]),
    sensors,
    sel: new Sel(clock),
    fru: fruBytes({ manufacturer: 'Ingot', product: options.name ?? 'Simulated machine', serial }),
    watts: () => (on ? 184 : 8),
  };
}
