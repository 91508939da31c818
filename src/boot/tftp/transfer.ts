// One transfer: the rules of protocols/tftp/sender.ts, a file, a socket and the clock.
import type { Clock } from '#base/clock.ts';
import type { TransferTerms } from '#protocols/tftp/negotiation.ts';
import { decodeTftp, encodeTftp, tftpErrors } from '#protocols/tftp/packet.ts';
import { beginSending, blockRange, type Next, onAck, onSilence, type Sending } from '#protocols/tftp/sender.ts';
import { readAhead, type ServedFile } from '../served-file.ts';

/** A datagram socket of its own for the transfer (RFC 1350 §4: its port is the transfer's identity). */
export interface TransferSocket {
  send(bytes: Buffer, port: number, address: string): void;
  onMessage(heard: (bytes: Buffer, from: { address: string; port: number }) => void): void;
  close(): void;
}

export interface Transfer {
  readonly socket: TransferSocket;
  readonly to: { readonly address: string; readonly port: number };
  readonly file: ServedFile;
  readonly terms: TransferTerms;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How it ended. `aborted`: the client sent an error; a ROM that asks for the size does so on purpose. */
export type TransferEnd =
  | { readonly is: 'done'; readonly bytes: number }
  | { readonly is: 'aborted'; readonly code: number; readonly message: string; readonly bytes: number }
  | { readonly is: 'given up'; readonly bytes: number; readonly block: number }
  | { readonly is: 'stopped'; readonly bytes: number };

type Heard = { readonly ack: number } | { readonly error: { code: number; message: string } } | 'silence';
const mostQueued = 64;

/** Sends the file and says how that ended. Leaves socket and file open. */
export async function runTransfer(given: Transfer): Promise<TransferEnd> {
  const transfer = { ...given, file: readAhead(given.file) };
  const inbox = listen(transfer);
  try {
    return await exchange(transfer, inbox);
  } finally {
    inbox.close();
  }
}

async function exchange(transfer: Transfer, inbox: ReturnType<typeof listen>): Promise<TransferEnd> {
  const { terms, file, socket, to, signal } = transfer;
  let next: Next = beginSending(file.size, terms);
  while (!signal.aborted) {
    const bytes = ackedBytes(next.state);
    if (next.is === 'done') return { is: 'done', bytes: file.size };
    if (next.is === 'given up') {
      socket.send(encodeTftp({ op: 'error', code: tftpErrors.undefined, message: 'no answer' }), to.port, to.address);
      return { is: 'given up', bytes, block: next.state.acked + 1 };
    }
    if (next.is === 'send') {
      await sendBlocks(transfer, next);
      inbox.restart();
    }
    const heard = await inbox.next();
    if (heard === 'silence') next = onSilence(next.state);
    else if ('ack' in heard) next = onAck(next.state, heard.ack);
    else return { is: 'aborted', ...heard.error, bytes };
  }
  return { is: 'stopped', bytes: ackedBytes(next.state) };
}

const ackedBytes = (state: Sending): number => Math.min(state.size, Math.max(0, state.acked) * state.blksize);

async function sendBlocks({ socket, to, file, terms }: Transfer, next: Next & { is: 'send' }): Promise<void> {
  if (next.to === 0) {
    socket.send(encodeTftp({ op: 'option-ack', options: terms.granted }), to.port, to.address);
    return;
  }
  const first = blockRange(next.state, next.from).offset;
  const end = blockRange(next.state, next.to);
  const content = await file.read(first, end.offset + end.length - first);
  for (let block = next.from; block <= next.to; block++) {
    const { offset, length } = blockRange(next.state, block);
    const data = content.subarray(offset - first, offset - first + length);
    socket.send(encodeTftp({ op: 'data', block, data }), to.port, to.address);
  }
}

/** What arrives, one by one; silence is counted from the last `restart`. */
function listen({ socket, to, clock, terms, signal }: Transfer) {
  const queue: Heard[] = [];
  let wake: (() => void) | undefined;
  let deadline = clock.now() + terms.timeout;
  const hear = (heard: Heard) => {
    if (queue.length < mostQueued) queue.push(heard);
    wake?.();
  };
  socket.onMessage((bytes, from) => {
    if (from.address !== to.address || from.port !== to.port) {
      const error = { op: 'error', code: tftpErrors.unknownTransfer, message: 'unknown transfer' } as const;
      if (bytes.length >= 2 && bytes.readUInt16BE(0) !== 5) socket.send(encodeTftp(error), from.port, from.address);
      return;
    }
    const read = decodeTftp(bytes);
    if ('malformed' in read) return;
    const { packet } = read;
    if (packet.op === 'ack') hear({ ack: packet.block });
    else if (packet.op === 'error') hear({ error: { code: packet.code, message: packet.message } });
  });
  // One sleeper for the whole transfer, because a timer for each block costs more than the block.
  const watchdog = new AbortController();
  const either = AbortSignal.any([watchdog.signal, signal]);
  const watch = async () => {
    while (!either.aborted) {
      await clock.sleep(Math.max(1, deadline - clock.now()), either).catch(() => {});
      if (clock.now() < deadline && !signal.aborted) continue;
      deadline = clock.now() + terms.timeout;
      hear('silence');
    }
  };
  void watch();
  return {
    restart: () => {
      deadline = clock.now() + terms.timeout;
    },
    close: () => watchdog.abort(),
    async next(): Promise<Heard> {
      if (queue.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      return queue.shift() ?? 'silence';
    },
  };
}
