// The clock of a BMC: set by a step, checked when a node is verified where the option says so.
import { InvalidParameterValue } from '#contract/errors.ts';
import { textOf } from '#protocols/redfish/document.ts';
import { done, type Step, type Task } from '../kinds.ts';
import { change, managerOf, systemOf } from './system.ts';

/** A clock that is off by more than this is set. */
const tolerableMs = 1000;
const offset = /^([+-])(0\d|1[0-4]):([0-5]\d)$/;

/** Milliseconds since the epoch. Throws InvalidParameterValue naming the argument. */
export function timeIn(text: unknown): number {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new InvalidParameterValue({
    why: `target_datetime is ${JSON.stringify(text)}: a time such as 2026-11-23T08:00:00+00:00 is accepted.`,
  });
}

export function offsetIn(text: unknown): string {
  if (text === undefined || text === null) return '+00:00';
  if (typeof text === 'string' && (text === 'Z' || offset.test(text))) return text === 'Z' ? '+00:00' : text;
  throw new InvalidParameterValue({
    why: `datetime_local_offset is ${JSON.stringify(text)}: an offset such as +00:00 is accepted.`,
  });
}

/** ISO 8601 with the offset that the BMC keeps its time in. */
export function written(time: number, local: string): string {
  const [, sign, hours, minutes] = offset.exec(local) ?? ['', '+', '00', '00'];
  const shift = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(time + shift).toISOString().replace(/\.\d{3}Z$/, local);
}

async function setClock(task: Task, time: number, local: string): Promise<void> {
  const manager = await managerOf(task, await systemOf(task));
  if (!manager) throw new Error('the BMC tells of no manager, whose clock could be set');
  await change(task, manager, { DateTime: written(time, local), DateTimeLocalOffset: local });
  const seen = await managerOf(task, await systemOf(task));
  const told = Date.parse(textOf(seen?.body.DateTime) ?? '');
  if (!(Math.abs(told - time) <= 60_000))
    throw new Error(`the clock of the BMC was set to ${written(time, local)}, but it tells ${seen?.body.DateTime}`);
}

export const clockSteps: readonly Step[] = [
  {
    step: 'set_bmc_clock',
    in: { clean: 0 },
    args: {
      target_datetime: { help: 'The time to set, ISO 8601; the present time where it is not given.' },
      datetime_local_offset: { help: 'The offset from UTC that the BMC keeps its time in, such as +00:00.' },
    },
    again: true,
    async run(task, { target_datetime, datetime_local_offset }) {
      const local = offsetIn(datetime_local_offset);
      const none = target_datetime === undefined || target_datetime === null;
      await setClock(task, none ? task.clock.now() : timeIn(target_datetime), local);
      return done;
    },
  },
  {
    step: 'verify_bmc_clock',
    in: { verify: 1 },
    again: true,
    async run(task) {
      if (!task.config.redfish.enable_verify_bmc_clock) return done;
      const manager = await managerOf(task, await systemOf(task));
      const told = Date.parse(textOf(manager?.body.DateTime) ?? '');
      if (Math.abs(told - task.clock.now()) <= tolerableMs) return done;
      await setClock(task, task.clock.now(), '+00:00');
      return done;
    },
  },
];
