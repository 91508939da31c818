// A machine as its BMC's IPMI server wants to see it.

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import type { ChassisAction } from '#protocols/ipmi/commands/chassis.ts';
import type { DeviceFacts, IpmiChassis, Sensor, SerialConsole } from '#protocols/ipmi/server/chassis.ts';
import { fruBytes } from '#protocols/ipmi/server/fru-bytes.ts';
import { memoryChassis } from '#protocols/ipmi/server/memory-chassis.ts';
import { completion } from '#protocols/ipmi/wire/completion-codes.ts';
import type { Identity } from './identity.ts';
import type { Machine } from './machine.ts';
import type { Place } from './places.ts';
import { reading, sensors } from './sensors.ts';

const POWERED_ON_BY_IPMI = 0x10;
const AS_IT_WAS = 1;
/** What only a machine that is on can be asked for. */
const needsPower: ReadonlySet<ChassisAction> = new Set(['cycle', 'reset', 'soft', 'nmi']);

/** The chassis of `machine`, whose BMC answers at `place`. */
export function chassisOf(machine: Machine, place: Place, clock: Clock): IpmiChassis {
  const { identity } = machine.hardware;
  const octets = place.address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = octets.length === 4 ? octets : [];
  const plain = memoryChassis({
    clock,
    name: identity.product,
    guid: guidOf(identity.uuid),
    address: [a, b, c, d],
    mac: identity.bmcMac.split(':').map((byte) => Number.parseInt(byte, 16)),
    device: deviceOf(identity),
  });
  return {
    ...plain,
    restorePolicy: AS_IT_WAS,
    lastPowerEvent: POWERED_ON_BY_IPMI,
    power: () => machine.power() === 'on',
    async control(action) {
      if (needsPower.has(action) && machine.power() === 'off') return completion.presentState;
      await machine.command(action);
      return undefined;
    },
    bootParameters: machine.bootParameters,
    sensors: sensors.map((sensor) => sensorOf(machine, sensor, clock)),
    sel: machine.sel,
    fru: fruBytes({
      manufacturer: identity.vendor,
      product: identity.product,
      serial: identity.serial,
      partNumber: 'SIM-S1',
      version: identity.firmware.bios,
      assetTag: identity.assetTag,
    }),
    watts: () => machine.watts(),
    ...(machine.body.openSerial && { console: serialConsole(machine.body.openSerial) }),
  };
}

/** A UUID as SMBIOS lays it out (DSP0134 §7.2.1): the first three fields with their low byte first. */
function guidOf(uuid: string): Uint8Array {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function deviceOf({ firmware }: Identity): DeviceFacts {
  const [major = 1, minor = 0] = firmware.bmc.split('.').map(Number);
  return { deviceId: 0x20, revision: 1, firmwareMajor: major, firmwareMinor: minor, manufacturer: 0, product: 1 };
}

function sensorOf(machine: Machine, sensor: (typeof sensors)[number], clock: Clock): Sensor {
  const { low, high } = sensor.critical;
  return {
    number: sensor.number,
    name: sensor.name,
    kind: sensor.kind,
    read: () => reading(sensor, machine.power(), machine.hardware.load, clock.now()) ?? undefined,
    ...(low !== undefined && { lowerCritical: low }),
    ...(high !== undefined && { upperCritical: high }),
  };
}

/** The serial port, connected while somebody listens or types. */
function serialConsole(open: () => Duplex): SerialConsole {
  const listeners = new Set<(bytes: Uint8Array) => void>();
  let line: Duplex | undefined;
  const connected = (): Duplex => {
    if (line && !line.destroyed) return line;
    line = open();
    line.on('error', () => {});
    line.on('data', (bytes: Buffer) => {
      for (const heard of listeners) heard(bytes);
    });
    return line;
  };
  return {
    write: (bytes) => void connected().write(bytes),
    listen(heard) {
      listeners.add(heard);
      connected();
      return () => {
        listeners.delete(heard);
        if (listeners.size > 0) return;
        line?.destroy();
        line = undefined;
      };
    },
  };
}
