// One session with a BMC, from the console's end.
import type { Sealed } from './commands/command.ts';
import { SequenceWindow } from './sequence-window.ts';
import { type Message, readMessage } from './wire/message.ts';
import { type Packet15, type PacketPlus, payloads } from './wire/packet.ts';
import { type SessionKeys, seal, unseal } from './wire/seal.ts';
import { readSol, type SolPacket } from './wire/sol.ts';
import { isUnreadable } from './wire/unreadable.ts';

/** What a session is to those who work in it, whichever version of IPMI it speaks. */
export interface BmcSession {
  /** The session's number at the BMC, and the one that the BMC's packets to us carry. */
  readonly id: number;
  readonly ourId: number;
  /** The privilege that the session may ask for. */
  readonly privilege: number;
  readonly sealed: Sealed;
  /** The privilege that the session has: a new one has that of a user, whatever it asked for (IPMI 2.0 §22.18). */
  level: number;
  /** When the BMC was last heard in it; milliseconds since the epoch. */
  heardAt: number;
  /** The number that the next request and its repetitions go by. */
  nextRequest(): number;
  /** A datagram with this message; each call makes another one. */
  seal(message: Buffer): Buffer;
  /** What is in a packet of this session; undefined for forged, repeated or unreadable ones. */
  open(packet: Packet15 | PacketPlus): Message | SolPacket | undefined;
  /** A datagram with a packet of the serial line; only sessions of IPMI 2.0 have one. */
  sealSol?(payload: Buffer): Buffer;
  /** Packets of the serial line go in the clear from now on, both ways. */
  clearSol?(): void;
}

export interface SessionParts {
  readonly keys: SessionKeys;
  readonly bmcId: number;
  readonly consoleId: number;
  readonly random: (size: number) => Buffer;
  readonly privilege: number;
}

export class Session implements BmcSession {
  readonly id: number;
  readonly ourId: number;
  readonly privilege: number;
  level = 2;
  heardAt: number;
  readonly #parts: SessionParts;
  readonly #window = new SequenceWindow();
  #sequence = 0;
  #rqSeq = 0;
  #solKeys: SessionKeys;

  constructor(parts: SessionParts, now: number) {
    this.#parts = parts;
    this.id = parts.bmcId;
    this.ourId = parts.consoleId;
    this.privilege = parts.privilege;
    this.#solKeys = parts.keys;
    this.heardAt = now;
  }

  get sealed(): Sealed {
    const { aes, integrity } = this.#parts.keys;
    return { encrypted: aes !== undefined, authenticated: integrity !== undefined };
  }

  nextRequest(): number {
    this.#rqSeq = (this.#rqSeq + 1) & 0x3f;
    return this.#rqSeq;
  }

  seal(message: Buffer): Buffer {
    return this.#seal(this.#parts.keys, payloads.ipmi, message);
  }

  sealSol(payload: Buffer): Buffer {
    return this.#seal(this.#solKeys, payloads.sol, payload);
  }

  clearSol(): void {
    this.#solKeys = { ...this.#parts.keys, aes: undefined };
  }

  open(packet: Packet15 | PacketPlus): Message | SolPacket | undefined {
    if (packet.is !== 'plus') return undefined;
    const isSol = packet.payloadType === payloads.sol;
    const plain = unseal(isSol ? this.#solKeys : this.#parts.keys, packet);
    if (isUnreadable(plain) || !this.#window.take(packet.sequence)) return undefined;
    const inside = isSol ? readSol(plain) : readMessage(plain);
    return isUnreadable(inside) ? undefined : inside;
  }

  #seal(keys: SessionKeys, payloadType: number, plain: Buffer): Buffer {
    this.#sequence = this.#sequence === 0xffff_ffff ? 1 : this.#sequence + 1;
    return seal(keys, payloadType, this.id, this.#sequence, plain, this.#parts.random);
  }
}
