// power interface "ipmitool": the name is Ironic's, the IPMI is our own.
import type { PowerTarget } from '#model/power.ts';
import type { PowerFace, Task } from '../kinds.ts';
import { bmcOf } from './bmc.ts';
import { ipmiInfo, ipmiProperties } from './info.ts';
import { applyForcedBootDevice } from './management.ts';

/** A BMC that has not answered by then is looked at again with the next sync. */
const backgroundMs = 8000;

async function isOn(task: Task, background = false): Promise<boolean> {
  const how = background ? ({ rank: 'background', deadline: task.clock.now() + backgroundMs } as const) : {};
  return (await bmcOf(task).chassisStatus({ signal: task.signal, ...how })).power;
}

async function order(task: Task, target: PowerTarget): Promise<void> {
  const bmc = bmcOf(task);
  const { signal } = task;
  switch (target) {
    case 'power on':
      await applyForcedBootDevice(task);
      return void (await bmc.chassisControl('on', { signal }));
    case 'power off':
      return void (await bmc.chassisControl('off', { signal }));
    case 'soft power off':
      return void (await bmc.chassisControl('soft', { signal }));
    case 'soft rebooting':
      // A machine that is off has no system to ask, and most BMCs refuse then.
      if (await isOn(task)) {
        await bmc.chassisControl('soft', { signal });
        await untilOff(task, task.config.conductor.soft_power_off_timeout);
      }
      await applyForcedBootDevice(task);
      return void (await bmc.chassisControl('on', { signal }));
    case 'rebooting':
      return reboot(task);
  }
}

/** Off, seen off, on: each can be confirmed, where a reset can not. A node that must not go off is reset. */
async function reboot(task: Task): Promise<void> {
  const bmc = bmcOf(task);
  const { signal } = task;
  if (task.node.disable_power_off) {
    await applyForcedBootDevice(task);
    await bmc.chassisControl('reset', { signal });
    return;
  }
  if (await isOn(task)) {
    await bmc.chassisControl('off', { signal });
    await untilOff(task, task.config.conductor.power_state_change_timeout);
  }
  await applyForcedBootDevice(task);
  await bmc.chassisControl('on', { signal });
}

async function untilOff(task: Task, seconds: number): Promise<void> {
  const until = task.clock.now() + seconds * 1000;
  for (let pause = 20; await isOn(task); pause = Math.min(pause * 2, 1000)) {
    if (task.clock.now() >= until)
      throw new Error(`the machine is still on ${seconds} s after it was told to power off`);
    await task.clock.sleep(pause, task.signal);
  }
}

export const ipmiPower: PowerFace = {
  name: 'ipmitool',
  properties: ipmiProperties,
  supports: ['power on', 'power off', 'rebooting', 'soft power off', 'soft rebooting'],
  syncs: true,
  validate(task) {
    ipmiInfo(task);
  },
  async read(task, options) {
    return (await isOn(task, options?.background)) ? 'power on' : 'power off';
  },
  ask: order,
};
