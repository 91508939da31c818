import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hmacKey } from '#protocols/ipmi/wire/hmac.ts';
import { readMessage, writeMessage } from '#protocols/ipmi/wire/message.ts';
import { payloads, readPacket, write15, writeAsf, writeSetup } from '#protocols/ipmi/wire/packet.ts';
import {
  type Exchange,
  keyBytes,
  rakp2Code,
  rakp3Code,
  rakp4Code,
  sessionIntegrityKey,
} from '#protocols/ipmi/wire/rakp.ts';
import { noKeys, type SessionKeys, seal, sessionKeys, unseal } from '#protocols/ipmi/wire/seal.ts';
import {
  readOpenSessionRequest,
  readOpenSessionResponse,
  readRakp1,
  readRakp2,
  readRakp34,
  writeOpenSessionRequest,
  writeOpenSessionResponse,
  writeRakp1,
  writeRakp2,
  writeRakp34,
} from '#protocols/ipmi/wire/setup.ts';
import { suites } from '#protocols/ipmi/wire/suites.ts';
import { isUnreadable, type Unreadable } from '#protocols/ipmi/wire/unreadable.ts';

interface Frame {
  from: 'client' | 'bmc';
  hex: string;
  kind?: string;
  plaintext?: string;
  iv?: string | null;
  sessionSeq?: number;
  decoded?: { rsAddr: number; netFn: number; lun: number; rqAddr: number; rqSeq: number; cmd: number; data: string };
}
interface Credentials {
  cipherSuite: number;
  username: string;
  password: string;
  kg: string | null;
}
interface Capture extends Credentials {
  peer: string;
  command: string;
  keys: Record<string, string | number>;
  packets: Frame[];
}
interface Derived extends Credentials {
  roleByte: number;
  consoleSidWire: string;
  bmcSidWire: string;
  rc: string;
  rm: string;
  guid: string;
  rakp2_authcode: string;
  rakp3_authcode: string;
  rakp4_icv: string;
  sik: string;
  k1: string;
  k2: string;
  command: { plaintext: string; iv: string | null; packet: string };
}

const file = readFileSync(new URL('vectors.json', import.meta.url), 'utf8');
const { captures, derived } = JSON.parse(file) as { captures: Capture[]; derived: Derived[] };
const hex = (text: string) => Buffer.from(text, 'hex');

function must<T extends object>(outcome: T | Unreadable): T {
  if (isUnreadable(outcome)) throw new Error(outcome.why);
  return outcome;
}

function exchangeOf(c: Capture): Exchange {
  const { consoleSid, bmcSid, rc, rm, guid, roleByte } = c.keys;
  return {
    suite: suites.get(c.cipherSuite)!,
    consoleId: Number(consoleSid),
    bmcId: Number(bmcSid),
    consoleRandom: hex(String(rc)),
    bmcRandom: hex(String(rm)),
    guid: hex(String(guid)),
    role: Number(roleByte),
    username: Buffer.from(c.username),
  };
}

const secrets = (c: Credentials) => ({
  user: hmacKey(suites.get(c.cipherSuite)!.hash ?? 'sha1', keyBytes(Buffer.from(c.password))),
  kg: hmacKey(suites.get(c.cipherSuite)!.hash ?? 'sha1', keyBytes(c.kg ? hex(c.kg) : Buffer.from(c.password))),
});

/** Setup payloads by payload type: read, and written again from what was read. */
const rewritten: Record<number, (payload: Buffer) => Buffer> = {
  [payloads.openSessionRequest]: (b) => writeOpenSessionRequest(must(readOpenSessionRequest(b))),
  [payloads.openSessionResponse]: (b) => writeOpenSessionResponse(must(readOpenSessionResponse(b))),
  [payloads.rakp1]: (b) => writeRakp1(must(readRakp1(b))),
  [payloads.rakp2]: (b) => writeRakp2(must(readRakp2(b))),
  [payloads.rakp3]: (b) => writeRakp34(must(readRakp34(b))),
  [payloads.rakp4]: (b) => writeRakp34(must(readRakp34(b))),
};

function keysOf(c: Capture): SessionKeys | undefined {
  if (c.keys.guid === undefined) return undefined;
  const x = exchangeOf(c);
  return x.suite.hash ? sessionKeys(x.suite, sessionIntegrityKey(x, secrets(c).kg)) : noKeys(x.suite);
}

