// Serial over LAN: our console against ipmi_sim, our BMC against FreeIPMI's ipmiconsole.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { IpmiCommandFailed } from '#protocols/ipmi/errors.ts';
import { createBmcServer } from '#protocols/ipmi/server/bmc-server.ts';
import { administrator } from '#protocols/ipmi/server/bmc-spec.ts';
import { memoryChassis } from '#protocols/ipmi/server/memory-chassis.ts';
import type { SolStream } from '#protocols/ipmi/sol-stream.ts';
import { type IpmiTransport, openTransport } from '#protocols/ipmi/transport.ts';
import { ensureApt } from '../setup/apt.ts';
import { type ForeignBmc, ipmiSim } from './ipmi/bmcs.ts';

beforeAll(() => ensureApt(['freeipmi-tools', 'openipmi', 'socat', 'bsdutils']));

/** What is read from a serial line, as text that grows. */
function reading(stream: SolStream): { text: string; ended: Promise<void> } {
  const seen = { text: '', ended: Promise.resolve() };
  seen.ended = (async () => {
    for await (const bytes of stream) seen.text += bytes.toString('latin1');
  })();
  return seen;
}

const within = { timeout: 15_000, interval: 10 };

describe("our console with OpenIPMI's ipmi_sim", () => {
  let machine: Server;
  let line: Socket | undefined;
  let typed = '';
  let peer: ForeignBmc;
  let transport: IpmiTransport;

  beforeAll(async () => {
    machine = createServer((socket) => {
      line = socket;
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        typed += bytes.toString('latin1');
      });
    }).listen(0, '127.0.0.1');
    await once(machine, 'listening');
    peer = await ipmiSim({ serialPort: (machine.address() as AddressInfo).port });
    transport = await openTransport();
  });
  afterEach(() => {
    typed = '';
  });
  afterAll(async () => {
    await transport.close();
    await peer?.stop();
    line?.destroy();
    machine.close();
  });

  const bmc = (suite: number) =>
    transport.bmc({
      address: '127.0.0.1',
      port: peer.port,
      username: 'ipmiusr',
      password: 'test',
      cipherSuites: [suite],
      lingerMs: 0,
    });

  test.for([1, 2, 3])('has the serial line with suite %i', async (suite) => {
    const sol = await bmc(suite).solActivate({ force: true });
    const seen = reading(sol);
    await vi.waitFor(() => expect(line).toBeDefined(), within);
    const text = `from the machine ${'x'.repeat(500)} end`;
    line!.write(text);
    await vi.waitFor(() => expect(seen.text).toContain(text), within);
    const words = `${'typed '.repeat(30)}end`;
    await sol.write(Buffer.from(words));
    await vi.waitFor(() => expect(typed).toBe(words), within);
    await sol.close();
    await seen.ended;
  });

  test('finds the line taken, and takes it from who has it when told to', async () => {
    const first = await bmc(3).solActivate();
    const other = transport.bmc({
      address: '127.0.0.1',
      port: peer.port,
      username: 'ipmiusr',
      password: 'test',
      cipherSuites: [3],
      lingerMs: 1,
    });
    const error = await other.solActivate().catch((e: unknown) => e);
    expect(IpmiCommandFailed.is(error) && error.facts.code, String(error)).toBe(0x80);
    const second = await other.solActivate({ force: true });
    await second.close();
    await first.close();
  });
});

test.for([3, 17])('our BMC gives ipmiconsole the serial line with suite %i', async (suite) => {
  let heard: ((bytes: Uint8Array) => void) | undefined;
  const console = {
    write: (bytes: Uint8Array) => void heard?.(Buffer.from(`you typed ${Buffer.from(bytes).toString('hex')};`)),
    listen(listener: (bytes: Uint8Array) => void) {
      heard = listener;
      listener(Buffer.from('machine login: '));
      return () => {};
    },
    sendBreak: () => heard?.(Buffer.from('a break;')),
  };
  const server = createBmcServer();
  const spec = { chassis: { ...memoryChassis(), console }, users: administrator('admin', 'password') };
  // ipmiconsole takes no port above 32767.
  const { port } = await server.add({ address: '127.0.0.1', port: 20_000 + (process.pid % 10_000) + suite }, spec);
  const command = `ipmiconsole -h 127.0.0.1:${port} -u admin -p password -I ${suite} -l ADMIN`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let shown = '';
  child.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString('latin1');
  });
  const sees = (text: string) => vi.waitFor(() => expect(shown).toContain(text), within);
  await sees('machine login: ');
  child.stdin.write('a');
  await sees('you typed 61;');
  child.stdin.write('&B');
  await sees('a break;');
  child.stdin.write('&.');
  await sees('closing the connection');
  await ended;
  await server.close();
});
