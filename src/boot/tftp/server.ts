// Reads only; one socket for each transfer, bound to the same address.
import type dgram from 'node:dgram';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { negotiate, type TransferLimits } from '#protocols/tftp/negotiation.ts';
import { decodeTftp, encodeTftp, type TftpPacket, tftpErrors } from '#protocols/tftp/packet.ts';
import { cleanName, type FileProvider, type ServedFile } from '../served-file.ts';
import { bindUdp } from '../sockets/udp-socket.ts';
import type { BootEventSink } from '../timeline/boot-event.ts';
import type { Whereabouts } from '../whereabouts.ts';
import { asNetascii } from './netascii.ts';
import { runTransfer, type TransferEnd, type TransferSocket } from './transfer.ts';

export interface TftpServerParts {
  readonly files: FileProvider;
  /** A new socket for one transfer. */
  readonly openSocket: () => Promise<TransferSocket>;
  readonly limits: TransferLimits & { readonly perClient: number; readonly together: number };
  readonly whereabouts: Whereabouts;
  readonly onBootEvent: BootEventSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** 1468 bytes and 4 of header fit an Ethernet frame; larger windows than 64 only fill the client's receive buffer. */
export const tftpLimits = { blksize: 1468, windowsize: 64, perClient: 8, together: 256 } as const;

type Request = TftpPacket & { readonly op: 'read' | 'write' };
type Refuse = (code: number, message: string) => void;
interface From {
  readonly address: string;
  readonly port: number;
}

export class TftpService {
  readonly #parts: TftpServerParts;
  readonly #running = new Map<string, string>();

  constructor(parts: TftpServerParts) {
    this.#parts = parts;
  }

  /** A datagram that came to the well-known port; `refuse` answers from that port. Never throws. */
  async receive(bytes: Buffer, from: From, reply: (bytes: Buffer) => void): Promise<void> {
    const read = decodeTftp(bytes);
    if ('malformed' in read || (read.packet.op !== 'read' && read.packet.op !== 'write')) return;
    const request = read.packet;
    const refuse: Refuse = (code, message) => {
      reply(encodeTftp({ op: 'error', code, message }));
      this.#tell('tftp-failed', from, request.path, `refused: ${message}`, 0);
    };
    const key = `${from.address} ${from.port}`;
    if (this.#running.has(key)) return; // the client repeats a request that is being answered
    if (this.#full(from.address)) return refuse(tftpErrors.undefined, 'too many transfers');
    this.#running.set(key, from.address);
    try {
      await this.#serve(request, from, refuse);
    } catch (error) {
      this.#parts.log.error({ address: from.address, path: request.path }, `TFTP transfer failed: ${explain(error)}`);
      refuse(tftpErrors.undefined, 'internal error');
    } finally {
      this.#running.delete(key);
    }
  }

  #full(address: string): boolean {
    const { perClient, together } = this.#parts.limits;
    const own = [...this.#running.values()].filter((a) => a === address).length;
    return own >= perClient || this.#running.size >= together;
  }

  async #serve(request: Request, from: From, refuse: Refuse): Promise<void> {
    if (request.op === 'write') return refuse(tftpErrors.accessViolation, 'this server does not take files');
    if (request.mode !== 'octet' && request.mode !== 'netascii') {
      return refuse(tftpErrors.illegalOperation, `mode ${request.mode} is not served`);
    }
    const name = cleanName(request.path);
    const file = name ? await this.#parts.files(name, { address: from.address, by: 'tftp' }) : undefined;
    if (!file) return refuse(tftpErrors.notFound, 'file not found');
    try {
      const shown = request.mode === 'netascii' ? await asNetascii(file) : file;
      if (!shown) return refuse(tftpErrors.illegalOperation, 'too long for netascii, ask for octet');
      await this.#transfer(request, from, shown);
    } finally {
      await file.close();
    }
  }

  async #transfer(request: Request, from: From, file: ServedFile): Promise<void> {
    const { clock, signal, limits, openSocket } = this.#parts;
    const started = clock.now();
    const socket = await openSocket();
    try {
      const terms = negotiate(request.options, file.size, limits);
      const end = await runTransfer({ socket, to: from, file, terms, clock, signal });
      const took = `${terms.blksize} x ${terms.windowsize}, ${clock.now() - started} ms`;
      const [kind, detail, bytes] = outcome(end, file.size, took);
      this.#tell(kind, from, request.path, detail, bytes);
    } finally {
      socket.close();
    }
  }

  #tell(kind: 'tftp' | 'tftp-failed', from: From, asked: string, detail: string, bytes: number): void {
    const { clock, whereabouts, onBootEvent, log } = this.#parts;
    const path = cleanName(asked) ?? asked.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
    log.debug({ address: from.address, path }, `TFTP: ${detail}`);
    const { address } = from;
    onBootEvent({ at: clock.now(), kind, address, path, detail, bytes, ...whereabouts.who(address, path) });
  }
}

function outcome(end: TransferEnd, size: number, took: string): ['tftp' | 'tftp-failed', string, number] {
  switch (end.is) {
    case 'done':
      return ['tftp', `${size} bytes sent (${took})`, size];
    case 'aborted':
      // A ROM asks for the size, ends that with an error, then asks for the file.
      if (end.bytes === 0) return ['tftp', `asked for the size only (${size} bytes)`, 0];
      return ['tftp-failed', `the client gave up: error ${end.code} ${end.message}`, end.bytes];
    case 'given up':
      return ['tftp-failed', `no answer after block ${end.block} of ${size} bytes`, end.bytes];
    case 'stopped':
      return ['tftp-failed', 'the server was stopped', end.bytes];
  }
}

/** Listens on `address`:`port`. */
export async function listenTftp(
  where: { address: string; port: number },
  parts: Omit<TftpServerParts, 'openSocket'>,
): Promise<{ port: number; close(): void }> {
  const main = await bindUdp('TFTP', where);
  const service = new TftpService({ ...parts, openSocket: () => ownSocket(where.address) });
  main.on('error', (error) => parts.log.warn({}, `TFTP socket: ${explain(error)}`));
  main.on('message', (bytes: Buffer, from: dgram.RemoteInfo) => {
    void service.receive(bytes, from, (answer) => main.send(answer, from.port, from.address, () => {}));
  });
  return { port: main.address().port, close: () => main.close() };
}

async function ownSocket(address: string): Promise<TransferSocket> {
  const socket = await bindUdp('TFTP transfer', { address, port: 0 });
  socket.on('error', () => {}); // an unreachable client: its silence ends the transfer
  return {
    send: (bytes, port, to) => socket.send(bytes, port, to, () => {}),
    onMessage: (heard) => void socket.on('message', heard),
    close: () => socket.close(),
  };
}
