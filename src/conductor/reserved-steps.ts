import type { StepOutcome } from '#drivers/kinds.ts';
import { done } from '#drivers/kinds.ts';
import type { PlannedStep } from '#model/steps.ts';
import type { HeldTask } from './task.ts';

/** The steps that the house runs itself in any flow (reference: hardware.json, reserved_steps). */
export async function runReserved(task: HeldTask, step: PlannedStep): Promise<StepOutcome | 'hold'> {
  switch (step.step) {
    case 'power_on':
      await task.powerTo('power on');
      return done;
    case 'power_off':
      await task.powerTo('power off');
      return done;
    case 'reboot':
      await task.powerTo('rebooting');
      return done;
    case 'hold':
      return 'hold';
    default:
      return waitStep(task, step.args?.seconds);
  }
}

/** `wait`: some seconds here, or until the ramdisk is heard next. */
async function waitStep(task: HeldTask, seconds: unknown): Promise<StepOutcome> {
  if (seconds === undefined) return { is: 'wait', on: 'heartbeat', for: 'the next heartbeat of the ramdisk' };
  const asked = Number(seconds);
  if (!Number.isFinite(asked) || asked < 0)
    throw new Error(`the argument "seconds" is ${JSON.stringify(seconds)}, not a number from 0 up`);
  const most = task.config.conductor.max_conductor_wait_step_seconds;
  await task.clock.sleep(Math.min(asked, most) * 1000, task.signal);
  return done;
}
