import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { writeMessage } from '../wire/message.ts';
import { payloads, write15, writeSetup } from '../wire/packet.ts';
import { administrator, type BmcSpec } from './bmc-spec.ts';
import type { Scene } from './handler.ts';
import { handlers } from './handlers.ts';
import { memoryChassis } from './memory-chassis.ts';
import { Responder } from './responder.ts';

const clock = new ManualClock();

const spec = (): BmcSpec => ({ chassis: memoryChassis({ clock }), users: administrator('admin', 'password') });

function scene(): Scene {
  const one = spec();
  return {
    chassis: one.chassis,
    spec: one,
    clock,
    session: undefined,
    port: 623,
    memory: { selReservation: 0, sdrReservation: 0, invalidBoot: new Set(), watchdog: new Uint8Array(0) },
    satellites: [],
    askSatellite: async () => {},
    sessions: () => [],
    openSol() {},
    closeSession() {},
    restart() {},
  };
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

test('every command answers any data with bytes or a completion code, and what it says fits into a packet', async () => {
  const command = fc.constantFrom(...handlers.values());
  await fc.assert(
    fc.asyncProperty(command, bytes, async (handler, data) => {
      const answer = await handler.run(data, scene());
      if (typeof answer === 'number') expect(answer).toBeGreaterThan(0);
      else expect(answer.length).toBeLessThan(256);
    }),
    { numRuns: 2000 },
  );
});

function responder() {
  const sent: Buffer[] = [];
  const parts = {
    clock,
    log: silent,
    port: 623,
    randomBytes: (size: number) => Buffer.alloc(size, 7),
    send: (datagram: Buffer) => {
      sent.push(datagram);
    },
  };
  return { sent, bmc: new Responder(parts, spec()) };
}

const peer = { address: '127.0.0.1', port: 1 };

test('any datagram is answered with at most one', () => {
  const session15 = fc
    .tuple(fc.constantFrom(0, 1, 2, 4), fc.constantFrom(0, 9), fc.constantFrom(0x34, 0x38, 0x39, 0x3a), bytes)
    .map(([authType, sessionId, cmd, data]) => {
      const message = { rsAddr: 0x20, netFn: 6, rsLun: 0, rqAddr: 0x81, rqSeq: 1, rqLun: 0, cmd, data };
      const authCode = Buffer.alloc(authType === 0 ? 0 : 16);
      return write15({ authType, sequence: 1, sessionId, authCode, payload: writeMessage(message) });
    });
  const setup = fc.tuple(fc.constantFrom(0, 1, 0x10, 0x12, 0x14), bytes).map(([type, b]) => writeSetup(type, b));
  fc.assert(
    fc.property(fc.oneof(bytes, setup, session15), (datagram) => {
      const { bmc, sent } = responder();
      bmc.hear(datagram, peer);
      expect(sent.length).toBeLessThan(2);
    }),
    { numRuns: 1000 },
  );
});

test('outside of sessions only what finds the BMC is answered', async () => {
  const { bmc, sent } = responder();
  for (const key of [...handlers.keys(), 0x3077]) {
    const data = Buffer.from([0x8e, 4, 0x80]);
    const message = { rsAddr: 0x20, netFn: key >> 8, rsLun: 0, rqAddr: 0x81, rqSeq: 1, rqLun: 0, cmd: key & 255, data };
    const payload = writeMessage(message);
    bmc.hear(write15({ authType: 0, sequence: 0, sessionId: 0, authCode: Buffer.alloc(0), payload }), peer);
    bmc.hear(writeSetup(payloads.ipmi, payload), peer);
  }
  await Promise.resolve();
  await new Promise(setImmediate);
  const open = [...handlers.values()].filter((handler) => handler.needs === 0).length;
  expect(sent).toHaveLength(open * 2);
  expect(open).toBe(4);
});
