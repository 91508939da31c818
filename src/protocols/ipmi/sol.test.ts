import { afterEach, describe, expect, test, vi } from 'vitest';
import { IpmiCommandFailed } from './errors.ts';
import type { BmcSpec } from './server/bmc-spec.ts';
import type { SerialConsole } from './server/chassis.ts';
import { memoryChassis } from './server/memory-chassis.ts';
import type { SolStream } from './sol-stream.ts';
import { fastClock, type OneBmc, oneBmc } from './testing/one-bmc.ts';

let one: OneBmc;
afterEach(() => one?.close());

/** A serial port whose machine says what it is told to, and keeps what is typed. */
function serialPort(take: (bytes: Uint8Array) => number | undefined = () => undefined) {
  const listeners = new Set<(bytes: Uint8Array) => void>();
  const port = {
    typed: '',
    breaks: 0,
    listeners,
    say(text: string) {
      for (const heard of listeners) heard(Buffer.from(text));
    },
  };
  const console: SerialConsole = {
    write(bytes) {
      const taken = take(bytes);
      port.typed += Buffer.from(bytes.subarray(0, taken)).toString();
      return taken;
    },
    listen(heard) {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    sendBreak() {
      port.breaks++;
    },
  };
  return { port, console };
}

async function withPort(take?: (bytes: Uint8Array) => number | undefined, spec: Partial<BmcSpec> = {}) {
  const { port, console } = serialPort(take);
  one = await oneBmc({ ...spec, chassis: { ...memoryChassis(), console } });
  return port;
}

async function readUntil(sol: SolStream, size: number): Promise<string> {
  let got = '';
  for await (const bytes of sol) {
    got += bytes;
    if (got.length >= size) break;
  }
  return got;
}

const text = 'all work and no play '.repeat(60);

describe('serial over LAN', () => {
  test('carries bytes both ways, in order, over a line that loses packets', async () => {
    const port = await withPort();
    one.faults.loss = 0.1;
    const sol = await one.bmc({ commandTimeoutMs: 120_000 }).solActivate();
    await sol.write(Buffer.from('root\n'));
    expect(port.typed).toBe('root\n');
    port.say(text);
    expect(await readUntil(sol, text.length)).toBe(text);
    await sol.close();
  });

  test.each([1, 2, 3, 15, 16, 17])('is sealed as the session is, with suite %i', async (suite) => {
    const port = await withPort(undefined, { cipherSuites: [suite] });
    const sol = await one.bmc({ cipherSuites: [suite] }).solActivate();
    await sol.write(Buffer.from('root\n'));
    port.say('login: ');
    expect([port.typed, await readUntil(sol, 7)]).toEqual(['root\n', 'login: ']);
    await sol.close();
  });

  test('goes in the clear where the BMC has it in no other way', async () => {
    const port = await withPort(undefined, { solInTheClear: true });
    const sol = await one.bmc().solActivate();
    await sol.write(Buffer.from('root\n'));
    port.say('login: ');
    expect([port.typed, await readUntil(sol, 7)]).toEqual(['root\n', 'login: ']);
    await sol.close();
  });

  test.each([0, 1_000])('outlives the time that a session is kept without it (%i ms)', async (lingerMs) => {
    const port = await withPort();
    const bmc = one.bmc({ lingerMs });
    const sol = await bmc.solActivate();
    const clock = fastClock(20);
    await clock.sleep(8_000);
    await bmc.chassisStatus();
    await clock.sleep(4_000);
    port.say(text);
    expect(await readUntil(sol, text.length)).toBe(text);
    await sol.close();
    await vi.waitFor(() => expect(port.listeners.size).toBe(0));
  });

  test('goes on after a packet of which a part was taken, or nothing at first', async () => {
    let turn = 0;
    const port = await withPort((bytes) => [0, 3, Math.min(1, bytes.length)][turn++ % 3]);
    const sol = await one.bmc().solActivate();
    await sol.write(Buffer.from('abcdefghijkl'));
    expect(port.typed).toBe('abcdefghijkl');
    await sol.close();
  });

  test('loses what a machine takes never, and not the line', async () => {
    let deaf = true;
    const port = await withPort(() => (deaf ? 0 : undefined));
    const sol = await one.bmc().solActivate();
    await sol.write(Buffer.from('lost'));
    deaf = false;
    await sol.write(Buffer.from('heard'));
    expect(port.typed).toBe('heard');
    await sol.close();
  });

  test('brings a break to the machine', async () => {
    const port = await withPort();
    const sol = await one.bmc().solActivate();
    sol.sendBreak();
    await vi.waitFor(() => expect(port.breaks).toBe(1));
    await sol.close();
  });

  test('is one: another session is refused, or takes it from the first, which is told', async () => {
    const port = await withPort();
    const first = await one.bmc().solActivate();
    const other = one.bmc({ lingerMs: 4_000 });
    const error = await other.solActivate().catch((e: unknown) => e);
    expect(IpmiCommandFailed.is(error) && error.facts.code).toBe(0x80);
    const second = await other.solActivate({ force: true });
    for await (const _ of first);
    port.say('for the second');
    expect(await readUntil(second, 14)).toBe('for the second');
    await second.close();
  });

  test('ends when the BMC has forgotten the session', async () => {
    await withPort();
    const sol = await one.bmc({ commandTimeoutMs: 3_000 }).solActivate();
    one.listening.loseSessions();
    await expect(sol.write(Buffer.from('x'))).rejects.toThrow(/serial over LAN/);
    for await (const _ of sol);
  });

  test('brings a thousand packets of output', async () => {
    const port = await withPort();
    const sol = await one.bmc().solActivate();
    const much = 'x'.repeat(200_000);
    port.say(much);
    expect(await readUntil(sol, much.length)).toHaveLength(much.length);
    await sol.close();
  });
});