function messageAgain(plain: Buffer, decoded: Frame['decoded']): Buffer {
  const message = must(readMessage(plain));
  if (decoded)
    expect({ ...message, data: message.data.toString('hex') }).toMatchObject({
      rsAddr: decoded.rsAddr,
      netFn: decoded.netFn,
      rqAddr: decoded.rqAddr,
      rqSeq: decoded.rqSeq,
      cmd: decoded.cmd,
      data: decoded.data,
    });
  return writeMessage(message);
}

/** The frame, read to its fields and written again from them. */
function again(frame: Frame, keys: SessionKeys | undefined): Buffer {
  const packet = must(readPacket(hex(frame.hex)));
  if (packet.is === 'asf') return writeAsf(packet);
  if (packet.is === 'v1.5') return write15({ ...packet, payload: messageAgain(packet.payload, frame.decoded) });
  const setup = rewritten[packet.payloadType];
  if (setup) return writeSetup(packet.payloadType, setup(packet.payload));
  const plain = must(unseal(keys!, packet));
  if (frame.plaintext) expect(plain.toString('hex')).toBe(frame.plaintext);
  if (frame.sessionSeq) expect(packet.sequence).toBe(frame.sessionSeq);
  const iv = () => hex(frame.iv ?? '');
  return seal(keys!, packet.payloadType, packet.sessionId, packet.sequence, messageAgain(plain, frame.decoded), iv);
}

for (const [index, capture] of captures.entries())
  test(`capture ${index}, ${capture.peer}, suite ${capture.cipherSuite}, ${capture.command}: read and written again to the byte`, () => {
    const keys = keysOf(capture);
    for (const frame of capture.packets) expect(again(frame, keys).toString('hex')).toBe(frame.hex);
  });

test.for(captures.map((c, i) => [i, c] as const).filter(([, c]) => c.keys.rakp2_authcode))(
  'capture %i: the proofs of its RAKP messages are ours',
  ([, capture]) => {
    const x = exchangeOf(capture);
    const { user, kg } = secrets(capture);
    // The capture with the wrong password holds the BMC's code for the right one: its key is in the capture.
    expect(user).toEqual(hmacKey(x.suite.hash!, hex(String(capture.keys.kuid))));
    const frames = new Map(capture.packets.map((frame) => [frame.kind, hex(frame.hex)]));
    const code = (kind: string, from: number) =>
      frames
        .get(kind)
        ?.subarray(16 + from)
        .toString('hex');
    if (!code('rakp3', 8)) return expect(rakp2Code(x, user).toString('hex')).not.toBe(code('rakp2', 40));
    expect(rakp2Code(x, user).toString('hex')).toBe(code('rakp2', 40));
    expect(rakp3Code(x, user).toString('hex')).toBe(code('rakp3', 8));
    expect(rakp4Code(x, sessionIntegrityKey(x, kg)).toString('hex')).toBe(code('rakp4', 8));
  },
);

test.for(derived.map((d, i) => [i, d] as const))('derived session %i: codes, keys and a command packet', ([, d]) => {
  const x: Exchange = {
    suite: suites.get(d.cipherSuite)!,
    consoleId: hex(d.consoleSidWire).readUInt32LE(),
    bmcId: hex(d.bmcSidWire).readUInt32LE(),
    consoleRandom: hex(d.rc),
    bmcRandom: hex(d.rm),
    guid: hex(d.guid),
    role: d.roleByte,
    username: Buffer.from(d.username),
  };
  const { user, kg } = secrets(d);
  const sik = sessionIntegrityKey(x, kg);
  expect(rakp2Code(x, user).toString('hex')).toBe(d.rakp2_authcode);
  expect(rakp3Code(x, user).toString('hex')).toBe(d.rakp3_authcode);
  expect(sik.toString('hex')).toBe(d.sik);
  expect(rakp4Code(x, sik).toString('hex')).toBe(d.rakp4_icv);
  const keys = sessionKeys(x.suite, sik);
  if (keys.aes) expect(keys.aes.export().toString('hex')).toBe(d.k2.slice(0, 32));
  const packet = seal(keys, payloads.ipmi, x.bmcId, 7, hex(d.command.plaintext), () => hex(d.command.iv ?? ''));
  expect(packet.toString('hex')).toBe(d.command.packet);
});
