// What the sensors of a simulated machine show, as a function of power, load and time.

export interface Sensor {
  readonly number: number;
  readonly name: string;
  /** In °C, RPM, V and W. */
  readonly kind: 'temperature' | 'fan' | 'voltage' | 'power';
  /** Reading without power, idle, and under full load; `null`: none without power. */
  readonly off: number | null;
  readonly idle: number;
  readonly full: number;
  /** How far it wanders around that. */
  readonly wander: number;
  /** Where it is critical; low for fans and voltages, high for the rest. */
  readonly critical: { readonly low?: number; readonly high?: number };
}

export const sensors: readonly Sensor[] = [
  s(1, 'Inlet Temp', 'temperature', 22, 23, 25, 1, { high: 47 }),
  s(2, 'CPU1 Temp', 'temperature', null, 41, 72, 3, { high: 95 }),
  s(3, 'CPU2 Temp', 'temperature', null, 40, 70, 3, { high: 95 }),
  s(4, 'Exhaust Temp', 'temperature', 23, 31, 42, 1, { high: 75 }),
  s(5, 'Fan1', 'fan', null, 4800, 9600, 180, { low: 600 }),
  s(6, 'Fan2', 'fan', null, 4740, 9600, 180, { low: 600 }),
  s(7, 'PSU1 Input', 'power', 6, 90, 260, 8, { high: 750 }),
  s(8, 'PSU2 Input', 'power', 6, 88, 255, 8, { high: 750 }),
  s(9, '12V', 'voltage', null, 12.1, 11.9, 0.06, { low: 10.8, high: 13.2 }),
];

function s(
  number: number,
  name: string,
  kind: Sensor['kind'],
  off: number | null,
  idle: number,
  full: number,
  wander: number,
  critical: Sensor['critical'],
): Sensor {
  return { number, name, kind, off, idle, full, wander, critical };
}

/** The reading of a sensor at `now` (ms), or null when it has none without power. `load` is 0..1. */
export function reading(sensor: Sensor, power: 'on' | 'off', load: number, now: number): number | null {
  if (power === 'off') return sensor.off;
  const phase = now / 7_000 + sensor.number * 1.7;
  const wave = (Math.sin(phase) + Math.sin(phase / 2.3)) / 2;
  return sensor.idle + (sensor.full - sensor.idle) * load + wave * sensor.wander;
}

/** Watts that the machine draws at `now`: the sum of its power supplies. */
export function watts(power: 'on' | 'off', load: number, now: number): number {
  const inputs = sensors.filter(({ kind }) => kind === 'power');
  return Math.round(inputs.reduce((sum, sensor) => sum + (reading(sensor, power, load, now) ?? 0), 0));
}
