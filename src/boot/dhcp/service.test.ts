import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { type ClientMessage, clientMessage } from '#protocols/dhcp/client-messages.ts';
import { messageType } from '#protocols/dhcp/options.ts';
import { decodePacket, encodePacket } from '#protocols/dhcp/packet.ts';
import type { BootEvent } from '../timeline/boot-event.ts';
import { Whereabouts } from '../whereabouts.ts';
import { nothingToBoot } from './boot-files.ts';
import type { BootTarget } from './boot-target.ts';
import { LeaseBook } from './lease-book.ts';
import { memoryLeases } from './lease-store.ts';
import { derivePool } from './pool.ts';
import { DhcpService, type DhcpServiceParts } from './service.ts';

const mac = '52:54:00:77:00:01';
const server = '192.168.77.1';

function setUp(change: Partial<DhcpServiceParts> = {}) {
  const clock = new ManualClock();
  const events: BootEvent[] = [];
  const machines = new Map<string, BootTarget>([[mac, { node: 'node-1' }]]);
  let lookups = 0;
  let announced = 0;
  const parts: DhcpServiceParts = {
    mode: 'dhcp',
    server,
    pools: [derivePool({ address: server, netmask: '255.255.255.0' })],
    book: new LeaseBook(memoryLeases(), clock, async () => new Set([server])),
    boot: { ...nothingToBoot, script: 'http://192.168.77.1/boot.ipxe' },
    lookup: async (asked) => {
      lookups++;
      return machines.get(asked);
    },
    strangers: undefined,
    whereabouts: new Whereabouts(),
    onBootEvent: (event) => events.push(event),
    announce: () => announced++,
    clock,
    log: silent,
    ...change,
  };
  const service = new DhcpService(parts);
  let xid = 0;
  const ask = async (message: Omit<ClientMessage, 'xid'>) => {
    const bytes = encodePacket(clientMessage({ xid: ++xid, ...message }));
    const sent: string[] = [];
    const from = { address: '192.168.77.150', port: 68 };
    await service.receive({ bytes, from, heardOn: 'dhcp' }, (reply, port, address) => {
      const read = decodePacket(reply);
      if ('packet' in read)
        sent.push(`${messageType(read.packet.options)} ${read.packet.yiaddr} to ${address}:${port}`);
    });
    return sent;
  };
  return { clock, events, machines, service, parts, ask, counts: () => ({ lookups, announced }) };
}

test('an enrolled machine gets an offer, then the lease, and both are told', async () => {
  const { ask, events, parts, counts } = setUp();
  const [offer] = await ask({ type: 'discover', mac, as: 'ipxe' });
  const address = offer?.split(' ')[1] ?? '';
  expect(await ask({ type: 'request', mac, as: 'ipxe', server, requested: address })).toEqual([
    `ack ${address} to 255.255.255.255:68`,
  ]);
  expect(events.map((e) => e.kind)).toEqual(['dhcp-discover', 'dhcp-offer', 'dhcp-request', 'dhcp-ack']);
  expect(events.every((e) => e.node === 'node-1' && e.mac === mac)).toBe(true);
  expect(parts.whereabouts.who(address)).toEqual({ mac, node: 'node-1' });
  expect(counts().announced).toBe(2);
});

test('a machine that nobody enrolled gets nothing, unless strangers are served', async () => {
  const stranger = '52:54:00:77:00:99';
  const strict = setUp();
  expect(await strict.ask({ type: 'discover', mac: stranger })).toEqual([]);
  expect(strict.events.map((e) => [e.kind, e.mac])).toEqual([['dhcp-ignored', stranger]]);
  const open = setUp({ strangers: {} });
  expect(await open.ask({ type: 'discover', mac: stranger })).toHaveLength(1);
});

test('a fixed address is offered, another one refused', async () => {
  const { ask, machines } = setUp();
  machines.set(mac, { node: 'node-1', address: '192.168.77.20' });
  expect(await ask({ type: 'discover', mac })).toEqual(['offer 192.168.77.20 to 255.255.255.255:68']);
  expect(await ask({ type: 'request', mac, requested: '192.168.77.21' })).toEqual([
    'nak 0.0.0.0 to 255.255.255.255:68',
  ]);
});

test('RELEASE and DECLINE have no answer and free or mark the address', async () => {
  const { ask } = setUp();
  const address = (await ask({ type: 'discover', mac }))[0]?.split(' ')[1] ?? '';
  await ask({ type: 'request', mac, server, requested: address });
  expect(await ask({ type: 'release', mac, server, ciaddr: address })).toEqual([]);
  expect((await ask({ type: 'discover', mac }))[0]).toContain(address);
  await ask({ type: 'request', mac, server, requested: address });
  expect(await ask({ type: 'decline', mac, server, requested: address })).toEqual([]);
  expect((await ask({ type: 'discover', mac }))[0]).not.toContain(address);
});

test('in proxy mode the address is learnt from the REQUEST to the other server', async () => {
  const { ask, parts } = setUp({ mode: 'proxy' });
  expect(await ask({ type: 'discover', mac, as: 'ipxe' })).toEqual(['offer 0.0.0.0 to 255.255.255.255:68']);
  expect(await ask({ type: 'request', mac, as: 'ipxe', server: '192.168.77.2', requested: '192.168.77.60' })).toEqual(
    [],
  );
  expect(parts.whereabouts.who('192.168.77.60')).toEqual({ mac, node: 'node-1' });
});

test('a flood of invented machines costs few look-ups and does not starve a known one', async () => {
  const { ask, counts } = setUp();
  await ask({ type: 'discover', mac });
  for (let i = 0; i < 1000; i++) {
    const invented = `52:54:01:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`;
    await ask({ type: 'discover', mac: invented });
  }
  expect(counts().lookups).toBeLessThanOrEqual(201);
  expect(await ask({ type: 'discover', mac })).toHaveLength(1);
});

test('one noisy machine is answered twenty times, then five times a second', async () => {
  const { ask, clock } = setUp();
  let answered = 0;
  for (let i = 0; i < 100; i++) answered += (await ask({ type: 'discover', mac })).length;
  expect(answered).toBeLessThanOrEqual(22);
  clock.advance(1000);
  expect(await ask({ type: 'discover', mac })).toHaveLength(1);
});

test('a look-up that fails or never ends leaves the machine unanswered and the service alive', async () => {
  const failing = setUp({ lookup: () => Promise.reject(new Error('database is away')) });
  expect(await failing.ask({ type: 'discover', mac })).toEqual([]);
  const stuck = setUp({ lookup: () => new Promise(() => {}) });
  const asked = stuck.ask({ type: 'discover', mac });
  stuck.clock.advance(6000);
  expect(await asked).toEqual([]);
});

test('whatever bytes arrive, the service goes on', async () => {
  const { service } = setUp({ strangers: {} });
  const head = encodePacket(clientMessage({ type: 'discover', mac, xid: 1 })).subarray(0, 240);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('dhcp', 'pxe'), async (noise, heardOn) => {
      const question = {
        bytes: Buffer.concat([head, noise]),
        from: { address: '10.0.0.1', port: 68 },
        heardOn,
      } as const;
      await service.receive(question, () => {});
    }),
    { numRuns: 200 },
  );
});
