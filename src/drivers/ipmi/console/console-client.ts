// One TCP connection to a console: shown what the machine writes, cut off when nothing goes either way for long.
import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';

export interface ClientParts {
  readonly clock: Clock;
  /** 0: never cut off. */
  readonly idleMs: number;
  /** Resolves when the machine has taken what was typed: until then nothing more is read. */
  typed(bytes: Buffer): Promise<void>;
  gone(client: ConsoleClient): void;
}

/** Bytes that wait for a slow client; what comes while there are more is lost for it, and it is told how much. */
const waitingLimit = 256 << 10;

export class ConsoleClient {
  readonly #socket: Socket;
  readonly #parts: ClientParts;
  readonly #gone = new AbortController();
  #lastAt: number;
  #lost = 0;

  constructor(socket: Socket, parts: ClientParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#lastAt = parts.clock.now();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (bytes) => void this.#type(bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#gone.abort();
      parts.gone(this);
    });
    if (parts.idleMs > 0) void this.#watchIdleness();
  }

  show(bytes: Uint8Array): void {
    if (this.#socket.writableLength > waitingLimit) {
      this.#lost += bytes.length;
      return;
    }
    const lost = this.#lost;
    this.#lost = 0;
    if (lost) this.say(`${lost} bytes of the machine's output are missing here: this connection is too slow`);
    this.#lastAt = this.#parts.clock.now();
    this.#socket.write(bytes);
  }

  /** A line of our own between those of the machine. */
  say(sentence: string): void {
    if (this.#socket.writableLength <= waitingLimit) this.#socket.write(`\r\n[ingot: ${sentence}]\r\n`);
  }

  /** Says why, and hangs up. */
  end(why: string): void {
    this.say(why);
    this.#socket.destroySoon();
  }

  async #type(bytes: Buffer): Promise<void> {
    this.#lastAt = this.#parts.clock.now();
    this.#socket.pause();
    await this.#parts.typed(bytes);
    this.#socket.resume();
  }

  async #watchIdleness(): Promise<void> {
    const { clock, idleMs } = this.#parts;
    const left = () => this.#lastAt + idleMs - clock.now();
    try {
      for (let ms = left(); ms > 0; ms = left()) await clock.sleep(ms, this.#gone.signal);
      this.end(`nothing was typed or shown for ${idleMs / 1000} s`);
    } catch {
      // It has gone by itself.
    }
  }
}
