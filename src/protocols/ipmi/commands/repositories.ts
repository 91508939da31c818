// Reading what a BMC stores: event log, sensor records and readings, FRU (IPMI 2.0 §31, §33, §34, §35, §43).
import { Fault } from '#base/errors.ts';
import { completion } from '../wire/completion-codes.ts';
import { unreadable } from '../wire/unreadable.ts';
import { type CallOptions, type Command, empty, privileges, type Runner } from './command.ts';
import { type SensorScale, scaleOf } from './sensor-scale.ts';

export interface SelRecord {
  readonly id: number;
  /** 02h: a system event; others are OEM records. */
  readonly type: number;
  /** Seconds since the epoch by the BMC's clock. */
  readonly time: number;
  readonly sensorType: number;
  readonly sensor: number;
  readonly asserted: boolean;
  /** All 16 bytes. */
  readonly raw: Buffer;
}

export interface SensorReading {
  readonly number: number;
  readonly name: string;
  /** Code of the sensor type: 1 temperature, 2 voltage, 3 current, 4 fan. */
  readonly type: number;
  /** Code of the unit: 1 °C, 4 V, 5 A, 6 W, 18 RPM. */
  readonly unit: number;
  /** Undefined when there is no analog reading now. */
  readonly value: number | undefined;
}

const last = 0xffff;
/** More records than this is a list that runs in a circle. */
const recordLimit = 4096;
const { user, operator } = privileges;

const bytesCommand = (
  name: string,
  netFn: number,
  cmd: number,
  data: number[],
  needs: number = user,
): Command<Buffer> => ({
  name,
  netFn,
  cmd,
  data: Uint8Array.from(data),
  needs,
  read: (answer) => Buffer.from(answer),
});

const lo = (value: number): number => value & 0xff;
const hi = (value: number): number => value >> 8;

const codeOf = (error: unknown): number | undefined =>
  error instanceof Fault && error.name === 'IpmiCommandFailed' ? (error.facts as { code: number }).code : undefined;

const reserve = (name: string, cmd: number): Command<number> => ({
  name,
  netFn: 0x0a,
  cmd,
  data: empty,
  needs: user,
  read: (b) => (b.length < 2 ? unreadable('shorter than 2 bytes') : b.readUInt16LE(0)),
});

function selRecord(raw: Buffer): SelRecord {
  return {
    id: raw.readUInt16LE(0),
    type: raw[2]!,
    time: raw.readUInt32LE(3),
    sensorType: raw[10]!,
    sensor: raw[11]!,
    asserted: (raw[12]! & 0x80) === 0,
    raw,
  };
}

const getSelEntry = (id: number): Command<{ next: number; record: SelRecord }> => ({
  name: 'Get SEL Entry',
  netFn: 0x0a,
  cmd: 0x43,
  data: Uint8Array.of(0, 0, lo(id), hi(id), 0, 0xff),
  needs: user,
  read: (b) =>
    b.length < 18
      ? unreadable('shorter than 18 bytes')
      : { next: b.readUInt16LE(0), record: selRecord(Buffer.from(b.subarray(2, 18))) },
});

/** The whole event log, oldest first. */
export async function readSel(bmc: Runner, options?: CallOptions): Promise<SelRecord[]> {
  const records: SelRecord[] = [];
  for (let id = 0; id !== last && records.length < recordLimit; ) {
    try {
      const { next, record } = await bmc.run(getSelEntry(id), options);
      records.push(record);
      id = next;
    } catch (error) {
      // An empty log has no first record.
      if (id === 0 && codeOf(error) === completion.notPresent) return records;
      throw error;
    }
  }
  return records;
}

/** Empties the event log. */
export async function clearSel(bmc: Runner, options?: CallOptions): Promise<void> {
  const id = await bmc.run(reserve('Reserve SEL', 0x42), options);
  await bmc.run(bytesCommand('Clear SEL', 0x0a, 0x47, [lo(id), hi(id), 0x43, 0x4c, 0x52, 0xaa], operator), options);
}

