import { explain } from '#base/errors.ts';
import type { BootDevice, Task } from '#drivers/kinds.ts';

/** Set what the machine boots from. An interface that manages nothing leaves it to the machine's own order. */
export async function bootFrom(task: Task, device: BootDevice, persistent: boolean): Promise<void> {
  const { management } = task.driver;
  if (!management.bootDevices.includes(device)) {
    task.log.info({ device, interface: management.name }, 'the management interface does not set this boot device');
    return;
  }
  try {
    await management.setBootDevice(task, device, persistent);
  } catch (error) {
    if (task.signal.aborted) throw error;
    throw new Error(`the boot device could not be set to "${device}": ${explain(error)}`, { cause: error });
  }
}
