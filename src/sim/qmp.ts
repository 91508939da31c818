// The machine protocol of QEMU: one JSON object a line, commands answered by id, events in between (QEMU: qmp-spec).
import type { Readable, Writable } from 'node:stream';
import { defineError } from '#base/errors.ts';

export const QmpRefused = defineError(
  'QmpRefused',
  500,
  (p: { command: string; said: string }) => `QEMU refused ${p.command}: ${p.said}`,
);

export const QmpGone = defineError(
  'QmpGone',
  500,
  (p: { command: string; why: string }) => `QEMU gave no answer to ${p.command}: ${p.why}`,
);

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Message = Readonly<Record<string, unknown>>;

/** Cuts a byte stream into JSON objects, one a line; a line over `limit` bytes or one that is no object is an error. */
export function lineParser(limit: number, hear: (message: Message) => void): (chunk: Uint8Array) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf(10);
      if ((end < 0 ? rest.length : end) > limit) throw new Error(`a line of more than ${limit} bytes`);
      if (end < 0) return;
      const line = rest.toString('utf8', 0, end).trim();
      rest = rest.subarray(end + 1);
      if (!line) continue;
      const message: unknown = JSON.parse(line);
      if (typeof message !== 'object' || message === null || Array.isArray(message))
        throw new Error('a line that holds no object');
      hear(message as Message);
    }
  };
}

interface Waiting {
  readonly command: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const lineLimit = 1 << 20;
const commandTimeoutMs = 10_000;

/** A QMP session over two streams. */
export class Qmp {
  readonly #to: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #hearEvent: (event: QmpEvent) => void;
  #greeting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #ended: string | undefined;
  #lastId = 0;

  constructor(from: Readable, to: Writable, hearEvent: (event: QmpEvent) => void) {
    this.#to = to;
    this.#hearEvent = hearEvent;
    const parse = lineParser(lineLimit, (message) => this.#hear(message));
    from.on('data', (chunk: Buffer) => {
      if (this.#ended) return;
      try {
        parse(chunk);
      } catch (error) {
        this.end(`it sent ${error instanceof Error ? error.message : 'rubbish'}`);
      }
    });
    from.on('close', () => this.end('it has ended'));
    from.on('error', (error) => this.end(error.message));
    to.on('error', (error) => this.end(error.message));
  }

  /** Wait for the greeting and leave the negotiation; call it once, first. */
  async begin(): Promise<void> {
    const greeted = new Promise<void>((resolve, reject) => {
      this.#greeting = { resolve, reject };
      if (this.#ended) reject(new QmpGone({ command: 'the greeting', why: this.#ended }));
    });
    await greeted;
    await this.execute('qmp_capabilities');
  }

  /** Resolves with what the command returns; `QmpRefused` or `QmpGone` otherwise. */
  execute(command: string, args: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new QmpGone({ command, why: this.#ended }));
      const id = ++this.#lastId;
      const late = () => {
        this.#waiting.delete(id);
        reject(new QmpGone({ command, why: `nothing in ${commandTimeoutMs / 1000} s` }));
      };
      this.#waiting.set(id, { command, resolve, reject, timer: setTimeout(late, commandTimeoutMs) });
      this.#to.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  /** Fail everything that waits. */
  end(why: string): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#greeting?.reject(new QmpGone({ command: 'the greeting', why }));
    for (const { command, reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new QmpGone({ command, why }));
    }
    this.#waiting.clear();
  }

  #hear(message: Message): void {
    if ('QMP' in message) this.#greeting?.resolve();
    else if (typeof message.event === 'string')
      this.#hearEvent({ event: message.event, data: (message.data ?? {}) as QmpEvent['data'] });
    else this.#hearAnswer(message);
  }

  #hearAnswer(message: Message): void {
    const waiting = this.#waiting.get(Number(message.id));
    if (!waiting) return;
    this.#waiting.delete(Number(message.id));
    clearTimeout(waiting.timer);
    if (!('error' in message)) {
      waiting.resolve(message.return);
      return;
    }
    const { desc } = (message.error ?? {}) as { desc?: unknown };
    waiting.reject(new QmpRefused({ command: waiting.command, said: String(desc ?? 'no reason given') }));
  }
}
