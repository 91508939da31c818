import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { answerTo, type Bridge, bridgedMessage, directMessage, type Request } from './bridge.ts';
import { IpmiCommandFailed } from './errors.ts';
import type { Satellite } from './server/bmc-spec.ts';
import { memoryChassis } from './server/memory-chassis.ts';
import { type OneBmc, oneBmc } from './testing/one-bmc.ts';
import { type Message, readMessage, writeResponse } from './wire/message.ts';

const request: Request = { rqSeq: 9, netFn: 0x06, lun: 0, cmd: 0x01, data: new Uint8Array(0) };
const single: Bridge = { local: undefined, transit: undefined, target: { channel: 0, address: 0x82 } };
const dual: Bridge = { ...single, transit: { channel: 7, address: 0x72 } };

test.each([
  ['one hop: a message in it', single, 0x82],
  ['two hops: a message in that of the controller in between', dual, 0x72],
] as const)('a bridged message is to the BMC, with %s', (_what, bridge, first) => {
  const whole = readMessage(bridgedMessage(bridge, request)) as Message;
  expect(whole).toMatchObject({ is: 'message', rsAddr: 0x20, rqAddr: 0x81, netFn: 6, cmd: 0x34, rqSeq: 9 });
  expect(whole.data[0]).toBe(0x40 | (bridge.transit ?? bridge.target).channel);
  const inner = readMessage(whole.data.subarray(1)) as Message;
  expect(inner).toMatchObject({ is: 'message', rsAddr: first, rqAddr: 0x20, rqSeq: 9 });
});

test('an answer is taken as it comes, and out of answers to Send Message', () => {
  const sent = readMessage(bridgedMessage(dual, request)) as Message;
  const asked = readMessage(directMessage(request, 0x82, 0x20)) as Message;
  const answer = writeResponse(asked, 0, Buffer.from([1, 2, 3]));
  const wrapped = writeResponse(sent, 0, writeResponse(sent, 0, answer));
  const data = Buffer.from([0, 1, 2, 3]);
  const heard = (bytes: Buffer) => answerTo(request, readMessage(bytes) as Message, true);
  expect(heard(answer)?.data).toEqual(data);
  expect(heard(wrapped)?.data).toEqual(data);
  expect(heard(writeResponse(sent, 0, Buffer.alloc(0)))).toBeUndefined();
  expect(heard(writeResponse(sent, 0x83, Buffer.alloc(0)))?.data).toEqual(Buffer.from([0x83]));
});

test('whatever is inside of an answer to Send Message is taken or waited for', () => {
  const sent = readMessage(bridgedMessage(single, request)) as Message;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const heard = readMessage(writeResponse(sent, 0, bytes)) as Message;
      expect(answerTo(request, heard, true)?.is ?? 'message').toBe('message');
    }),
  );
});

let one: OneBmc;
afterEach(() => one?.close());

const far: Satellite = { channel: 0, address: 0x82, chassis: memoryChassis({ on: false }) };
const near: Satellite = { channel: 7, address: 0x72, chassis: memoryChassis({ on: true }), satellites: [far] };

test.each([
  ['2.0', undefined],
  ['1.5', undefined],
  ['2.0', 0x90],
] as const)('a controller behind one, and one behind that, obey over IPMI %s', async (protocol, local) => {
  one = await oneBmc({ chassis: memoryChassis({ on: true }), satellites: [near] });
  const behind = one.bmc({ protocol, bridge: { local, transit: undefined, target: near } });
  await behind.chassisControl('off');
  expect(near.chassis.power()).toBe(false);
  const further = one.bmc({ protocol, bridge: { local, transit: near, target: far } });
  await further.chassisControl('on');
  expect((await further.chassisStatus()).power).toBe(true);
  expect(far.chassis.power()).toBe(true);
  expect((await one.bmc({ protocol }).chassisStatus()).power).toBe(true);
});

test('a controller that is not there is told by name', async () => {
  one = await oneBmc({ satellites: [near] });
  const nobody = one.bmc({ bridge: { local: undefined, transit: undefined, target: { channel: 0, address: 0x30 } } });
  const error = await nobody.chassisStatus().catch((e: unknown) => e);
  expect(IpmiCommandFailed.is(error) && error.facts.code).toBe(0x83);
  expect(String(error)).toMatch(/Send Message, to hand on Get Chassis Status.*nobody is at the address/);
});
