import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from '#protocols/tftp/packet.ts';
import { beginReceiving, onData } from '#protocols/tftp/receiver.ts';
import { inMemory } from '../served-file.ts';
import type { BootEvent } from '../timeline/boot-event.ts';
import { Whereabouts } from '../whereabouts.ts';
import { TftpService, tftpLimits } from './server.ts';
import type { TransferSocket } from './transfer.ts';

const client = { address: '10.0.0.9', port: 2000 };
const read = (bytes: Buffer): TftpPacket => {
  const decoded = decodeTftp(bytes);
  if ('malformed' in decoded) throw new Error(decoded.malformed);
  return decoded.packet;
};

interface Wire {
  /** What the server sends from the transfer's socket. */
  readonly sent: TftpPacket[];
  say(packet: TftpPacket, from?: typeof client): void;
  onSend?: (packet: TftpPacket) => void;
}

function setUp(files: Record<string, Buffer>, limits: Partial<typeof tftpLimits> = {}) {
  const clock = new ManualClock();
  const events: BootEvent[] = [];
  const stop = new AbortController();
  let heard: Parameters<TransferSocket['onMessage']>[0] = () => {};
  const wire: Wire = { sent: [], say: (packet, from = client) => heard(encodeTftp(packet), from) };
  const service = new TftpService({
    files: async (name) => files[name] && inMemory(files[name]),
    openSocket: async () => ({
      send: (bytes) => {
        const packet = read(Buffer.from(bytes));
        wire.sent.push(packet);
        if (wire.onSend) queueMicrotask(() => wire.onSend?.(packet));
      },
      onMessage: (on) => {
        heard = on;
      },
      close() {},
    }),
    limits: { ...tftpLimits, ...limits },
    whereabouts: new Whereabouts(),
    onBootEvent: (event) => events.push(event),
    clock,
    log: silent,
    signal: stop.signal,
  });
  const refused: TftpPacket[] = [];
  const ask = (path: string, options = {}, mode = 'octet', op: 'read' | 'write' = 'read', from = client) =>
    service.receive(encodeTftp({ op, path, mode, options }), from, (bytes) => refused.push(read(bytes)));
  return { clock, events, wire, ask, refused, stop, service };
}

/** A client that takes everything; `lose` says which of its and the server's packets are lost. */
function receive(wire: Wire, blksize: number, windowsize: number, lose = (_n: number) => false): Buffer[] {
  let state = beginReceiving(blksize, windowsize);
  const pieces: Buffer[] = [];
  let n = 0;
  wire.onSend = (packet) => {
    if (lose(n++)) return;
    if (packet.op === 'option-ack') wire.say({ op: 'ack', block: 0 });
    if (packet.op !== 'data') return;
    const result = onData(state, packet.block, packet.data.length);
    state = result.state;
    if (result.keep) pieces.push(packet.data);
    if (result.ack !== undefined && !lose(n++)) wire.say({ op: 'ack', block: result.ack });
  };
  return pieces;
}

for (const [size, options, blksize, windowsize] of [
  [0, {}, 512, 1],
  [511, {}, 512, 1],
  [512, {}, 512, 1],
  [100_000, { blksize: '1468', tsize: '0' }, 1468, 1],
  [100_000, { blksize: '1000', windowsize: '7' }, 1000, 7],
  [65_540 * 8, { blksize: '8', windowsize: '64' }, 8, 64],
] as const) {
  test(`${size} bytes arrive whole with ${JSON.stringify(options)}`, async () => {
    const file = randomBytes(size);
    const { wire, ask, events } = setUp({ file });
    const pieces = receive(wire, blksize, windowsize);
    await ask('file', options);
    expect(Buffer.concat(pieces).equals(file)).toBe(true);
    expect(events).toMatchObject([{ kind: 'tftp', path: 'file', bytes: size, address: client.address }]);
  });
}

