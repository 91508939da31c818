// Chassis commands (IPMI 2.0 §28).
import { type ChassisAction, chassisActions } from '../../commands/chassis.ts';
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import { type Answer, type Handlers, type Scene, u32 } from '../handler.ts';

const { user, operator, administrator } = privileges;
const identifyBits = { off: 0x00, temporary: 0x10, indefinite: 0x20 } as const;
const actionOf = new Map(Object.entries(chassisActions).map(([name, code]) => [code as number, name as ChassisAction]));
const defaultIdentify = 15;

/** Bytes of boot parameters that were never set (table 28-14). */
const unsetBoot: ReadonlyMap<number, number[]> = new Map([
  [0, [0]],
  [1, [0]],
  [2, [0]],
  [3, [0]],
  [4, [0, 0]],
  [5, [0, 0, 0, 0, 0]],
  [6, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [7, [0]],
]);

function status(_data: Buffer, { chassis }: Scene): Answer {
  const power = (chassis.power() ? 0x01 : 0) | (chassis.restorePolicy << 5);
  const misc = (chassis.miscState ?? 0) | 0x40 | identifyBits[chassis.identifyState()];
  return [power, chassis.lastPowerEvent ?? 0, misc, 0];
}

async function control(data: Buffer, { chassis }: Scene): Promise<Answer> {
  const action = actionOf.get(data[0]! & 0x0f);
  if (data.length !== 1) return completion.lengthInvalid;
  if (!action) return completion.invalidField;
  return (await chassis.control(action)) ?? [];
}

function identify(data: Buffer, { chassis }: Scene): Answer {
  chassis.identify((data[1] ?? 0) & 1 ? 'on' : (data[0] ?? defaultIdentify));
  return [];
}

function restorePolicy(data: Buffer, { chassis }: Scene): Answer {
  const policy = data[0];
  if (policy === undefined) return completion.lengthInvalid;
  if ((policy & 7) < 3) chassis.restorePolicy = policy & 7;
  return [0x07];
}

function setBoot(data: Buffer, { chassis, memory }: Scene): Answer {
  const selector = data[0];
  if (selector === undefined) return completion.lengthInvalid;
  const parameter = selector & 0x7f;
  if (!unsetBoot.has(parameter)) return 0x80;
  if (selector & 0x80) memory.invalidBoot.add(parameter);
  else memory.invalidBoot.delete(parameter);
  if (data.length > 1) chassis.bootParameters.set(parameter, Uint8Array.from(data.subarray(1)));
  return [];
}

function getBoot(data: Buffer, { chassis, memory }: Scene): Answer {
  if (data.length < 3) return completion.lengthInvalid;
  const parameter = data[0]! & 0x7f;
  const bytes = chassis.bootParameters.get(parameter) ?? unsetBoot.get(parameter);
  if (!bytes) return 0x80;
  return [0x01, parameter | (memory.invalidBoot.has(parameter) ? 0x80 : 0), ...bytes];
}

export const chassisHandlers: Handlers = [
  // Capabilities: no intrusion sensor and so on; FRU, SDR, SEL and SM devices are the BMC itself.
  [0x0000, { needs: user, run: () => [0x00, 0x20, 0x20, 0x20, 0x20, 0x20] }],
  [0x0001, { needs: user, run: status }],
  [0x0002, { needs: operator, run: control }],
  [0x0004, { needs: operator, run: identify }],
  [0x0006, { needs: operator, run: restorePolicy }],
  // Restart cause: chassis control.
  [0x0007, { needs: user, run: () => [0x01, 0x01] }],
  [0x0008, { needs: operator, run: setBoot }],
  [0x0009, { needs: operator, run: getBoot }],
  // Front panel buttons are taken and have no effect.
  [0x000a, { needs: administrator, run: () => [] }],
  [0x000f, { needs: user, run: () => [60, ...u32(0)] }],
];
