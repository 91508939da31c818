// Serial over LAN from the BMC's end (IPMI 2.0 §15): what the machine writes goes out in acknowledged packets.
import type { Clock } from '#base/clock.ts';
import { type SolPacket, solBits, writeSol } from '../wire/sol.ts';
import type { SerialConsole } from './chassis.ts';

/** Characters in one packet, each way. */
export const solChunk = 200;
const resendMs = 500;
const resends = 7;
/** The oldest output is dropped when nobody takes it. */
const backlogLimit = 256 << 10;
const none = Buffer.alloc(0);

export class SolEnd {
  readonly #console: SerialConsole;
  readonly #send: (payload: Buffer) => void;
  #unlisten: (() => void) | undefined;
  #backlog: Buffer = none;
  #inFlight: { sequence: number; data: Buffer; sends: number } | undefined;
  #timer = new AbortController();
  readonly #clock: Clock;
  #sequence = 0;
  #heardSequence = 0;
  #closed = false;
  /** How many characters of the last packet were taken. */
  #taken = 0;

  constructor(console: SerialConsole, send: (payload: Buffer) => void, clock: Clock) {
    this.#clock = clock;
    this.#console = console;
    this.#send = send;
  }

  /** Begins to pass on what the machine writes: not before the console has heard that the payload is active. */
  start(): void {
    this.#unlisten ??= this.#console.listen((bytes) => this.#write(bytes));
  }

  /** Nobody hears it any more: another may have the serial line. */
  get closed(): boolean {
    return this.#closed;
  }

  heard(packet: SolPacket): void {
    if (this.#closed) return;
    if (packet.acknowledged !== 0 && packet.acknowledged === this.#inFlight?.sequence) this.#acknowledged(packet);
    const { sequence, data } = packet;
    const repeated = sequence !== 0 && sequence === this.#heardSequence;
    if (packet.status & solBits.sendBreak && !repeated) this.#console.sendBreak?.();
    if (sequence === 0) return;
    if (!repeated) this.#take(data);
    // A packet of which nothing was taken comes again under its number.
    this.#heardSequence = this.#taken === 0 && data.length > 0 ? 0 : sequence;
    const status = this.#taken < data.length ? solBits.nack : 0;
    this.#send(writeSol({ sequence: 0, acknowledged: sequence, accepted: this.#taken, status, data: none }));
  }

  #take(data: Buffer): void {
    const taken = data.length > 0 ? this.#console.write(data) : 0;
    this.#taken = typeof taken === 'number' ? Math.min(taken, data.length) : data.length;
  }

  /** Ends it; the console is told when it was the BMC's doing. */
  close(tell: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unlisten?.();
    this.#timer.abort();
    if (tell)
      this.#send(writeSol({ sequence: 0, acknowledged: 0, accepted: 0, status: solBits.deactivated, data: none }));
  }

  #write(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#backlog, bytes]);
    this.#backlog = all.subarray(Math.max(0, all.length - backlogLimit));
    this.#next();
  }

  #next(): void {
    if (this.#inFlight || this.#closed || this.#backlog.length === 0) return;
    this.#sequence = (this.#sequence % 15) + 1;
    this.#inFlight = { sequence: this.#sequence, data: this.#backlog.subarray(0, solChunk), sends: 0 };
    this.#backlog = this.#backlog.subarray(this.#inFlight.data.length);
    this.#transmit();
  }

  #transmit(): void {
    const packet = this.#inFlight;
    if (!packet || this.#closed) return;
    if (packet.sends++ > resends) {
      this.close(false);
      return;
    }
    this.#send(writeSol({ sequence: packet.sequence, acknowledged: 0, accepted: 0, status: 0, data: packet.data }));
    this.#timer = new AbortController();
    this.#clock.sleep(resendMs, this.#timer.signal).then(
      () => this.#transmit(),
      () => {},
    );
  }

  #acknowledged(packet: SolPacket): void {
    const packetInFlight = this.#inFlight!;
    if (packet.accepted === 0 && packetInFlight.data.length > 0) {
      // The console is there and takes nothing now: it is given the same packet when its time is up.
      packetInFlight.sends = 0;
      return;
    }
    this.#timer.abort();
    // What was not taken is sent again, under a new number.
    const rest = packetInFlight.data.subarray(packet.accepted);
    this.#inFlight = undefined;
    this.#backlog = Buffer.concat([rest, this.#backlog]);
    this.#next();
  }
}
