// Serial over LAN from the console's end (IPMI 2.0 §15): bytes in, bytes out, each packet acknowledged.
import type { Actor } from './actor.ts';
import type { Alarm } from './alarms.ts';
import { deviceId } from './commands/app.ts';
import { type CallOptions, type Command, nothing, privileges } from './commands/command.ts';
import { type SolPacket, solBits, writeSol } from './wire/sol.ts';
import { unreadable } from './wire/unreadable.ts';

/** The serial line: an async iterable of what the machine writes. */
export interface SolStream extends AsyncIterable<Buffer> {
  /** Resolves when the BMC has taken all of it; rejects when the line was lost. */
  write(bytes: Uint8Array): Promise<void>;
  /** A break on the serial line. */
  sendBreak(): void;
  close(): Promise<void>;
}

interface Activated {
  readonly inbound: number;
}

const payload = { type: 1, instance: 1 };
const resendMs = 500;
const resends = 7;
const keepAliveMs = 20_000;
/** Bytes that nobody has read; beyond that the BMC is not acknowledged, so it holds the machine's output back. */
const unreadLimit = 1 << 20;

const activate: Command<Activated> = {
  name: 'Activate Payload (SOL)',
  netFn: 0x06,
  cmd: 0x48,
  // Encrypted and signed, as far as the session is.
  data: Uint8Array.of(payload.type, payload.instance, 0xc0, 0, 0, 0),
  needs: privileges.user,
  read: (b) => (b.length < 8 ? unreadable('shorter than 8 bytes') : { inbound: b.readUInt16LE(4) }),
};

const deactivate: Command<undefined> = {
  name: 'Deactivate Payload (SOL)',
  netFn: 0x06,
  cmd: 0x49,
  data: Uint8Array.of(payload.type, payload.instance, 0, 0, 0, 0),
  needs: privileges.user,
  read: nothing,
};

export async function openSol(actor: Actor, options: CallOptions = {}): Promise<SolStream> {
  const { inbound } = await actor.run(activate, options);
  return new Sol(actor, Math.max(1, Math.min(inbound - 4, 200)));
}

class Sol implements SolStream {
  readonly #actor: Actor;
  readonly #chunk: number;
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #wakeReader: (() => void) | undefined;
  #over = false;
  #sequence = 0;
  #heardSequence = 0;
  #pending: { sequence: number; sent: (accepted: number | undefined) => void } | undefined;
  #writing: Promise<void> = Promise.resolve();
  #keepAlive: Alarm | undefined;

  constructor(actor: Actor, chunk: number) {
    this.#actor = actor;
    this.#chunk = chunk;
    actor.listen({ heard: (packet) => this.#heard(packet), lost: () => this.#end() });
    this.#keepAliveLater();
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll(Buffer.from(bytes)));
    return this.#writing;
  }

  sendBreak(): void {
    this.#actor.sendSol(
      writeSol({ sequence: 0, acknowledged: 0, accepted: 0, status: solBits.sendBreak, data: Buffer.alloc(0) }),
    );
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#end();
    await this.#actor.run(deactivate, {}).catch(() => {});
    this.#actor.listen(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    for (;;) {
      const next = this.#unread.shift();
      if (next) {
        this.#unreadBytes -= next.length;
        yield next;
      } else if (this.#over) return;
      else await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  /** BMCs end a session in which nothing is said. */
  #keepAliveLater(): void {
    this.#keepAlive = this.#actor.after(keepAliveMs, () => {
      const asked = this.#actor.run(deviceId, { rank: 'order' });
      asked.then(() => this.#over || this.#keepAliveLater()).catch(() => this.#end());
    });
  }

  #end(): void {
    this.#over = true;
    this.#keepAlive?.cancel();
    this.#pending?.sent(undefined);
    this.#wakeReader?.();
  }

  #heard(packet: SolPacket): void {
    if (packet.status & solBits.deactivated) this.#end();
    // Nothing taken: the same packet is sent again when its time is up.
    else if (packet.accepted > 0 && packet.acknowledged === this.#pending?.sequence)
      this.#pending.sent(packet.accepted);
    if (packet.sequence === 0 || this.#unreadBytes > unreadLimit) return;
    const { sequence, data } = packet;
    const answer = { sequence: 0, acknowledged: sequence, accepted: data.length, status: 0, data: Buffer.alloc(0) };
    this.#actor.sendSol(writeSol(answer));
    if (sequence === this.#heardSequence || data.length === 0) return;
    this.#heardSequence = sequence;
    this.#unread.push(Buffer.from(data));
    this.#unreadBytes += data.length;
    this.#wakeReader?.();
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#writeChunk(rest.subarray(0, this.#chunk)));
  }

  /** How many bytes the BMC took; the same packet is sent again until it says so. */
  async #writeChunk(data: Buffer): Promise<number> {
    this.#sequence = (this.#sequence % 15) + 1;
    const packet = writeSol({ sequence: this.#sequence, acknowledged: 0, accepted: 0, status: 0, data });
    for (let send = 0; send <= resends && !this.#over; send++) {
      const accepted = await this.#sendAndWait(packet);
      if (accepted !== undefined) return accepted;
    }
    this.#end();
    throw this.#actor.solLost(resends + 1, (resends + 1) * resendMs);
  }

  #sendAndWait(packet: Buffer): Promise<number | undefined> {
    return new Promise((resolve) => {
      const timer = this.#actor.after(resendMs, () => sent(undefined));
      const sent = (accepted: number | undefined) => {
        timer.cancel();
        this.#pending = undefined;
        resolve(accepted);
      };
      this.#pending = { sequence: this.#sequence, sent };
      this.#actor.sendSol(packet);
    });
  }
}
