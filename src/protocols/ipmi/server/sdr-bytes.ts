// Sensor data records (IPMI 2.0 §43) of a machine's sensors, and the raw readings that go with them.
import type { Sensor, SensorKind } from './chassis.ts';

interface Scale {
  readonly sensorType: number;
  readonly unit: number;
  /** value = raw * m * 10^exponent, raw 0 to 255. */
  readonly m: number;
  readonly exponent: number;
  readonly entity: number;
}

const scales: Record<SensorKind, Scale> = {
  temperature: { sensorType: 0x01, unit: 1, m: 1, exponent: 0, entity: 0x03 },
  voltage: { sensorType: 0x02, unit: 4, m: 63, exponent: -3, entity: 0x07 },
  current: { sensorType: 0x03, unit: 5, m: 1, exponent: -1, entity: 0x0a },
  fan: { sensorType: 0x04, unit: 18, m: 60, exponent: 0, entity: 0x1d },
  power: { sensorType: 0x0b, unit: 6, m: 8, exponent: 0, entity: 0x0a },
};

/** The raw byte for a value of a sensor of this kind. */
export function rawReading(kind: SensorKind, value: number): number {
  const { m, exponent } = scales[kind];
  return Math.max(0, Math.min(255, Math.round(value / (m * 10 ** exponent))));
}

/** The bits of the thresholds that a sensor has: lower critical 2, upper non-critical 8, upper critical 16. */
export const thresholdMask = (s: Sensor): number =>
  (s.lowerCritical === undefined ? 0 : 0x02) |
  (s.upperWarning === undefined ? 0 : 0x08) |
  (s.upperCritical === undefined ? 0 : 0x10);

/** Lower non-critical, critical, non-recoverable, upper the same, as Get Sensor Thresholds orders them. */
export function thresholdBytes(s: Sensor): number[] {
  const raw = (value: number | undefined) => (value === undefined ? 0 : rawReading(s.kind, value));
  return [0, raw(s.lowerCritical), 0, raw(s.upperWarning), raw(s.upperCritical), 0];
}

/** The bits that Get Sensor Reading gives for the thresholds that the value is beyond. */
export function thresholdState(s: Sensor, value: number): number {
  return (
    (s.lowerCritical !== undefined && value <= s.lowerCritical ? 0x02 : 0) |
    (s.upperWarning !== undefined && value >= s.upperWarning ? 0x08 : 0) |
    (s.upperCritical !== undefined && value >= s.upperCritical ? 0x10 : 0)
  );
}

const idString = (name: string): number[] => {
  const bytes = [...Buffer.from(name, 'latin1').subarray(0, 16)];
  return [0xc0 | bytes.length, ...bytes];
};

function record(id: number, type: number, body: number[]): Buffer {
  return Buffer.from([id & 0xff, id >> 8, 0x51, type, body.length, ...body]);
}

function fullRecord(id: number, s: Sensor): Buffer {
  const scale = scales[s.kind];
  const mask = thresholdMask(s);
  const [, lowerCritical, , upperWarning, upperCritical] = thresholdBytes(s);
  return record(id, 0x01, [
    ...[0x20, 0, s.number, scale.entity, s.number & 0x7f],
    // Scanning on at start; re-arms itself, thresholds (if any) can be read, no event messages; a threshold sensor.
    ...[0x7f, 0x43 | (mask ? 0x04 : 0x00), scale.sensorType, 0x01],
    ...[0, 0, 0, 0, mask, 0],
    ...[0, scale.unit, 0, 0],
    ...[scale.m & 0xff, (scale.m >> 2) & 0xc0, 0, 0, 0, (scale.exponent & 0x0f) << 4],
    // No nominal values; the sensor goes from 0 to 255.
    ...[0, 0, 0, 0, 0xff, 0x00],
    ...[0, upperCritical!, upperWarning!, 0, lowerCritical!, 0, 0, 0],
    ...[0, 0, 0, ...idString(s.name)],
  ]);
}

const controllerLocator = (id: number): Buffer =>
  record(id, 0x12, [0x20, 0x00, 0x00, 0xbf, 0, 0, 0, 0x07, 0x01, 0, ...idString('BMC')]);

/** All records of a machine: its sensors, then the BMC itself. */
export function sdrRecords(sensors: readonly Sensor[]): Buffer[] {
  return [...sensors.map((sensor, index) => fullRecord(index + 1, sensor)), controllerLocator(sensors.length + 1)];
}
