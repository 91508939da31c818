// Data Center Manageability Interface 1.5: capabilities and power readings.
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import { type Answer, type Handlers, type Scene, u16, u32 } from '../handler.ts';

const { user } = privileges;
const group = 0xdc;
const powerPeriodMs = 1000;

/** Capabilities by selector: power management; SEL of 512 entries; BMC at 20h; LAN channel 1; no rolling averages. */
const capabilities: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [0x00, 0x01, 0x01]],
  [2, [0x00, 0x02, 0x00, 0x00, 0x01]],
  [3, [0x20, 0x00]],
  [4, [0x01, 0xff, 0xff]],
  [5, [0x00]],
]);

function getCapabilities(data: Buffer): Answer {
  const bytes = capabilities.get(data[1] ?? 0);
  return bytes ? [group, 0x01, 0x05, 0x02, ...bytes] : completion.invalidField;
}

function powerReading({ chassis, clock }: Scene): Answer {
  const watts = u16(Math.round(chassis.watts()));
  const time = u32(Math.floor(clock.now() / 1000));
  return [group, ...watts, ...watts, ...watts, ...watts, ...time, ...u32(powerPeriodMs), 0x40];
}

/** Other groups (PICMG, VITA) share these numbers: they are told that there is no such command. */
const inGroup =
  (answer: (data: Buffer, scene: Scene) => Answer) =>
  (data: Buffer, scene: Scene): Answer =>
    data[0] === group ? answer(data, scene) : completion.invalidCommand;

export const dcmiHandlers: Handlers = [
  [0x2c01, { needs: user, run: inGroup(getCapabilities) }],
  [0x2c02, { needs: user, run: inGroup((_data, scene) => powerReading(scene)) }],
];
