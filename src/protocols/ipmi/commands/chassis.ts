// Chassis commands (IPMI 2.0 §28).
import { unreadable } from '../wire/unreadable.ts';
import { type Command, empty, nothing, privileges } from './command.ts';

export const chassisActions = { off: 0, on: 1, cycle: 2, reset: 3, nmi: 4, soft: 5 } as const;
export type ChassisAction = keyof typeof chassisActions;

export interface ChassisStatus {
  readonly power: boolean;
  readonly overload: boolean;
  readonly interlock: boolean;
  readonly fault: boolean;
  readonly controlFault: boolean;
  readonly restorePolicy: 'always-off' | 'previous' | 'always-on' | 'unknown';
  readonly lastEvent: number;
  readonly intrusion: boolean;
  readonly driveFault: boolean;
  readonly fanFault: boolean;
  readonly identify: 'off' | 'temporary' | 'indefinite' | 'unsupported';
}

const policies = ['always-off', 'previous', 'always-on', 'unknown'] as const;
const identifyStates = ['off', 'temporary', 'indefinite', 'off'] as const;

export const chassisStatus: Command<ChassisStatus> = {
  name: 'Get Chassis Status',
  netFn: 0x00,
  cmd: 0x01,
  data: empty,
  needs: privileges.user,
  read(data) {
    const [state, lastEvent, misc] = data;
    if (state === undefined || lastEvent === undefined || misc === undefined) return unreadable('shorter than 3 bytes');
    return {
      power: (state & 0x01) !== 0,
      overload: (state & 0x02) !== 0,
      interlock: (state & 0x04) !== 0,
      fault: (state & 0x08) !== 0,
      controlFault: (state & 0x10) !== 0,
      restorePolicy: policies[(state >> 5) & 3]!,
      lastEvent,
      intrusion: (misc & 0x01) !== 0,
      driveFault: (misc & 0x04) !== 0,
      fanFault: (misc & 0x08) !== 0,
      identify: misc & 0x40 ? identifyStates[(misc >> 4) & 3]! : 'unsupported',
    };
  },
};

/** On and off may be said twice; the others would do it twice. */
export const chassisControl = (action: ChassisAction): Command<undefined> => ({
  name: `Chassis Control (${action})`,
  netFn: 0x00,
  cmd: 0x02,
  data: Uint8Array.of(chassisActions[action]),
  needs: privileges.operator,
  once: action !== 'on' && action !== 'off',
  read: nothing,
});

/** Light the identify lamp for so many seconds (0: off), or for good. */
export const chassisIdentify = (how: number | 'on'): Command<undefined> => ({
  name: 'Chassis Identify',
  netFn: 0x00,
  cmd: 0x04,
  data: how === 'on' ? Uint8Array.of(0, 1) : Uint8Array.of(Math.min(255, how)),
  needs: privileges.operator,
  read: nothing,
});
