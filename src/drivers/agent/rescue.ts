// rescue interface "agent": the ramdisk runs on the user's machine and lets its user in. (reference: conductor.md J89-91)
import type { RescueFace, StepOutcome, Task } from '../kinds.ts';
import { doorOf } from './door.ts';

async function powerOff(task: Task): Promise<void> {
  if (!task.node.disable_power_off) await task.powerTo('power off');
}

const powerOn = (task: Task): Promise<void> => task.powerTo(task.node.disable_power_off ? 'rebooting' : 'power on');

async function rescue(task: Task): Promise<StepOutcome> {
  const { network, boot } = task.driver;
  await powerOff(task);
  await boot.cleanUpInstance(task);
  await network.unconfigureTenant(task);
  await network.add(task, 'rescuing');
  await boot.prepareRamdisk(task, 'rescue');
  await powerOn(task);
  return { is: 'wait', on: 'agent boot', for: 'the rescue ramdisk to boot and call' };
}

/** The password goes over as its hash; a ramdisk that knows only plain ones is given one where the option allows it. */
async function finalize(task: Task): Promise<void> {
  const { rescue_password, hashed_rescue_password } = task.node.instance_info;
  const ask = (params: Record<string, unknown>) =>
    task.house.agents.command(doorOf(task), 'rescue.finalize_rescue', params, { wait: true, signal: task.signal });
  let reply = await ask({ rescue_password: hashed_rescue_password, hashed: true });
  const old = reply.command_status === 'FAILED' && reply.command_error?.type === 'TypeError';
  if (old && !task.config.conductor.require_rescue_password_hashed) reply = await ask({ rescue_password });
  if (reply.command_status === 'FAILED')
    throw new Error(
      `the ramdisk could not set the rescue password: ${reply.command_error?.details ?? reply.command_error?.message ?? 'no reason given'}`,
    );
}

async function cleanUp(task: Task): Promise<void> {
  await task.driver.boot.cleanUpRamdisk(task);
  await task.driver.network.remove(task, 'rescuing');
}

export const agentRescue: RescueFace = {
  name: 'agent',
  async validate(task) {
    await task.driver.network.validate?.(task);
    await task.driver.boot.validate(task);
  },
  rescue,
  async finalize(task) {
    await finalize(task);
    await cleanUp(task);
    await task.driver.network.configureTenant(task);
  },
  async unrescue(task) {
    await powerOff(task);
    await cleanUp(task);
    await task.driver.network.configureTenant(task);
    await task.driver.boot.prepareInstance(task);
    await powerOn(task);
  },
  cleanUp,
};
