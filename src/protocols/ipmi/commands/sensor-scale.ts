// From a full sensor record to the value of a raw reading (IPMI 2.0 §36.3, §43.1).

export interface SensorScale {
  readonly number: number;
  readonly name: string;
  readonly type: number;
  readonly unit: number;
  /** The value of a raw reading, in the sensor's unit. */
  value(raw: number): number;
}

const fullSensor = 0x01;
const noAnalogReading = 3;
const nameAt = 48;

/** A two's complement number of so many bits. */
const signed = (value: number, bits: number): number => (value >= 2 ** (bits - 1) ? value - 2 ** bits : value);

/** L of the formula, by its code. */
const linear: readonly ((x: number) => number)[] = [
  (x) => x,
  Math.log,
  Math.log10,
  Math.log2,
  Math.exp,
  (x) => 10 ** x,
  (x) => 2 ** x,
  (x) => 1 / x,
  (x) => x ** 2,
  (x) => x ** 3,
  Math.sqrt,
  Math.cbrt,
];

/** The raw byte as a number: unsigned, one's or two's complement. */
function rawNumber(raw: number, format: number): number {
  if (format === 2) return signed(raw, 8);
  if (format === 1) return raw & 0x80 ? raw - 255 : raw;
  return raw;
}

/** How the sensor of this record is read; undefined for other records and for sensors without analog readings. */
export function scaleOf(record: Buffer): SensorScale | undefined {
  if (record.length < nameAt || record[3] !== fullSensor) return undefined;
  const format = record[20]! >> 6;
  const shape = linear[record[23]! & 0x7f];
  if (format === noAnalogReading || !shape) return undefined;
  const m = signed(record[24]! | ((record[25]! & 0xc0) << 2), 10);
  const b = signed(record[26]! | ((record[27]! & 0xc0) << 2), 10);
  const resultExponent = signed(record[29]! >> 4, 4);
  const bExponent = signed(record[29]! & 0x0f, 4);
  const nameLength = record[nameAt - 1]! & 0x1f;
  return {
    number: record[7]!,
    name: record.toString('latin1', nameAt, nameAt + nameLength),
    type: record[12]!,
    unit: record[21]!,
    // Divided where the exponent is negative, so that 11.97 comes out as 11.97.
    value(raw) {
      const x = m * rawNumber(raw, format) + b * 10 ** bExponent;
      return shape(resultExponent < 0 ? x / 10 ** -resultExponent : x * 10 ** resultExponent);
    },
  };
}
