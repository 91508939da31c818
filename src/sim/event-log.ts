// The system event log of a simulated BMC (IPMI 2.0 §32): records of 16 bytes, the oldest are dropped when it is full.

const CAPACITY = 512;

/** What can happen to a machine, as sensor type, sensor number, event type and event data (IPMI 2.0 table 42-3). */
const events = {
  'power on': [0x22, 0x20, 0x6f, [0x00, 0xff, 0xff]],
  'power off': [0x22, 0x20, 0x6f, [0x06, 0xff, 0xff]],
  'power lost': [0x09, 0x21, 0x6f, [0x04, 0xff, 0xff]],
  restart: [0x1d, 0x22, 0x6f, [0x01, 0xff, 0xff]],
  'log cleared': [0x10, 0x23, 0x6f, [0x02, 0xff, 0xff]],
} as const;

export type LoggedEvent = keyof typeof events;

export class EventLog {
  #records: { id: number; bytes: Buffer }[] = [];
  #nextId = 1;
  #full = false;
  addedAt = 0;
  clearedAt = 0;

  /** `now` in milliseconds. */
  add(event: LoggedEvent, now: number): void {
    const [type, number, kind, data] = events[event];
    const bytes = Buffer.alloc(16);
    bytes.writeUInt16LE(this.#nextId, 0);
    bytes[2] = 0x02;
    bytes.writeUInt32LE(Math.floor(now / 1000), 3);
    bytes.set([0x20, 0x00, 0x04, type, number, kind, ...data], 7);
    this.#records.push({ id: this.#nextId, bytes });
    this.#nextId = (this.#nextId % 0xfffe) + 1;
    this.addedAt = now;
    if (this.#records.length > CAPACITY) {
      this.#records.shift();
      this.#full = true;
    }
  }

  clear(now: number): void {
    this.#records = [];
    this.#full = false;
    this.clearedAt = now;
    this.add('log cleared', now);
  }

  /** Oldest first, each with its own number in its first two bytes. */
  get records(): readonly Buffer[] {
    return this.#records.map(({ bytes }) => bytes);
  }

  get free(): number {
    return CAPACITY - this.#records.length;
  }

  /** Records were lost. */
  get overflowed(): boolean {
    return this.#full;
  }
}
