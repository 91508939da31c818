import dgram from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { clientMessage } from '#protocols/dhcp/client-messages.ts';
import { decodePacket, encodePacket } from '#protocols/dhcp/packet.ts';
import { encodeTftp } from '#protocols/tftp/packet.ts';
import { memoryLeases } from './dhcp/lease-store.ts';
import { type BootServiceOptions, type BootServices, bootFilesOf, startBootServices } from './services.ts';
import type { BootEvent } from './timeline/boot-event.ts';

const mac = '52:54:00:77:00:01';
let top: string;
let services: BootServices | undefined;
const events: BootEvent[] = [];

beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'services-'));
  await writeFile(path.join(top, 'boot.ipxe'), '#!ipxe');
  events.length = 0;
});
afterEach(async () => {
  await services?.close();
  services = undefined;
  await rm(top, { recursive: true });
});

async function start(change: Partial<BootServiceOptions>): Promise<BootServices> {
  services = await startBootServices({
    address: '127.0.0.1',
    mode: 'proxy',
    ports: { dhcp: 0, pxe: 0, tftp: 0, http: 0 },
    sockets: 'plain',
    roots: { http: top, tftp: top },
    leases: memoryLeases(),
    lookup: async (asked) => (asked === mac ? { node: 'node-1' } : undefined),
    onBootEvent: (event) => events.push(event),
    env: {},
    clock: systemClock,
    log: silent,
    signal: new AbortController().signal,
    ...change,
  });
  return services;
}

/** Sends one datagram and gives back the first that comes. */
const exchange = (bytes: Buffer, port: number) =>
  new Promise<Buffer>((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    socket.once('message', (answer) => {
      socket.close();
      resolve(answer);
    });
    socket.once('error', reject);
    socket.send(bytes, port, '127.0.0.1');
  });

test('a machine finds its boot file on 4011, by TFTP and by HTTP, and the timeline shows it', async () => {
  const { ports, httpUrl } = await start({});
  const question = clientMessage({ type: 'request', mac, xid: 5, as: 'ipxe', ciaddr: '127.0.0.1' });
  const read = decodePacket(await exchange(encodePacket(question), ports.pxe));
  expect(read).toMatchObject({ packet: { xid: 5, file: `${httpUrl}/boot.ipxe` } });
  expect(await (await fetch(`${httpUrl}/boot.ipxe`)).text()).toBe('#!ipxe');
  const data = await exchange(encodeTftp({ op: 'read', path: 'boot.ipxe', mode: 'octet', options: {} }), ports.tftp);
  expect(data.subarray(4).toString()).toBe('#!ipxe');
  await vi.waitFor(() => expect(events.map((e) => e.kind)).toEqual(['dhcp-request', 'proxy-ack', 'http']));
  expect(events.map((e) => e.node)).toEqual(['node-1', 'node-1', 'node-1']);
});

test('mode off serves files and no DHCP', async () => {
  const { ports, dhcpSocket } = await start({ mode: 'off', virtualFiles: async () => undefined });
  expect([dhcpSocket, ports.dhcp, ports.pxe]).toEqual(['off', 0, 0]);
  expect(ports.http).toBeGreaterThan(0);
});

test('what cannot start leaves nothing running', async () => {
  const first = await start({ mode: 'off' });
  const again = startBootServices({
    address: '127.0.0.1',
    mode: 'off',
    ports: { http: 0, tftp: first.ports.tftp, dhcp: 0, pxe: 0 },
    pools: [],
    roots: { http: top, tftp: top },
    leases: memoryLeases(),
    lookup: async () => undefined,
    onBootEvent() {},
    clock: systemClock,
    log: silent,
    signal: new AbortController().signal,
  });
  await expect(again).rejects.toThrow(/TFTP cannot listen .* another program has this port/);
});

test('the signal ends the services', async () => {
  const stop = new AbortController();
  const { httpUrl } = await start({ mode: 'off', signal: stop.signal });
  stop.abort();
  await vi.waitFor(() => expect(fetch(`${httpUrl}/boot.ipxe`)).rejects.toThrow());
});

test('boot files that were not named are those of iPXE', () => {
  expect(bootFilesOf({ loaders: { 'x86_64-uefi': 'ipxe.efi' } }, 'http://h')).toEqual({
    script: 'http://h/boot.ipxe',
    loaders: { 'x86-bios': 'undionly.kpxe', 'x86_64-uefi': 'ipxe.efi', 'aarch64-uefi': 'ipxe-arm64.efi' },
    uris: { 'x86_64-uefi': 'http://h/ipxe.efi', 'aarch64-uefi': 'http://h/ipxe-arm64.efi' },
  });
});