const headLength = 5;
const shortest = 8;

/** Reads records in pieces; BMCs refuse pieces that are too long (C8h, CAh, FFh) and forget reservations (C5h). */
class SdrReader {
  readonly #bmc: Runner;
  readonly #options: CallOptions | undefined;
  #reservation = 0;
  #piece = 64;

  constructor(bmc: Runner, options: CallOptions | undefined) {
    this.#bmc = bmc;
    this.#options = options;
  }

  async record(id: number): Promise<{ next: number; record: Buffer }> {
    const { next, data: head } = await this.#read(id, 0, headLength);
    const size = headLength + (head[4] ?? 0);
    let record = head;
    while (record.length < size) {
      const { data } = await this.#read(id, record.length, Math.min(this.#piece, size - record.length));
      if (data.length === 0) break;
      record = Buffer.concat([record, data]);
    }
    return { next, record };
  }

  async #read(id: number, offset: number, count: number): Promise<{ next: number; data: Buffer }> {
    for (let tries = 1; ; tries++) {
      const size = Math.min(count, this.#piece);
      const at = [lo(this.#reservation), hi(this.#reservation), lo(id), hi(id), offset, size];
      try {
        const answer = await this.#bmc.run(bytesCommand('Get SDR', 0x0a, 0x23, at), this.#options);
        return { next: answer.length < 2 ? last : answer.readUInt16LE(0), data: answer.subarray(2) };
      } catch (error) {
        const code = codeOf(error);
        if (tries > 8 || code === undefined) throw error;
        if (code === completion.reservationLost)
          this.#reservation = await this.#bmc.run(reserve('Reserve SDR Repository', 0x22), this.#options);
        else if (this.#piece > shortest) this.#piece = this.#piece >> 1;
        else throw error;
      }
    }
  }
}

async function readOne(bmc: Runner, scale: SensorScale, options?: CallOptions): Promise<SensorReading> {
  const { number, name, type, unit } = scale;
  const value = await bmc.run(bytesCommand('Get Sensor Reading', 0x04, 0x2d, [number]), options).then(
    (b) => (b.length < 2 || b[1]! & 0x20 || !(b[1]! & 0x40) ? undefined : scale.value(b[0]!)),
    (error: unknown) => {
      // A sensor that is not there now.
      if (codeOf(error) === undefined) throw error;
      return undefined;
    },
  );
  return { number, name, type, unit, value };
}

/** All analog sensors of the BMC itself, with what they read now. */
export async function readSensors(bmc: Runner, options?: CallOptions): Promise<SensorReading[]> {
  const reader = new SdrReader(bmc, options);
  const readings: SensorReading[] = [];
  let count = 0;
  for (let id = 0; id !== last && count < recordLimit; count++) {
    const { next, record } = await reader.record(id);
    const scale = scaleOf(record);
    if (scale) readings.push(await readOne(bmc, scale, options));
    id = next;
  }
  return readings;
}

/** The bytes of a FRU store. */
export async function readFru(bmc: Runner, fru = 0, options?: CallOptions): Promise<Buffer> {
  const info = await bmc.run(bytesCommand('Get FRU Inventory Area Info', 0x0a, 0x10, [fru]), options);
  const size = info.length < 2 ? 0 : info.readUInt16LE(0);
  // Offsets count words where bit 0 of the third byte says so.
  const unit = (info[2] ?? 0) & 1 ? 2 : 1;
  let content: Buffer = Buffer.alloc(0);
  while (content.length < size) {
    const at = content.length / unit;
    const count = Math.min(32, size - content.length) / unit;
    const piece = await bmc.run(
      bytesCommand('Read FRU Data', 0x0a, 0x11, [fru, lo(at), hi(at), Math.ceil(count)]),
      options,
    );
    if (piece.length < 2) break;
    content = Buffer.concat([content, piece.subarray(1)]);
  }
  return content;
}