test('a file arrives whole though packets are lost both ways', async () => {
  const file = randomBytes(60_000);
  const { wire, ask, clock } = setUp({ file });
  const pieces = receive(wire, 1000, 4, (n) => n % 11 === 5);
  const all = ask('file', { blksize: '1000', windowsize: '4', timeout: '2' });
  let over = false;
  void all.finally(() => {
    over = true;
  });
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2000);
  }
  expect(Buffer.concat(pieces).equals(file)).toBe(true);
});

test('the size probe of a ROM is no failure, giving up in the middle is', async () => {
  const { wire, ask, events } = setUp({ file: randomBytes(5000) });
  wire.onSend = () => wire.say({ op: 'error', code: 8, message: 'aborted' });
  await ask('file', { tsize: '0' });
  wire.onSend = (packet) => {
    if (packet.op !== 'data') return;
    if (packet.block === 3) wire.say({ op: 'error', code: 3, message: 'disk full' });
    else wire.say({ op: 'ack', block: packet.block });
  };
  await ask('file');
  expect(events.map((e) => [e.kind, e.bytes])).toEqual([
    ['tftp', 0],
    ['tftp-failed', 1024],
  ]);
});

test('a client that falls silent is given up after five repetitions', async () => {
  const { wire, ask, events, clock } = setUp({ file: Buffer.from('x') });
  const all = ask('file');
  await vi.waitFor(() => expect(wire.sent.length).toBeGreaterThan(0));
  for (let i = 0; i < 6; i++) {
    const before = wire.sent.length;
    clock.advance(1000);
    await vi.waitFor(() => expect(wire.sent.length).toBe(before + 1));
  }
  await all;
  expect(wire.sent.map((p) => p.op)).toEqual(['data', 'data', 'data', 'data', 'data', 'data', 'error']);
  expect(events).toMatchObject([{ kind: 'tftp-failed', detail: expect.stringContaining('block 1') }]);
});

for (const [what, ask, code] of [
  ['a file that is not there', ['nosuch'], 1],
  ['a path upwards', ['../file'], 1],
  ['writing', ['file', {}, 'octet', 'write'], 2],
  ['mode mail', ['file', {}, 'mail'], 4],
  ['a long file as netascii', ['long', {}, 'netascii'], 4],
] as const) {
  test(`${what} is refused with error ${code}`, async () => {
    const { ask: request, refused } = setUp({ file: Buffer.from('x'), long: Buffer.alloc(1_100_000) });
    await (request as (...args: unknown[]) => Promise<void>)(...ask);
    expect(refused).toMatchObject([{ op: 'error', code }]);
  });
}

test('netascii has CR LF at the ends of lines', async () => {
  const { wire, ask } = setUp({ file: Buffer.from('a\nb\r\n') });
  const pieces = receive(wire, 512, 1);
  await ask('file', {}, 'netascii');
  expect(Buffer.concat(pieces).toString()).toBe('a\r\nb\r\0\r\n');
});

test('packets from elsewhere are answered with error 5 and do not disturb the transfer', async () => {
  const { wire, ask } = setUp({ file: Buffer.alloc(600) });
  let first = true;
  wire.onSend = (packet) => {
    if (packet.op !== 'data') return;
    if (first) wire.say({ op: 'error', code: 0, message: 'not me' }, { address: '10.0.0.66', port: 9 });
    if (first) wire.say({ op: 'ack', block: 1 }, { address: '10.0.0.66', port: 9 });
    first = false;
    wire.say({ op: 'ack', block: packet.block });
  };
  await ask('file');
  expect(wire.sent.map((p) => (p.op === 'error' ? `error ${p.code}` : p.op))).toEqual(['data', 'error 5', 'data']);
});

test('a request repeated while it is answered starts nothing, and one client has few transfers', async () => {
  const { ask, refused, stop, wire } = setUp({ file: Buffer.from('x') }, { perClient: 2 } as object);
  const from = (port: number) => ask('file', {}, 'octet', 'read', { address: client.address, port });
  const running = [from(1), from(1), from(2)];
  await from(3);
  expect(refused).toMatchObject([{ op: 'error', message: 'too many transfers' }]);
  await vi.waitFor(() => expect(wire.sent).toHaveLength(2));
  stop.abort();
  await Promise.all(running);
});
