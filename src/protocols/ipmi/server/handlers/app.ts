// BMC, session and channel commands (IPMI 2.0 §20, §22, §27).
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import { suites } from '../../wire/suites.ts';
import { usualAuthTypes, usualSessions, usualSuites } from '../bmc-spec.ts';
import { handOn } from '../hand-on.ts';
import { type Answer, type Handlers, type Scene, u16 } from '../handler.ts';

const { callback, user, operator, administrator } = privileges;
const anyone = 0;

/** The one channel that there is, or 0Eh for "this one". */
export const ourChannel = (channel: number | undefined): boolean => {
  const number = (channel ?? 0x0e) & 0x0f;
  return number === 1 || number === 0x0e;
};

function deviceId(_data: Buffer, { chassis }: Scene): Answer {
  const { deviceId: id, revision, firmwareMajor, firmwareMinor, manufacturer, product } = chassis.device;
  const minor = Math.floor(firmwareMinor / 10) * 16 + (firmwareMinor % 10);
  // It has SDRs; it is an event receiver's equal for FRU, SEL, SDR, sensors, and a chassis device.
  const head = [id, 0x80 | revision, firmwareMajor & 0x7f, minor, 0x02, 0x8f];
  return [...head, ...u16(manufacturer), manufacturer >> 16, ...u16(product), 0, 0, 0, 0];
}

/** Authentication capabilities: types of IPMI 1.5, RMCP+, Kg set or not, which kinds of names there are. */
function authCapabilities(data: Buffer, { spec }: Scene): Answer {
  if (data.length < 2) return completion.lengthInvalid;
  if (!ourChannel(data[0])) return completion.invalidField;
  const extended = (data[0]! & 0x80) !== 0;
  const names = spec.users.filter((u) => u.enabled);
  const nameless = names.some((u) => u.name === '') ? 0x02 : 0;
  const named = names.some((u) => u.name !== '') ? 0x04 : 0;
  const types = (spec.authTypes ?? usualAuthTypes).reduce((bits, type) => bits | (1 << type), 0);
  const status = (spec.kg ? 0x20 : 0) | (spec.authenticateOnce ? 0x10 : 0) | nameless | named;
  return [1, types | (extended ? 0x80 : 0), status, extended ? (types ? 0x03 : 0x02) : 0, 0, 0, 0, 0];
}

function cipherSuites(data: Buffer, { spec }: Scene): Answer {
  if (data.length < 3) return completion.lengthInvalid;
  const records: number[] = [];
  for (const id of spec.cipherSuites ?? usualSuites) {
    const suite = suites.get(id);
    if (suite) records.push(0xc0, id, suite.auth, 0x40 | suite.integrity, 0x80 | suite.confidentiality);
  }
  const from = (data[2]! & 0x3f) * 16;
  return [1, ...records.slice(from, from + 16)];
}

function setPrivilege(data: Buffer, { session }: Scene): Answer {
  const level = (data[0] ?? 0) & 0x0f;
  if (!session) return completion.privilege;
  const limit = Math.min(session.maxPrivilege, session.user?.privilege ?? 0);
  if (level === 0) return [session.privilege];
  if (level > limit) return 0x81;
  session.privilege = level;
  return [level];
}

function close(data: Buffer, scene: Scene): Answer {
  if (data.length < 4) return completion.lengthInvalid;
  const session = scene.sessions().find((each) => each.id === data.readUInt32LE(0));
  if (!session) return 0x87;
  scene.closeSession(session);
  return [];
}

function sessionInfo(_data: Buffer, { session, spec, sessions }: Scene): Answer {
  if (!session) return completion.notPresent;
  const counts = [spec.maxSessions ?? usualSessions, sessions().length];
  const octets = session.peer.address.split('.').map(Number);
  const address = octets.length === 4 ? octets : [0, 0, 0, 0];
  const who = [session.user?.id ?? 0, session.privilege, 0x11];
  return [1, ...counts, ...who, ...address, 0, 0, 0, 0, 0, 0, ...u16(session.peer.port)];
}

function channelInfo(data: Buffer, { sessions }: Scene): Answer {
  if (!ourChannel(data[0])) return completion.invalidField;
  // 802.3 LAN, IPMB-1.0 protocol, multi-session; the vendor is the IPMI forum.
  return [1, 0x04, 0x01, 0x80 | sessions().length, 0xf2, 0x1b, 0x00, 0, 0];
}

function channelAccess(data: Buffer): Answer {
  if (!ourChannel(data[0])) return completion.invalidField;
  // Always available; up to administrator.
  return [0x22, 0x04];
}

function restart(_data: Buffer, scene: Scene): Answer {
  scene.restart();
  return [];
}

export const appHandlers: Handlers = [
  [0x0601, { needs: user, run: deviceId }],
  [0x0602, { needs: administrator, run: restart }],
  [0x0603, { needs: administrator, run: restart }],
  [0x0604, { needs: user, run: () => [0x55, 0x00] }],
  [0x0608, { needs: anyone, run: (_data, { chassis }) => chassis.guid }],
  [0x0622, { needs: operator, run: (_data, { memory }) => (memory.watchdog.length === 0 ? 0x80 : []) }],
  [
    0x0624,
    {
      needs: operator,
      run(data, { memory }) {
        if (data.length < 6) return completion.lengthInvalid;
        memory.watchdog = Uint8Array.from(data.subarray(0, 6));
        return [];
      },
    },
  ],
  [
    0x0625,
    {
      needs: user,
      run(_data, { memory }) {
        const set = memory.watchdog.length === 0 ? [0, 0, 0, 0, 0, 0] : [...memory.watchdog];
        return [...set, ...set.slice(4)];
      },
    },
  ],
  [0x062e, { needs: administrator, run: () => [] }],
  // Global enables: event log, receive queue interrupt off.
  [0x062f, { needs: user, run: () => [0x08] }],
  [0x0631, { needs: user, run: () => [0x00] }],
  [0x0634, { needs: user, run: handOn }],
  [0x0637, { needs: anyone, run: (_data, { chassis }) => chassis.guid }],
  [0x0638, { needs: anyone, run: authCapabilities }],
  [0x063b, { needs: callback, run: setPrivilege }],
  [0x063c, { needs: callback, run: close }],
  [0x063d, { needs: user, run: sessionInfo }],
  [0x0640, { needs: administrator, run: () => [] }],
  [0x0641, { needs: user, run: channelAccess }],
  [0x0642, { needs: user, run: channelInfo }],
  [0x0654, { needs: anyone, run: cipherSuites }],
];
