import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Bench, by, conductorBench } from '../../test/setup/conductor.ts';
import { restartConsoles, startConsoleAgain, stopConsole } from './console.ts';
import { hold } from './hold.ts';

const first = 33_000 + Math.floor(Math.random() * 2_000) * 4;
let bench: Bench;
let taken: Server[];

beforeEach(async () => {
  taken = [];
  bench = await conductorBench({
    sets: [
      'DEFAULT.enabled_console_interfaces=ipmitool-socat,no-console',
      'DEFAULT.enabled_management_interfaces=ipmitool,fake,noop',
      'console.socat_address=127.0.0.1',
      `console.port_range=${first}:${first + 1}`,
    ],
  });
});
afterEach(async () => {
  for (const server of taken) server.close();
  await bench.close();
});

const enroll = (more: Record<string, unknown> = {}) =>
  bench.enroll({ driver: 'ipmi', driver_info: { ipmi_address: '127.0.0.1', ipmi_port: 1, ...more } });

async function enable(node: string, enabled = true) {
  await bench.orders.setConsole({ node, enabled, by });
  return bench.rest(node);
}

async function take(port: number): Promise<void> {
  const server = createServer();
  taken.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

const noted = async (uuid: string) => (await bench.node(uuid)).driver_internal_info.allocated_ipmi_terminal_port;

test('an enabled console has a port of the range, which is free again when it is disabled', async () => {
  const { uuid } = await enroll();
  expect(await enable(uuid)).toMatchObject({ console_enabled: true, last_error: null });
  expect(await bench.orders.console(uuid)).toEqual({ type: 'socat', url: `tcp://127.0.0.1:${first}` });
  expect(await noted(uuid)).toBe(first);
  expect(await enable(uuid, false)).toMatchObject({ console_enabled: false });
  expect(await noted(uuid)).toBeUndefined();
  await take(first);
});

test('a node may name its port itself', async () => {
  const { uuid } = await enroll({ ipmi_terminal_port: first + 3 });
  await enable(uuid);
  expect(await bench.orders.console(uuid)).toEqual({ type: 'socat', url: `tcp://127.0.0.1:${first + 3}` });
  expect(await noted(uuid)).toBeUndefined();
});

test.each([
  [{ ipmi_terminal_port: 'x' }, /ipmi_terminal_port/],
  [{ ipmi_protocol_version: '1.5' }, /serial over LAN needs 2\.0/],
  [{ ipmi_address: '' }, /ipmi_address/],
])('with %j it is refused at once', async (fields, why) => {
  const { uuid } = await enroll(fields);
  await expect(bench.orders.setConsole({ node: uuid, enabled: true, by })).rejects.toThrow(why);
});

test('without a free port it is not enabled, and last_error says so', async () => {
  await take(first);
  await take(first + 1);
  const { uuid } = await enroll();
  const row = await enable(uuid);
  expect(row.console_enabled).toBe(false);
  expect(row.last_error).toMatch(/No free port for another console/);
});

test('after a restart it is at its port again, or at another one where that is taken', async () => {
  const { uuid } = await enroll();
  const other = await enroll();
  await enable(uuid);
  await enable(other.uuid);
  const { consoles } = bench.conductor.house;
  await consoles.closeAll();
  await restartConsoles(bench.conductor);
  expect([consoles.port(uuid), consoles.port(other.uuid)]).toEqual([first, first + 1]);
  await enable(other.uuid, false);
  await consoles.closeAll();
  await take(first);
  await restartConsoles(bench.conductor);
  await vi.waitFor(async () => expect(await noted(uuid)).toBe(first + 1));
  expect(consoles.port(uuid)).toBe(first + 1);
});

test('one that cannot be opened again is enabled no longer', async () => {
  const { uuid } = await enroll();
  await enable(uuid);
  await bench.conductor.house.consoles.closeAll();
  await take(first);
  await take(first + 1);
  await restartConsoles(bench.conductor);
  await vi.waitFor(async () => expect(await bench.node(uuid)).toMatchObject({ console_enabled: false }));
  expect((await bench.node(uuid)).last_error).toMatch(/could not be opened again: No free port/);
});

test('it ends with the instance, stays enabled, and is there again for the next one', async () => {
  const { uuid } = await enroll();
  await enable(uuid);
  const { consoles } = bench.conductor.house;
  await hold(bench.conductor, uuid, stopConsole);
  expect(consoles.port(uuid)).toBeUndefined();
  expect(await bench.node(uuid)).toMatchObject({ console_enabled: true });
  expect(await bench.orders.console(uuid)).toBeNull();
  await hold(bench.conductor, uuid, startConsoleAgain);
  expect(consoles.port(uuid)).toBe(first);
});

test('a restart waits for the node when something must be noted, and opens what needs no note at once', async () => {
  const { uuid } = await enroll();
  await enable(uuid);
  const { consoles } = bench.conductor.house;
  await hold(bench.conductor, uuid, async () => {
    await consoles.closeAll();
    await restartConsoles(bench.conductor);
    expect(consoles.port(uuid)).toBe(first);
  });
});
