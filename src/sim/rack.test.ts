import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Rack, type RackOptions, startRack } from './rack.ts';
import { runSim } from './run.ts';

let rack: Rack | undefined;
afterEach(async () => {
  await rack?.close();
  rack = undefined;
});
const start = async (options: Partial<RackOptions> = {}) => {
  rack = await startRack({ count: 3, ipmi: '127.0.0.1:0', speed: 1000, ...options });
  return rack;
};

test('a rack describes each machine with what is needed to enrol it', async () => {
  const { descriptions, machines } = await start({ namePrefix: 'r-', username: 'u', password: 'p' });
  expect(descriptions.map((d) => Object.keys(d))).toEqual(
    Array(3).fill(['name', 'address', 'port', 'username', 'password', 'macs']),
  );
  expect(descriptions[2]).toMatchObject({ name: 'r-3', address: '127.0.0.1', username: 'u', password: 'p' });
  expect(descriptions[2]!.macs).toEqual(machines[2]!.hardware.identity.macs);
  expect(new Set(descriptions.map(({ port }) => port)).size).toBe(3);
});

test('BMCs can be spread over addresses of 127/8', async () => {
  const { port } = (await start({ count: 1 })).descriptions[0]!;
  await rack!.close();
  const { descriptions } = await start({ ipmi: `127.0.3.254:${port}`, spread: 'addresses' });
  expect(descriptions.map(({ address }) => address)).toEqual(['127.0.3.254', '127.0.3.255', '127.0.4.0']);
});

test('a fault can be for one machine; one for a machine that is not there is refused', async () => {
  const { machines } = await start({ faults: ['loss=1%', 'sim-2:silent'] });
  expect(machines.map(({ hardware }) => [...hardware.faults.keys()])).toEqual([['loss'], ['loss', 'silent'], ['loss']]);
  await expect(startRack({ count: 3, ipmi: '127.0.0.1:0', faults: ['sim-9:silent'] })).rejects.toThrow(
    /no simulated machine "sim-9"; there are sim-1 to sim-3/,
  );
});

test('a place that is taken is named, and everything is closed again', async () => {
  const taken = createSocket('udp4').bind(0, '127.0.0.1');
  await once(taken, 'listening');
  const place = `127.0.0.1:${taken.address().port}`;
  await expect(startRack({ count: 1, ipmi: place })).rejects.toThrow(new RegExp(`sim-1 cannot answer at ${place}`));
  taken.close();
});

test('a rack that is started again finds its machines as they were', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'rack-'));
  const first = await start({ stateDir });
  const [deployed, on] = first.machines;
  deployed!.hardware.disks[0]!.image = { url: 'http://i/os', bytes: 9, algorithm: 'sha256', checksum: 'c' };
  deployed!.bootParameters.set(5, Uint8Array.of(0xe0, 0x08, 0, 0, 0));
  await deployed!.set('on');
  await on!.set('on');
  await first.close();
  const second = await start({ stateDir });
  expect(second.machines.map((m) => m.power())).toEqual(['on', 'on', 'off']);
  expect(second.machines[0]!.running).toMatchObject({ is: 'system', image: 'http://i/os' });
  expect(second.machines[0]!.bootParameters.get(5)).toEqual(Uint8Array.of(0xe0, 0x08, 0, 0, 0));
  await rm(stateDir, { recursive: true });
});

test('ingot sim prints one JSON line per machine and runs until it is stopped', async () => {
  const lines: string[] = [];
  const stop = new AbortController();
  const running = runSim(
    { count: 2, ipmi: '127.0.0.1:0', control: '127.0.0.1:0' },
    (line) => lines.push(line),
    stop.signal,
  );
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  expect(Object.keys(JSON.parse(lines[0]!))).toEqual(['name', 'address', 'port', 'username', 'password', 'macs']);
  stop.abort();
  await running;
});
