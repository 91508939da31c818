// inspect interface "agent": the ramdisk looks at the machine and tells what it found. (reference: conductor.md L99)
import { explain } from '#base/errors.ts';
import type { Config } from '#config/schema.ts';
import type { InspectFace, StepOutcome, Task } from '../kinds.ts';
import { bmcAddresses } from './bmc-addresses.ts';

/** Kernel arguments that make the ramdisk of a boot an inspecting one (reference: agent-api.md §6). */
export function inspectionArguments(config: Config, apiUrl: string): string[] {
  const { callback_endpoint_override: override, extra_kernel_params, force_dhcp } = config.inspector;
  const root = (override ?? apiUrl).replace(/\/+$/, '');
  const url = root.endsWith('/v1/continue_inspection') ? root : `${root}/v1/continue_inspection`;
  const extra = String(extra_kernel_params ?? '')
    .split(/\s+/)
    .filter(Boolean);
  return [`ipa-inspection-callback-url=${url}`, ...(force_dhcp ? ['ipa-collect-lldp=1'] : []), ...extra];
}

/** Whether this house can boot the machine's ramdisk; where it can't, others may have to. */
async function canBoot(task: Task): Promise<boolean> {
  try {
    await task.driver.network.validate?.(task);
    await task.driver.boot.validate(task);
    return true;
  } catch (error) {
    if (task.config.inspector.require_managed_boot) throw error;
    task.log.info({ err: error }, `the ramdisk has to be booted by others (${explain(error)})`);
    return false;
  }
}

async function powerCycle(task: Task): Promise<void> {
  if (task.node.disable_power_off) return task.powerTo('rebooting');
  await task.powerTo('power off');
  await task.powerTo('power on');
}

async function inspect(task: Task): Promise<StepOutcome> {
  await task.note({ bmc_addresses: await bmcAddresses(task) });
  if (await canBoot(task)) {
    await task.driver.network.add(task, 'inspection');
    await task.driver.boot.prepareRamdisk(task, 'deploy', inspectionArguments(task.config, task.house.apiUrl));
    await task.note({ inspection_booted: true });
  } else await task.bootFrom('pxe', false);
  await powerCycle(task);
  return { is: 'wait', on: 'external', for: 'the ramdisk to tell what it found' };
}

async function cleanUp(task: Task): Promise<void> {
  const ours = task.info.inspection_booted === true;
  if (ours) await task.driver.boot.cleanUpRamdisk(task);
  if (task.config.inspector.power_off && !task.node.disable_power_off) await task.powerTo('power off');
  if (ours) await task.driver.network.remove(task, 'inspection');
  await task.note({ inspection_booted: undefined, bmc_addresses: undefined });
}

export const agentInspect: InspectFace = { name: 'agent', inspect, abort: cleanUp, cleanUp };
