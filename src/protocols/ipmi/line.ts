// The line to one BMC: one question at a time, asked again until it is answered or patience ends.
import type { Clock } from '#base/clock.ts';
import type { Alarm, Alarms } from './alarms.ts';
import { RoundTrip } from './round-trip.ts';
import type { Message } from './wire/message.ts';
import type { Packet15, PacketPlus } from './wire/packet.ts';

/** A packet of session set-up, or what was inside of a session's packet. */
export type Heard = Packet15 | PacketPlus | Message;

export interface Question<T> {
  /** The datagram to send; asked for anew each time, as each needs its own sequence number. */
  packet(): Buffer;
  /** What the question waits for, or undefined to go on waiting. */
  answer(heard: Heard): T | undefined;
  /** At most so many packets; a question that is sent once still waits until `until`. */
  readonly sends: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface Silence {
  readonly is: 'silence';
  readonly packets: number;
  readonly ms: number;
}

export interface LineParts {
  readonly clock: Clock;
  readonly alarms: Alarms;
  random(): number;
  send(datagram: Buffer): void;
  /** Told of each send, and of each measured round trip in milliseconds. */
  sent(): void;
  measured(ms: number): void;
  /** Milliseconds to wait at least: when all BMCs are slow it is us, or the network. */
  patience(): number;
}

interface Pending {
  hear(heard: Heard): void;
  giveUp(): void;
}

export class Line {
  readonly #parts: LineParts;
  readonly #roundTrip = new RoundTrip();
  #pending: Pending | undefined;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  /** Asks until something answers; a silence tells how often and for how long. */
  ask<T extends object>(question: Question<T>): Promise<T | Silence> {
    const { clock, alarms, random, send, sent, measured, patience } = this.#parts;
    const started = clock.now();
    let packets = 0;
    let alarm: Alarm | undefined;
    return new Promise((resolve) => {
      const end = (outcome: T | Silence) => {
        alarm?.cancel();
        this.#pending = undefined;
        resolve(outcome);
      };
      const silence = () => end({ is: 'silence', packets, ms: clock.now() - started });
      const next = () => {
        const now = clock.now();
        if (now >= question.until || packets >= question.sends) return silence();
        packets++;
        sent();
        send(question.packet());
        const last = packets === question.sends;
        const patient = last && question.sends === 1;
        const wait = patient
          ? question.until - now
          : Math.max(patience(), this.#roundTrip.waitAfter(packets, random()));
        alarm = alarms.after(Math.min(wait, question.until - now), next);
      };
      const hear = (heard: Heard) => {
        const outcome = question.answer(heard);
        if (outcome === undefined) return;
        const ms = clock.now() - started;
        this.#roundTrip.measured(ms, packets);
        if (packets === 1) measured(ms);
        end(outcome);
      };
      this.#pending = { hear, giveUp: silence };
      next();
    });
  }

  hear(heard: Heard): void {
    this.#pending?.hear(heard);
  }

  /** The question that is being asked now ends in silence. */
  giveUp(): void {
    this.#pending?.giveUp();
  }

  send(datagram: Buffer): void {
    this.#parts.send(datagram);
  }
}
