// Sensor commands (IPMI 2.0 §35).
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import type { Sensor } from '../chassis.ts';
import type { Answer, Handlers, Scene } from '../handler.ts';
import { rawReading, thresholdBytes, thresholdMask, thresholdState } from '../sdr-bytes.ts';

const { user } = privileges;

const forSensor =
  (answer: (sensor: Sensor) => Answer) =>
  (data: Buffer, { chassis }: Scene): Answer => {
    const sensor = chassis.sensors.find((each) => each.number === data[0]);
    return sensor ? answer(sensor) : completion.notPresent;
  };

function reading(sensor: Sensor): Answer {
  const value = sensor.read();
  // Events off, scanning on; bit 5 says that there is no reading.
  if (value === undefined) return [0, 0x60, 0xc0];
  return [rawReading(sensor.kind, value), 0x40, 0xc0 | thresholdState(sensor, value)];
}

export const sensorHandlers: Handlers = [
  [0x0425, { needs: user, run: forSensor(() => [0, 0]) }],
  [0x0427, { needs: user, run: forSensor((sensor) => [thresholdMask(sensor), ...thresholdBytes(sensor)]) }],
  [0x0429, { needs: user, run: forSensor(() => [0x40, 0, 0, 0, 0]) }],
  [0x042b, { needs: user, run: forSensor(() => [0x40, 0, 0, 0, 0]) }],
  [0x042d, { needs: user, run: forSensor(reading) }],
];
