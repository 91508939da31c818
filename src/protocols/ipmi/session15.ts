// One session with a BMC that speaks IPMI 1.5, from the console's end: authenticated, or not even that; never encrypted.

import { SequenceWindow } from './sequence-window.ts';
import type { BmcSession } from './session.ts';
import { type AuthType, authTypes, seal15, unseal15 } from './wire/auth15.ts';
import { type Message, readMessage } from './wire/message.ts';
import type { Packet15, PacketPlus } from './wire/packet.ts';
import { isUnreadable } from './wire/unreadable.ts';

export interface Session15Parts {
  readonly id: number;
  readonly authType: AuthType;
  readonly secret: Buffer;
  /** The number that our next packet shall have. */
  readonly inbound: number;
  readonly privilege: number;
}

export class Session15 implements BmcSession {
  readonly id: number;
  readonly ourId: number;
  readonly privilege: number;
  readonly sealed = { encrypted: false, authenticated: false };
  level = 2;
  heardAt: number;
  readonly #parts: Session15Parts;
  readonly #window = new SequenceWindow();
  #sequence: number;
  #rqSeq = 0;

  constructor(parts: Session15Parts, now: number) {
    this.#parts = parts;
    this.id = parts.id;
    this.ourId = parts.id;
    this.privilege = parts.privilege;
    this.#sequence = parts.inbound;
    this.heardAt = now;
  }

  nextRequest(): number {
    this.#rqSeq = (this.#rqSeq + 1) & 0x3f;
    return this.#rqSeq;
  }

  seal(message: Buffer): Buffer {
    const { authType, secret, id } = this.#parts;
    const datagram = seal15(authType, secret, id, this.#sequence, message);
    this.#sequence = this.#sequence === 0xffff_ffff ? 1 : this.#sequence + 1;
    return datagram;
  }

  open(packet: Packet15 | PacketPlus): Message | undefined {
    if (packet.is !== 'v1.5') return undefined;
    const { authType, secret } = this.#parts;
    const payload = unseal15(authType, secret, packet);
    if (isUnreadable(payload)) return undefined;
    // Without authentication some BMCs count nothing.
    const counted = authType !== authTypes.none || packet.sequence !== 0;
    if (counted && !this.#window.take(packet.sequence)) return undefined;
    const message = readMessage(payload);
    return isUnreadable(message) ? undefined : message;
  }
}
