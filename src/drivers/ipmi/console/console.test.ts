import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import type { SolStream } from '#protocols/ipmi/sol-stream.ts';
import { portsOf } from './port-range.ts';
import { type ConsoleOrder, makeSerialConsoles, type SerialConsoles } from './serial-consoles.ts';

test.each([
  [
    ['5:7', ' 9 '],
    [5, 6, 7, 9],
  ],
  [[], []],
])('%j are the ports %j', (ranges, ports) => expect([...portsOf(ranges)]).toEqual(ports));

test.each(['', 'x', '7:5', '0:3', '1:70000', '1:2:3'])('%j is no range of ports', (range) =>
  expect(() => [...portsOf([range])]).toThrow(/port_range/),
);

/** A serial line in this process. */
function fakeLine() {
  const waiting: ((bytes: Buffer | undefined) => void)[] = [];
  const line = {
    typed: '',
    closed: 0,
    taken: undefined as Promise<void> | undefined,
    say: (text: string | undefined) => waiting.shift()?.(text === undefined ? undefined : Buffer.from(text)),
    get read() {
      return waiting.length > 0;
    },
  };
  const stream: SolStream = {
    async write(bytes) {
      await line.taken;
      line.typed += Buffer.from(bytes).toString();
    },
    sendBreak() {},
    async close() {
      line.closed++;
      line.say(undefined);
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const bytes = await new Promise<Buffer | undefined>((resolve) => waiting.push(resolve));
        if (!bytes) return;
        yield bytes;
      }
    },
  };
  return { line, stream };
}

const clock = new ManualClock();
let consoles: SerialConsoles;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await consoles?.closeAll();
});

const first = 31_000 + Math.floor(Math.random() * 1_000);
const ports = () => portsOf([`${first}:${first + 200}`]);

async function opened(more: Partial<ConsoleOrder> & Pick<ConsoleOrder, 'connect'>): Promise<number> {
  consoles = makeSerialConsoles({ clock, log: silent });
  return consoles.open({ node: 'n1', address: '127.0.0.1', ports, idleMs: 0, ...more });
}

function look(port: number) {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const seen = { text: '', closed: false };
  socket.on('data', (bytes) => {
    seen.text += bytes;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    seen.closed = true;
  });
  const sees = (text: string) => vi.waitFor(() => expect(seen.text).toContain(text), { interval: 5 });
  const gone = () => vi.waitFor(() => expect(seen.closed).toBe(true), { interval: 5 });
  return { socket, seen, sees, gone };
}

test('the line is taken when the first one looks, shared, and given back when the last one leaves', async () => {
  const { line, stream } = fakeLine();
  const dial = vi.fn(async () => stream);
  const port = await opened({ connect: dial });
  expect(dial).not.toHaveBeenCalled();
  const [one, other] = [look(port), look(port)];
  await one.sees('the serial line is open');
  await vi.waitFor(() => expect(line.read).toBe(true));
  line.say('login: ');
  await one.sees('login: ');
  await other.sees('login: ');
  other.socket.write('root');
  await vi.waitFor(() => expect(line.typed).toBe('root'));
  one.socket.destroy();
  other.socket.destroy();
  await vi.waitFor(() => expect(line.closed).toBeGreaterThan(0));
  expect(dial).toHaveBeenCalledTimes(1);
});

test('a line that cannot be had is told with its reason, and tried again later and later', async () => {
  const { stream } = fakeLine();
  let failures = 2;
  const port = await opened({
    connect: async () => {
      if (failures-- > 0) throw new Error('the BMC is silent.');
      return stream;
    },
  });
  const one = look(port);
  await one.sees('no serial line: the BMC is silent. Trying again in 1 s');
  await vi.waitFor(() => expect(clock.sleeping).toBe(1));
  clock.advance(1_000);
  await one.sees('Trying again in 2 s');
  await vi.waitFor(() => expect(clock.sleeping).toBe(1));
  clock.advance(2_000);
  await one.sees('the serial line is open');
});

test('who neither types nor sees anything for long is cut off', async () => {
  const { line, stream } = fakeLine();
  const port = await opened({ connect: async () => stream, idleMs: 60_000 });
  const one = look(port);
  await one.sees('the serial line is open');
  clock.advance(50_000);
  one.socket.write('x');
  await vi.waitFor(() => expect(line.typed).toBe('x'));
  clock.advance(50_000);
  await vi.waitFor(() => expect(clock.sleeping).toBe(1));
  expect(one.seen.closed).toBe(false);
  clock.advance(60_000);
  await one.gone();
  expect(one.seen.text).toContain('nothing was typed or shown for 60 s');
});

test('no more is read from who types than the machine takes', async () => {
  const { line, stream } = fakeLine();
  let take: () => void = () => {};
  line.taken = new Promise((resolve) => {
    take = resolve;
  });
  const port = await opened({ connect: async () => stream });
  const one = look(port);
  await one.sees('the serial line is open');
  const much = Buffer.alloc(8 << 20, 'y');
  one.socket.write(much);
  await vi.waitFor(() => expect(one.socket.writableLength).toBeGreaterThan(0));
  take();
  await vi.waitFor(() => expect(line.typed.length).toBe(much.length), { timeout: 5_000 });
});

test('who reads nothing loses output, and holds nobody up', async () => {
  const { line, stream } = fakeLine();
  const port = await opened({ connect: async () => stream });
  const [slow, quick] = [look(port), look(port)];
  await slow.sees('the serial line is open');
  await quick.sees('the serial line is open');
  slow.socket.pause();
  const block = 'z'.repeat(1 << 20);
  for (let i = 0; i < 24; i++) {
    await vi.waitFor(() => expect(line.read).toBe(true));
    line.say(block);
    await vi.waitFor(() => expect(quick.seen.text.length).toBeGreaterThan((i + 1) * block.length), { interval: 2 });
  }
  slow.socket.resume();
  await vi.waitFor(() => expect(slow.socket.readableLength).toBe(0));
  await vi.waitFor(async () => {
    if (line.read) line.say('end');
    await new Promise((resolve) => setImmediate(resolve));
    expect(slow.seen.text).toContain('this connection is too slow');
  });
  expect(slow.seen.text.length).toBeLessThan(24 * block.length);
});

test('a port that is taken is passed over; the best one that is open stays', async () => {
  const { stream } = fakeLine();
  const connectTo = async () => stream;
  const port = await opened({ connect: connectTo });
  const order = { address: '127.0.0.1', ports, idleMs: 0, connect: connectTo };
  const second = await consoles.open({ ...order, node: 'n2' });
  expect(second).toBeGreaterThan(port);
  expect(await consoles.open({ ...order, node: 'n1' })).toBe(port);
  await expect(consoles.open({ ...order, node: 'n3', ports: () => [port] })).rejects.toThrow(/No free port/);
  await consoles.close('n1');
  expect(consoles.port('n1')).toBeUndefined();
  expect(await consoles.open({ ...order, node: 'n3', ports: () => [port] })).toBe(port);
});
