// The system event log (IPMI 2.0 §31, records of §32).
import type { Clock } from '#base/clock.ts';

export interface SelEvent {
  readonly sensorType: number;
  readonly sensor: number;
  /** Event type; bit 7 set for "no longer". */
  readonly event: number;
  /** Three bytes. */
  readonly data: readonly [number, number, number];
}

const capacity = 512;

export class Sel {
  readonly #clock: Clock;
  #records: Buffer[] = [];
  #nextId = 1;
  /** Seconds to add to the clock: the BMC's own time can be set. */
  #offset = 0;
  addedAt = 0;
  clearedAt = 0;
  overflowed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds since the epoch as the BMC believes. */
  get time(): number {
    return (Math.floor(this.#clock.now() / 1000) + this.#offset) >>> 0;
  }

  set time(seconds: number) {
    this.#offset = seconds - Math.floor(this.#clock.now() / 1000);
  }

  get records(): readonly Buffer[] {
    return this.#records;
  }

  get free(): number {
    return (capacity - this.#records.length) * 16;
  }

  /** Logs an event of the BMC; returns its record id. */
  add(event: SelEvent): number {
    const record = Buffer.alloc(16);
    record[2] = 0x02;
    record[7] = 0x20;
    record[9] = 0x04;
    record.set([event.sensorType, event.sensor, event.event, ...event.data], 10);
    return this.addRecord(record);
  }

  /** Takes a record of 16 bytes as it comes, with a new id and, for system events, the time of now. */
  addRecord(bytes: Uint8Array): number {
    if (this.#records.length >= capacity) {
      this.overflowed = true;
      return 0xffff;
    }
    const record = Buffer.from(bytes);
    const id = this.#nextId;
    this.#nextId = id >= 0xfffe ? 1 : id + 1;
    record.writeUInt16LE(id, 0);
    if (record[2]! < 0xe0) record.writeUInt32LE(this.time, 3);
    this.#records.push(record);
    this.addedAt = this.time;
    return id;
  }

  clear(): void {
    this.#records = [];
    this.overflowed = false;
    this.clearedAt = this.time;
  }

  /** The record and the id of the one after it (FFFFh: none); id 0 is the first, FFFFh the last. */
  find(id: number): { record: Buffer; next: number } | undefined {
    const list = this.#records;
    const at = id === 0 ? 0 : id === 0xffff ? list.length - 1 : list.findIndex((r) => r.readUInt16LE(0) === id);
    const record = list[at];
    return record && { record, next: list[at + 1]?.readUInt16LE(0) ?? 0xffff };
  }
}
