// The UDP socket through which all BMCs are reached: one for each address family.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { type Clock, systemClock } from '#base/clock.ts';
import { type Log, silent } from '#base/log.ts';
import { Actor } from './actor.ts';
import { Alarms } from './alarms.ts';
import { Bmc } from './bmc.ts';
import type { Bridge } from './bridge.ts';
import { type CircuitLimits, usualCircuit } from './circuit.ts';
import { type Privilege, privileges } from './commands/command.ts';
import { IpmiUnreachable } from './errors.ts';
import { Pace } from './pace.ts';
import type { ActorParts, BmcSettings, Protocol } from './parts.ts';
import { randomSource } from './wire/hmac.ts';
import { readPacket } from './wire/packet.ts';

export interface BmcOptions {
  /** IP address or host name. */
  readonly address: string;
  /** UDP port; 623 unless told. */
  readonly port?: number;
  readonly username: string;
  /** Up to 20 bytes. */
  readonly password: string | Uint8Array;
  /** What sessions ask for; administrator unless told. */
  readonly privilege?: Privilege;
  /** The BMC's key Kg, up to 20 bytes; none where it is not set. */
  readonly kg?: string | Uint8Array;
  /** To be tried in this order; 17, then 3, unless told. The one that worked is remembered. */
  readonly cipherSuites?: readonly number[];
  /** How long a session is kept after the last command; 5000 unless told, 0 closes at once. */
  readonly lingerMs?: number;
  /** Rest between two commands; none unless told. */
  readonly minCommandIntervalMs?: number;
  /** How long one command may take with all its repetitions, once its turn has come; 15,000 unless told. */
  readonly commandTimeoutMs?: number;
  readonly circuit?: Partial<CircuitLimits>;
  /** 2.0 unless told. */
  readonly protocol?: Protocol;
  /** The commands are for a controller behind the BMC. */
  readonly bridge?: Bridge;
}

export interface TransportParts {
  readonly clock?: Clock;
  readonly log?: Log;
  /** 0 to 1. */
  readonly random?: () => number;
  /** How many BMCs are talked to at one moment. */
  readonly places?: number;
}

export interface IpmiTransport {
  /** The BMC with these credentials. Those who give the same options share one queue and one session. */
  bmc(options: BmcOptions): Bmc;
  /** Ends all sessions and fails what was being asked; resolves when the sockets are closed. */
  close(): Promise<void>;
}

const receiveBuffer = 4 << 20;
/** An actor that nobody asked anything for so long is forgotten. */
const forgetAfterMs = 600_000;

const bytesOf = (secret: string | Uint8Array): Buffer => Buffer.from(secret as string);

function settingsOf(o: BmcOptions): BmcSettings {
  const port = o.port ?? 623;
  return {
    name: isIP(o.address) === 6 ? `[${o.address}]:${port}` : `${o.address}:${port}`,
    username: Buffer.from(o.username).subarray(0, 16),
    password: bytesOf(o.password).subarray(0, 20),
    kg: o.kg?.length ? bytesOf(o.kg).subarray(0, 20) : undefined,
    privilege: privileges[o.privilege ?? 'administrator'],
    // IPMI 1.5 has none: number 0 stands for the one way that there is.
    cipherSuites: o.protocol === '1.5' ? [0] : (o.cipherSuites ?? [17, 3]),
    lingerMs: o.lingerMs ?? 5_000,
    minCommandIntervalMs: o.minCommandIntervalMs ?? 0,
    commandTimeoutMs: o.commandTimeoutMs ?? 15_000,
    circuit: { ...usualCircuit, ...o.circuit },
    protocol: o.protocol ?? '2.0',
    bridge: o.bridge,
  };
}

/** The same for the same secret, and for no other. */
const textOf = (secret: string | Uint8Array | undefined): unknown =>
  typeof secret === 'object' ? [bytesOf(secret).toString('hex')] : secret;

const keyOf = (o: BmcOptions): string =>
  JSON.stringify([
    [o.address, o.port, o.username, textOf(o.password), textOf(o.kg), o.privilege, o.cipherSuites],
    [o.lingerMs, o.minCommandIntervalMs, o.commandTimeoutMs, o.circuit, o.protocol, o.bridge],
  ]);

class Transport implements IpmiTransport {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #random: () => number;
  readonly #randomBytes = randomSource();
  readonly #alarms: Alarms;
  readonly #pace: Pace;
  readonly #actors = new Map<string, Actor>();
  /** Who hears what comes from `address:port`. */
  readonly #hearers = new Map<string, Actor[]>();
  readonly #sockets = new Map<4 | 6, Promise<Socket>>();
  readonly #open = new Map<4 | 6, Socket>();
  #closed = false;
  #sweptAt = 0;

