// Serial consoles over the API: enabled, looked at by TCP, typed into, disabled; there again after kill -9.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PowerSite, powerSite } from '../../setup/power-site.ts';

interface ConsoleState {
  readonly console_enabled: boolean;
  readonly console_info: { readonly type: string; readonly url: string } | null;
}

const firstPort = 21_000 + Math.floor(Math.random() * 8_000);
let site: PowerSite;

beforeAll(async () => {
  site = await powerSite({
    machines: 2,
    sets: [
      'DEFAULT.enabled_console_interfaces=ipmitool-socat,no-console',
      'console.socat_address=127.0.0.1',
      `console.port_range=${firstPort}:${firstPort + 20}`,
      'conductor.sync_power_state_interval=1',
    ],
  });
  for (const name of ['sim-1', 'sim-2']) await site.withInstance(name);
});
afterAll(() => site?.close());

const state = (name: string) => site.api<ConsoleState>('GET', `/v1/nodes/${name}/states/console`);

async function enable(name: string, enabled: boolean): Promise<ConsoleState> {
  await site.api('PUT', `/v1/nodes/${name}/states/console`, { enabled });
  await site.rest(name);
  return state(name);
}

/** A TCP client of a console, and what it was shown. */
async function look(url: string) {
  const { hostname, port } = new URL(url.replace('tcp:', 'http:'));
  const socket: Socket = connect(Number(port), hostname);
  let shown = '';
  socket.on('data', (bytes) => {
    shown += bytes.toString('latin1');
  });
  socket.on('error', () => {});
  const sees = (text: string) => vi.waitFor(() => expect(shown).toContain(text), { timeout: 20_000, interval: 10 });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, sees, closed, shown: () => shown };
}

const bootFromDisk = (index: number) => {
  site.rack.machines[index]!.hardware.disks[0]!.image = {
    url: 'http://i/os',
    bytes: 1,
    algorithm: 'sha256',
    checksum: 'x',
  };
};

test('a console is enabled, shows the boot, takes what is typed, is shared, and is disabled', async () => {
  bootFromDisk(0);
  const { console_enabled, console_info } = await enable('sim-1', true);
  expect(console_enabled).toBe(true);
  expect(console_info).toMatchObject({ type: 'socat', url: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/) });
  const one = await look(console_info!.url);
  await one.sees('the serial line is open');
  const other = await look(console_info!.url);
  await site.power('sim-1', 'power on');
  await one.sees('sim-1 login: ');
  await other.sees('sim-1 login: ');
  other.socket.write('root\r');
  await one.sees('Login incorrect');
  // The lock is free while the console is open, and power is read and switched beside it.
  expect((await site.node('sim-1')).reservation).toBeNull();
  await site.power('sim-1', 'power off');
  expect((await site.node('sim-1')).power_state).toBe('power off');
  expect((await enable('sim-1', false)).console_enabled).toBe(false);
  await Promise.all([one.closed, other.closed]);
  await one.sees('the console was disabled');
  const late = await look(console_info!.url);
  await late.closed;
  expect(late.shown()).toBe('');
});

test('a BMC that forgets its sessions is connected to again while somebody looks', async () => {
  bootFromDisk(0);
  const { console_info } = await enable('sim-1', true);
  const client = await look(console_info!.url);
  await client.sees('the serial line is open');
  site.rack.machines[0]!.hardware.faults.set('silent', true);
  client.socket.write('lost\r');
  await client.sees('no serial line');
  site.rack.machines[0]!.hardware.faults.clear();
  await vi.waitFor(() => expect(client.shown().split('the serial line is open').length).toBe(3), {
    timeout: 60_000,
    interval: 50,
  });
  await site.power('sim-1', 'power on');
  await client.sees('sim-1 login: ');
  client.socket.destroy();
  await enable('sim-1', false);
}, 120_000);

test('after kill -9 the console is there again, at the same port', async () => {
  bootFromDisk(1);
  const { console_info } = await enable('sim-2', true);
  await site.stop();
  const kill = await site.startProcess();
  const before = await look((await state('sim-2')).console_info!.url);
  await before.sees('the serial line is open');
  await kill();
  await before.closed;
  await site.start();
  expect(await state('sim-2')).toEqual({ console_enabled: true, console_info });
  const client = await look(console_info!.url);
  await client.sees('the serial line is open');
  await site.power('sim-2', 'power on');
  await client.sees('sim-2 login: ');
  client.socket.destroy();
}, 120_000);

test('a node that is deleted takes its console with it', async () => {
  const { console_info } = await state('sim-2');
  await site.api('PUT', '/v1/nodes/sim-2/maintenance', {});
  await site.api('DELETE', '/v1/nodes/sim-2');
  const late = await look(console_info!.url);
  await late.closed;
  expect(late.shown()).toBe('');
});
