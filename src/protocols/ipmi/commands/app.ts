// Application commands (IPMI 2.0 §20, §22).
import { unreadable } from '../wire/unreadable.ts';
import { type Command, empty, nothing, privileges } from './command.ts';

export interface DeviceId {
  readonly deviceId: number;
  readonly deviceRevision: number;
  readonly providesSdrs: boolean;
  /** `major.minor`, as ipmitool prints it. */
  readonly firmware: string;
  readonly updating: boolean;
  readonly ipmiVersion: string;
  readonly support: number;
  /** IANA enterprise number. */
  readonly manufacturer: number;
  readonly product: number;
  readonly aux: Buffer;
}

export const deviceId: Command<DeviceId> = {
  name: 'Get Device ID',
  netFn: 0x06,
  cmd: 0x01,
  data: empty,
  needs: privileges.user,
  read(b) {
    if (b.length < 11) return unreadable('shorter than 11 bytes');
    return {
      deviceId: b[0]!,
      deviceRevision: b[1]! & 0x0f,
      providesSdrs: (b[1]! & 0x80) !== 0,
      firmware: `${b[2]! & 0x7f}.${b[3]!.toString(16).padStart(2, '0')}`,
      updating: (b[2]! & 0x80) !== 0,
      ipmiVersion: `${b[4]! & 0x0f}.${b[4]! >> 4}`,
      support: b[5]!,
      manufacturer: b.readUIntLE(6, 3),
      product: b.readUInt16LE(9),
      aux: Buffer.from(b.subarray(11, 15)),
    };
  },
};

/** The 16 bytes as they come; vendors differ in their order. */
export const systemGuid: Command<Buffer> = {
  name: 'Get System GUID',
  netFn: 0x06,
  cmd: 0x37,
  data: empty,
  needs: privileges.user,
  read: (data) => (data.length < 16 ? unreadable('shorter than 16 bytes') : Buffer.from(data.subarray(0, 16))),
};

export interface ChannelInfo {
  readonly channel: number;
  /** 4 is 802.3 LAN, 6 other LAN. */
  readonly medium: number;
  readonly protocol: number;
  readonly sessionSupport: number;
  readonly activeSessions: number;
}

/** Channel 0Eh is the one that the command comes in by. */
export const channelInfo = (channel = 0x0e): Command<ChannelInfo> => ({
  name: 'Get Channel Info',
  netFn: 0x06,
  cmd: 0x42,
  data: Uint8Array.of(channel),
  needs: privileges.user,
  read(b) {
    if (b.length < 4) return unreadable('shorter than 4 bytes');
    return {
      channel: b[0]! & 0x0f,
      medium: b[1]! & 0x7f,
      protocol: b[2]! & 0x1f,
      sessionSupport: b[3]! >> 6,
      activeSessions: b[3]! & 0x3f,
    };
  },
});

export const setSessionPrivilege = (level: number): Command<number> => ({
  name: 'Set Session Privilege Level',
  direct: true,
  netFn: 0x06,
  cmd: 0x3b,
  data: Uint8Array.of(level),
  needs: privileges.user,
  read: (data) => (data.length > 0 ? data[0]! & 0x0f : unreadable('no data')),
});

export const closeSession = (id: number): Command<undefined> => ({
  name: 'Close Session',
  direct: true,
  netFn: 0x06,
  cmd: 0x3c,
  data: Uint8Array.of(id & 0xff, (id >>> 8) & 0xff, (id >>> 16) & 0xff, id >>> 24),
  needs: privileges.callback,
  read: nothing,
});

/** Restarts the BMC itself, not the machine; all sessions die and often nothing is answered. */
export const bmcReset = (how: 'cold' | 'warm'): Command<undefined> => ({
  name: how === 'cold' ? 'Cold Reset' : 'Warm Reset',
  netFn: 0x06,
  cmd: how === 'cold' ? 0x02 : 0x03,
  data: empty,
  needs: privileges.administrator,
  once: true,
  read: nothing,
});