  constructor(parts: TransportParts) {
    this.#clock = parts.clock ?? systemClock;
    this.#log = parts.log ?? silent;
    this.#random = parts.random ?? Math.random;
    this.#alarms = new Alarms(this.#clock);
    this.#pace = new Pace(this.#clock, this.#alarms, parts.places ?? 256);
  }

  bmc(options: BmcOptions): Bmc {
    const key = keyOf(options);
    return new Bmc(() => this.#actor(key, options));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const actor of this.#actors.values()) actor.close();
    this.#alarms.close();
    const sockets = await Promise.all(this.#sockets.values());
    await Promise.all(
      sockets.map(async (socket) => {
        const closed = once(socket, 'close');
        socket.close();
        await closed;
      }),
    );
  }

  async socket(family: 4 | 6): Promise<Socket> {
    const open = this.#sockets.get(family) ?? this.#bind(family);
    this.#sockets.set(family, open);
    return open;
  }

  async #bind(family: 4 | 6): Promise<Socket> {
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      // Only addresses get here: names were resolved before.
      lookup: (address, _options, callback) => callback(null, address, family),
    });
    socket.on('message', (bytes, from) => this.#heard(bytes, from));
    socket.on('error', (error) => this.#log.warn({ error: error.message }, 'The IPMI socket reports an error.'));
    const listening = once(socket, 'listening');
    socket.bind(0);
    await listening;
    socket.setRecvBufferSize(receiveBuffer);
    this.#open.set(family, socket);
    return socket;
  }

  #heard(bytes: Buffer, from: RemoteInfo): void {
    const hearers = this.#hearers.get(`${from.address} ${from.port}`);
    if (!hearers) return;
    const packet = readPacket(bytes);
    if (packet.is === 'plus' || packet.is === 'v1.5') for (const actor of hearers) actor.hear(packet);
  }

  #actor(key: string, options: BmcOptions): Actor {
    let actor = this.#actors.get(key);
    if (actor) return actor;
    this.#forgetUnused();
    actor = this.#newActor(options);
    this.#actors.set(key, actor);
    if (this.#closed) actor.close();
    return actor;
  }

  #newActor(options: BmcOptions): Actor {
    const { port = 623 } = options;
    const settings = settingsOf(options);
    let address = options.address;
    let socket: Socket | undefined;
    let failure: string | undefined;
    // Only until one packet of a session went out: a callback for each would cost a tenth of all.
    let watched = true;
    const sent = (error: Error | null) => {
      failure = error?.message;
      watched = error !== null;
    };
    const parts: ActorParts = {
      clock: this.#clock,
      log: this.#log,
      alarms: this.#alarms,
      pace: this.#pace,
      random: this.#random,
      randomBytes: this.#randomBytes,
      send: (datagram) => {
        socket?.send(datagram, port, address, watched ? sent : undefined);
      },
      sendFailure: () => failure,
      ready: async () => {
        const before = address;
        watched = true;
        address = await this.#resolve(options.address, settings.name);
        socket = await this.socket(isIP(address) === 6 ? 6 : 4);
        if (address !== before) this.#unlisten(`${before} ${port}`, actor);
        this.#listen(`${address} ${port}`, actor);
      },
    };
    const actor = new Actor(parts, settings);
    return actor;
  }

  async #resolve(host: string, name: string): Promise<string> {
    if (isIP(host)) return host;
    try {
      return (await lookup(host)).address;
    } catch (cause) {
      const facts = { bmc: name, doing: `looking up ${host}`, packets: 0, ms: 0, mayHaveRun: false };
      throw new IpmiUnreachable({ ...facts, why: String((cause as Error).message) }, { cause });
    }
  }

  #listen(key: string, actor: Actor): void {
    const hearers = this.#hearers.get(key);
    if (!hearers) this.#hearers.set(key, [actor]);
    else if (!hearers.includes(actor)) hearers.push(actor);
    // pyghmi's BMC knows one session per console address; other BMCs have few slots.
    for (const other of hearers ?? []) if (other !== actor) other.yieldSession();
  }

  #unlisten(key: string, actor: Actor): void {
    const left = this.#hearers.get(key)?.filter((other) => other !== actor);
    if (left?.length) this.#hearers.set(key, left);
    else this.#hearers.delete(key);
  }

  #forgetUnused(): void {
    const before = this.#clock.now() - forgetAfterMs;
    if (this.#sweptAt > before) return;
    this.#sweptAt = this.#clock.now();
    for (const [key, actor] of this.#actors) {
      if (!actor.idle || actor.usedAt > before) continue;
      this.#actors.delete(key);
      for (const [address, hearers] of this.#hearers) if (hearers.includes(actor)) this.#unlisten(address, actor);
    }
  }
}

/** The way to all BMCs; close it in the end. */
export async function openTransport(parts: TransportParts = {}): Promise<IpmiTransport> {
  const transport = new Transport(parts);
  await transport.socket(4);
  return transport;
}
