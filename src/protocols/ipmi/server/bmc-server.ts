// The BMCs of simulated machines: a UDP socket each, thousands in one process.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { type Clock, systemClock } from '#base/clock.ts';
import { type Log, silent } from '#base/log.ts';
import { randomSource } from '../wire/hmac.ts';
import type { BmcFaults, BmcSpec } from './bmc-spec.ts';
import { Responder } from './responder.ts';
import type { Peer } from './server-session.ts';

export interface BmcServerParts {
  readonly clock?: Clock;
  readonly log?: Log;
  /** 0 to 1, for lost packets. */
  readonly random?: () => number;
}

/** One BMC that listens. */
export interface ListeningBmc {
  readonly address: string;
  readonly port: number;
  /** All its sessions are gone, without a word to the consoles. */
  loseSessions(): void;
  close(): Promise<void>;
}

export interface BmcServer {
  /**
   * Puts a BMC on an address (many in 127.0.0.0/8 will do) and port (0: any free one). Given as a function, it is only
   * made when its first packet comes. Rejects with the system's error when the address cannot be bound.
   */
  add(where: { address: string; port: number }, bmc: BmcSpec | (() => BmcSpec)): Promise<ListeningBmc>;
  /** Ends all of them. */
  close(): Promise<void>;
}

interface Shared {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

class Listening implements ListeningBmc {
  readonly address: string;
  readonly port: number;
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #bmc: BmcSpec | (() => BmcSpec);
  #spec: BmcSpec | undefined;
  #responder: Responder | undefined;
  #closed = false;

  constructor(shared: Shared, socket: Socket, bmc: BmcSpec | (() => BmcSpec)) {
    this.#shared = shared;
    this.#socket = socket;
    this.#bmc = bmc;
    const { address, port } = socket.address();
    this.address = address;
    this.port = port;
    socket.on('message', (bytes, from) => this.#hear(bytes, from));
    socket.on('error', (error) =>
      shared.log.warn({ address, port, error: error.message }, 'A BMC socket reports an error.'),
    );
  }

  loseSessions(): void {
    this.#responder?.loseSessions();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#responder?.close();
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #hear(bytes: Buffer, from: RemoteInfo): void {
    this.#spec ??= typeof this.#bmc === 'function' ? this.#bmc() : this.#bmc;
    const { faults } = this.#spec;
    if (faults?.silent || this.#lost(faults)) return;
    this.#responder ??= this.#makeResponder(this.#spec);
    this.#responder.hear(bytes, { address: from.address, port: from.port });
  }

  #lost(faults: BmcFaults | undefined): boolean {
    return faults?.loss !== undefined && this.#shared.random() < faults.loss;
  }

  #makeResponder(spec: BmcSpec): Responder {
    const { clock, log, randomBytes } = this.#shared;
    const send = (datagram: Buffer, to: Peer) => this.#send(spec.faults, datagram, to);
    return new Responder({ clock, log, randomBytes, port: this.port, send }, spec);
  }

  #send(faults: BmcFaults | undefined, datagram: Buffer, to: Peer): void {
    if (this.#lost(faults)) return;
    const latency = faults?.latencyMs ?? 0;
    if (latency === 0) this.#sendNow(datagram, to);
    else void this.#shared.clock.sleep(latency).then(() => this.#sendNow(datagram, to));
  }

  #sendNow(datagram: Buffer, to: Peer): void {
    if (!this.#closed) this.#socket.send(datagram, to.port, to.address, ignore);
  }
}

/** A packet that cannot be sent is a lost packet. */
const ignore = (): void => {};

/** A server without BMCs yet; `add` them. */
export function createBmcServer(parts: BmcServerParts = {}): BmcServer {
  const shared: Shared = {
    clock: parts.clock ?? systemClock,
    log: parts.log ?? silent,
    random: parts.random ?? Math.random,
    randomBytes: randomSource(),
  };
  const listening = new Set<Listening>();
  return {
    async add({ address, port }, bmc) {
      const family = isIP(address) === 6 ? 6 : 4;
      const socket = createSocket({
        type: family === 6 ? 'udp6' : 'udp4',
        lookup: (host, _options, callback) => callback(null, host, family),
      });
      const bound = once(socket, 'listening');
      socket.bind({ address, port, exclusive: true });
      await bound;
      const one = new Listening(shared, socket, bmc);
      listening.add(one);
      return one;
    },
    async close() {
      await Promise.all([...listening].map((one) => one.close()));
      listening.clear();
    },
  };
}
