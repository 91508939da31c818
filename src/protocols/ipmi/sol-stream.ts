// Serial over LAN from the console's end (IPMI 2.0 §15): bytes in, bytes out, each packet acknowledged.
import type { Actor } from './actor.ts';
import type { Alarm } from './alarms.ts';
import { deviceId } from './commands/app.ts';
import { deactivateSol } from './commands/payload.ts';
import { type SolPacket, solBits, writeSol } from './wire/sol.ts';

/** The serial line: an async iterable of what the machine writes. */
export interface SolStream extends AsyncIterable<Buffer> {
  /** Resolves when the BMC has taken all of it; rejects when the line was lost. */
  write(bytes: Uint8Array): Promise<void>;
  /** A break on the serial line. */
  sendBreak(): void;
  close(): Promise<void>;
}

const resendMs = 500;
const resends = 7;
/** A BMC that takes nothing now, and says so, is asked for so long; then the characters are lost, as on a port that nobody reads. */
const refusedSends = 20;
const keepAliveMs = 20_000;
const closeMs = 3_000;
/** Bytes that nobody has read; beyond that the BMC is told to hold the machine's output back. */
const unreadLimit = 1 << 20;
const none = Buffer.alloc(0);

/** What the BMC said of a packet: how many characters it took, that it takes none now, or nothing at all. */
type Said = number | 'refused' | 'silence';

export class Sol implements SolStream {
  readonly #actor: Actor;
  readonly #chunk: number;
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #wakeReader: (() => void) | undefined;
  #over = false;
  #sequence = 0;
  #heardSequence = 0;
  #pending: { sequence: number; sent: (said: Said) => void } | undefined;
  #writing: Promise<void> = Promise.resolve();
  #keepAlive: Alarm | undefined;
  /** The BMC has said that it takes nothing of the packet now. */
  #refused = false;

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
    this.#actor.sendSol(writeSol({ sequence: 0, acknowledged: 0, accepted: 0, status: solBits.sendBreak, data: none }));
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#end();
    const deadline = this.#actor.now() + closeMs;
    await this.#actor.run(deactivateSol, { rank: 'order', deadline }).catch(() => {});
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
      const asked = this.#actor.run({ ...deviceId, paced: false }, { rank: 'order' });
      asked.then(() => this.#over || this.#keepAliveLater()).catch(() => this.#lost());
    });
  }

  #lost(): void {
    if (this.#over) return;
    this.#end();
    this.#actor.listen(undefined);
  }

  #end(): void {
    this.#over = true;
    this.#keepAlive?.cancel();
    this.#pending?.sent('silence');
    this.#wakeReader?.();
  }

  #heard(packet: SolPacket): void {
    if (packet.acknowledged !== 0 && packet.acknowledged === this.#pending?.sequence) this.#acknowledged(packet);
    if (packet.status & solBits.deactivated) this.#lost();
    const { sequence, data } = packet;
    if (sequence === 0 || this.#over) return;
    const repeated = sequence === this.#heardSequence;
    // Nothing taken, and said so: the BMC keeps the characters and sends them again.
    const full = !repeated && this.#unreadBytes > unreadLimit;
    const accepted = full ? 0 : data.length;
    this.#actor.sendSol(
      writeSol({ sequence: 0, acknowledged: sequence, accepted, status: full ? solBits.nack : 0, data: none }),
    );
    if (repeated || full) return;
    this.#heardSequence = sequence;
    if (data.length === 0) return;
    this.#unread.push(Buffer.from(data));
    this.#unreadBytes += data.length;
    this.#wakeReader?.();
  }

  #acknowledged({ accepted, status }: SolPacket): void {
    if (accepted > 0) this.#pending?.sent(accepted);
    // It says so at once; the packet is sent again when its time is up, not sooner.
    else if (status & (solBits.nack | solBits.unavailable)) this.#refused = true;
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#writeChunk(rest.subarray(0, this.#chunk)));
  }

  /** How many bytes the BMC took; the same packet is sent again until it says so. */
  async #writeChunk(data: Buffer): Promise<number> {
    this.#sequence = (this.#sequence % 15) + 1;
    const packet = writeSol({ sequence: this.#sequence, acknowledged: 0, accepted: 0, status: 0, data });
    let silences = 0;
    let refusals = 0;
    while (silences <= resends && !this.#over) {
      const said = await this.#sendAndWait(packet);
      if (typeof said === 'number') return Math.min(said, data.length);
      if (said === 'silence') silences++;
      else if (++refusals >= refusedSends) return data.length;
    }
    this.#lost();
    throw this.#actor.solLost(resends + 1, (resends + 1) * resendMs);
  }

  #sendAndWait(packet: Buffer): Promise<Said> {
    this.#refused = false;
    return new Promise((resolve) => {
      const timer = this.#actor.after(resendMs, () => sent(this.#refused ? 'refused' : 'silence'));
      const sent = (said: Said) => {
        timer.cancel();
        this.#pending = undefined;
        resolve(said);
      };
      this.#pending = { sequence: this.#sequence, sent };
      this.#actor.sendSol(packet);
    });
  }
}
