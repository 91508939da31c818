// deploy interface "ramdisk": the instance is a kernel and a ramdisk, or an ISO, that the machine boots each time. Nothing
// is written to a disk and no agent runs. (reference: conductor.md E54)
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import { type DeployFace, done, type Step, type Task } from '../kinds.ts';
import { directDeploy } from './deploy.ts';

const deployStep: Step = {
  step: 'deploy',
  in: { deploy: 100 },
  again: true,
  async run(task) {
    if (!task.node.disable_power_off) await task.powerTo('power off');
    await task.driver.network.configureTenant(task);
    await task.driver.boot.prepareInstance(task);
    await task.powerTo(task.node.disable_power_off ? 'rebooting' : 'power on');
    return done;
  },
};

/** What the instance is made of. Throws MissingParameterValue or InvalidParameterValue naming the field. */
async function checkInstance(task: Task): Promise<void> {
  const { instance_info, uuid } = task.node;
  const { boot_iso, kernel, ramdisk, image_source, configdrive } = instance_info;
  const { boot } = task.driver;
  if (!boot.capabilities.includes('ramdisk_boot'))
    throw new InvalidParameterValue({
      why: `Node ${uuid} has deploy interface "ramdisk", and its boot interface "${boot.name}" cannot boot ramdisks.`,
    });
  if (configdrive && !boot.capabilities.includes('ramdisk_boot_configdrive'))
    throw new InvalidParameterValue({
      why: `Node ${uuid} has a config drive, and boot interface "${boot.name}" cannot hand one to a ramdisk.`,
    });
  if (boot_iso && image_source)
    throw new InvalidParameterValue({
      why: `Node ${uuid} has both "boot_iso" and "image_source" in instance_info: give the one that it is to run.`,
    });
  if (boot_iso || (kernel && ramdisk)) return boot.validateInstance?.(task);
  throw new MissingParameterValue({
    why: `Node ${uuid} runs from a ramdisk: instance_info needs "kernel" and "ramdisk", or "boot_iso"${image_source ? '; "image_source" names what is written to disks' : ''}.`,
  });
}

export const ramdiskDeploy: DeployFace & { ramdisk: NonNullable<typeof directDeploy.ramdisk> } = {
  ...directDeploy,
  name: 'ramdisk',
  agent: false,
  properties: {},
  steps: [deployStep],
  async validate(task) {
    await checkInstance(task);
  },
  async prepare(task) {
    await task.driver.network.validate?.(task);
    await task.driver.network.unconfigureTenant(task);
  },
  async cleanUp(task) {
    await task.driver.boot.cleanUpInstance(task);
  },
};
