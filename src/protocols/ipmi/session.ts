// One session with a BMC, from the console's end.
import type { Sealed } from './commands/command.ts';
import { SequenceWindow } from './sequence-window.ts';
import { bmcAddress, consoleAddress, type Message, readMessage, writeMessage } from './wire/message.ts';
import { type PacketPlus, payloads } from './wire/packet.ts';
import { type SessionKeys, seal, unseal } from './wire/seal.ts';
import { readSol, type SolPacket } from './wire/sol.ts';
import { isUnreadable } from './wire/unreadable.ts';

export interface SessionParts {
  readonly keys: SessionKeys;
  readonly bmcId: number;
  readonly consoleId: number;
  readonly random: (size: number) => Buffer;
  /** The privilege that a session may ask for. */
  readonly privilege: number;
}

export class Session {
  readonly parts: SessionParts;
  /** The privilege that the session has: a new one has that of a user, whatever it asked for (IPMI 2.0 §22.18). */
  level = 2;
  /** When the BMC was last heard in it; milliseconds since the epoch. */
  heardAt: number;
  readonly #window = new SequenceWindow();
  #sequence = 0;
  #rqSeq = 0;
  #solKeys: SessionKeys;

  constructor(parts: SessionParts, now: number) {
    this.parts = parts;
    this.#solKeys = parts.keys;
    this.heardAt = now;
  }

  /** The number that the next request and its repetitions go by. */
  nextRequest(): number {
    this.#rqSeq = (this.#rqSeq + 1) & 0x3f;
    return this.#rqSeq;
  }

  get sealed(): Sealed {
    const { aes, integrity } = this.parts.keys;
    return { encrypted: aes !== undefined, authenticated: integrity !== undefined };
  }

  /** Packets of the serial line go in the clear from now on, both ways. */
  clearSol(): void {
    this.#solKeys = { ...this.parts.keys, aes: undefined };
  }

  #seal(keys: SessionKeys, payloadType: number, plain: Buffer): Buffer {
    this.#sequence = this.#sequence === 0xffff_ffff ? 1 : this.#sequence + 1;
    const { bmcId, random } = this.parts;
    return seal(keys, payloadType, bmcId, this.#sequence, plain, random);
  }

  request(rqSeq: number, netFn: number, lun: number, cmd: number, data: Uint8Array): Buffer {
    const message = { rsAddr: bmcAddress, netFn, rsLun: lun, rqAddr: consoleAddress, rqSeq, rqLun: 0, cmd };
    return this.#seal(this.parts.keys, payloads.ipmi, writeMessage({ ...message, data: data as Buffer }));
  }

  sol(payload: Buffer): Buffer {
    return this.#seal(this.#solKeys, payloads.sol, payload);
  }

  /** What is in a packet of this session; undefined for forged, repeated or unreadable ones. */
  open(packet: PacketPlus): Message | SolPacket | undefined {
    const isSol = packet.payloadType === payloads.sol;
    const plain = unseal(isSol ? this.#solKeys : this.parts.keys, packet);
    if (isUnreadable(plain) || !this.#window.take(packet.sequence)) return undefined;
    const inside = isSol ? readSol(plain) : readMessage(plain);
    return isUnreadable(inside) ? undefined : inside;
  }
}
