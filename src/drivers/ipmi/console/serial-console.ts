// The console of one machine: a TCP port, those who are connected, and the serial line that they share.

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { SolStream } from '#protocols/ipmi/sol-stream.ts';
import { ConsoleClient } from './console-client.ts';
import { lineIsOpen, SolLine } from './sol-line.ts';

export interface SerialConsoleParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly idleMs: number;
  connect: Connect;
}

export type Connect = (signal: AbortSignal) => Promise<SolStream>;

/** Who looks at one machine at a time. */
const mostClients = 16;

export class SerialConsole {
  readonly #parts: SerialConsoleParts;
  readonly #server: Server;
  readonly #clients = new Set<ConsoleClient>();
  readonly #line: SolLine;
  #connect: Connect;

  constructor(parts: SerialConsoleParts) {
    this.#parts = parts;
    this.#connect = parts.connect;
    this.#server = createServer((socket) => this.#join(socket));
    this.#line = new SolLine({
      ...parts,
      connect: (signal) => this.#connect(signal),
      heard: (bytes) => this.#each((client) => client.show(bytes)),
      told: (sentence) => this.#each((client) => client.say(sentence)),
    });
  }

  /** Rejects with the system's error where the port cannot be had. */
  async listen(host: string, port: number): Promise<void> {
    const listening = once(this.#server, 'listening');
    this.#server.listen({ host, port, exclusive: true });
    await listening;
    this.#server.on('error', (error) => this.#parts.log.warn({ err: error, port }, 'a console port reports an error'));
  }

  /** How the line is taken from the next time on. */
  connectBy(connect: Connect): void {
    this.#connect = connect;
  }

  /** Hangs up on everybody and frees the port; resolves when the line was given back. */
  async close(why: string): Promise<void> {
    this.#server.close();
    this.#each((client) => client.end(why));
    await this.#line.stop();
  }

  #each(act: (client: ConsoleClient) => void): void {
    for (const client of this.#clients) act(client);
  }

  #join(socket: Socket): void {
    const { clock, idleMs } = this.#parts;
    const client = new ConsoleClient(socket, {
      clock,
      idleMs,
      typed: (bytes) => this.#line.write(bytes),
      gone: (left) => this.#leave(left),
    });
    if (this.#clients.size >= mostClients) client.end(`${mostClients} others look at this console already`);
    else {
      this.#clients.add(client);
      if (this.#line.open) client.say(lineIsOpen);
      this.#line.start();
    }
  }

  /** The last one switches the light off: a BMC has few sessions. */
  #leave(client: ConsoleClient): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) void this.#line.stop();
  }
}
