// LAN configuration parameters (IPMI 2.0 §23).
import { unreadable } from '../wire/unreadable.ts';
import { type Command, privileges } from './command.ts';

const lanParameters = {
  address: 3,
  addressSource: 4,
  mac: 5,
  netmask: 6,
  gateway: 12,
  gatewayMac: 13,
  community: 16,
  vlan: 20,
} as const;

export type LanParameter = keyof typeof lanParameters;

/** The bytes of one LAN parameter, by name or number. */
export const lanParameter = (which: LanParameter | number, channel = 0x0e, set = 0, block = 0): Command<Buffer> => {
  const parameter = typeof which === 'number' ? which : lanParameters[which];
  return {
    name: `Get LAN Configuration Parameters (${parameter})`,
    netFn: 0x0c,
    cmd: 0x02,
    data: Uint8Array.of(channel, parameter, set, block),
    needs: privileges.operator,
    read: (data) => (data.length < 1 ? unreadable('no data') : Buffer.from(data.subarray(1))),
  };
};
