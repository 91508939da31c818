// deploy interface "direct": the ramdisk pulls the image and writes it to the disk (reference: conductor.md D38-40, E51).
import { explain } from '#base/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import { type DeployFace, done, type Step, type StepOutcome, type Task } from '../kinds.ts';
import { doorOf } from './door.ts';
import { agentRamdisk } from './ramdisk.ts';

const properties = {
  deploy_kernel:
    'URL or path of the kernel of the deploy ramdisk. Required where the boot interface boots it from the network.',
  deploy_ramdisk: 'URL or path of the deploy ramdisk. Required where the boot interface boots it from the network.',
  image_download_source:
    'http (the ramdisk pulls from the source), local (from this service). Default: [agent]image_download_source.',
  image_http_proxy: 'URL of a proxy for HTTP image downloads.',
  image_https_proxy: 'URL of a proxy for HTTPS image downloads.',
  image_no_proxy: 'Comma-separated host names that are reached without the proxy.',
  agent_verify_ca: 'Path of a CA bundle to check the ramdisk against, or a boolean.',
  deploy_forces_oob_reboot: 'Power off through the BMC at the end instead of asking the ramdisk. Default false.',
};

/** Power off, network, ramdisk, power on; then the row waits for the ramdisk to call. */
async function bootRamdisk(task: Task): Promise<StepOutcome> {
  await task.driver.boot.prepareRamdisk(task, 'deploy');
  await task.note({ agent_start_attempted: new Date(task.clock.now()).toISOString() });
  if (task.node.disable_power_off) await task.powerTo('rebooting');
  else {
    await task.powerTo('power off');
    await task.powerTo('power on');
  }
  return { is: 'wait', on: 'agent boot', for: 'the ramdisk to boot from the network and call' };
}

const deployStep: Step = { step: 'deploy', in: { deploy: 100 }, again: true, run: bootRamdisk };

const writeImage: Step = {
  step: 'write_image',
  in: { deploy: 80 },
  again: true,
  inRamdisk: true,
  async run(task) {
    const { node } = task;
    const image_info = await task.house.images.imageInfo({
      node: node.uuid,
      instanceInfo: node.instance_info,
      driverInfo: node.driver_info,
      signal: task.signal,
    });
    const configdrive = node.instance_info.configdrive ?? null;
    await agentRamdisk.begin(task, 'deploy', {
      interface: 'deploy',
      step: 'write_image',
      priority: 80,
      args: { image_info, ...(configdrive !== null && { configdrive }) },
    });
    return { is: 'wait', on: 'agent step', for: 'the ramdisk to write the image' };
  },
};

const prepareInstanceBoot: Step = {
  step: 'prepare_instance_boot',
  in: { deploy: 60 },
  again: true,
  async run(task) {
    if (bootModeOf(task.node, task.config.deploy.default_boot_mode) === 'uefi') await installBootEntry(task);
    await task.driver.boot.cleanUpRamdisk(task);
    await task.driver.boot.prepareInstance(task);
    return done;
  },
};

/** A machine with UEFI gets a boot entry for what was written; one that boots the default path needs none. */
async function installBootEntry(task: Task): Promise<void> {
  const { command_wait_attempts: attempts, command_wait_interval: interval } = task.config.agent;
  const door = doorOf(task);
  const begun = await task.house.agents.command(
    door,
    'image.install_bootloader',
    { root_uuid: null, efi_system_part_uuid: null, prep_boot_part_uuid: null, target_boot_mode: 'uefi' },
    { wait: false, signal: task.signal },
  );
  let result = begun;
  for (let attempt = 1; result.command_status === 'RUNNING'; attempt++) {
    if (attempt > attempts)
      throw new Error(`the ramdisk is still installing the boot entry after ${attempts * interval} s`);
    await task.clock.sleep(Math.min(interval * 1000, attempt * 200), task.signal);
    result = (await task.house.agents.commands(door, task.signal)).find((c) => c.id === begun.id) ?? result;
  }
  if (result.command_status === 'FAILED')
    throw new Error(
      `the ramdisk could not make a boot entry: ${result.command_error?.details ?? result.command_error?.message ?? 'no reason given'}`,
    );
}

const tearDownAgent: Step = {
  step: 'tear_down_agent',
  in: { deploy: 40 },
  again: true,
  async run(task) {
    if (task.node.disable_power_off) {
      await task.house.agents.command(doorOf(task), 'standby.sync', {}, { wait: true, signal: task.signal });
      return done;
    }
    if (!isTrue(task.node.driver_info.deploy_forces_oob_reboot)) await askToPowerOff(task);
    await task.powerTo('power off');
    return done;
  },
};

/** The ramdisk flushes its disks and powers the machine off; one that doesn't is powered off by its BMC afterwards. */
async function askToPowerOff(task: Task): Promise<void> {
  const { post_deploy_get_power_state_retries: retries, post_deploy_get_power_state_retry_interval: seconds } =
    task.config.agent;
  try {
    const door = doorOf(task);
    await task.house.agents.command(door, 'standby.sync', {}, { wait: true, signal: task.signal });
    await task.house.agents.command(door, 'standby.power_off', {}, { wait: false, signal: task.signal });
    const until = task.clock.now() + retries * seconds * 1000;
    for (let pause = 50; task.clock.now() < until; pause = Math.min(pause * 2, 1000)) {
      if ((await task.driver.power.read(task)) === 'power off') return;
      await task.clock.sleep(pause, task.signal);
    }
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.info({ err: error }, `the ramdisk did not power the machine off (${explain(error)}); its BMC will`);
  }
}

const switchToTenantNetwork: Step = {
  step: 'switch_to_tenant_network',
  in: { deploy: 30 },
  again: true,
  async run(task) {
    await task.driver.network.remove(task, 'provisioning');
    await task.driver.network.configureTenant(task);
    return done;
  },
};

const bootInstance: Step = {
  step: 'boot_instance',
  in: { deploy: 20 },
  again: true,
  async run(task) {
    await task.powerTo(task.node.disable_power_off ? 'rebooting' : 'power on');
    return done;
  },
};

const isTrue = (value: unknown): boolean => value === true || /^(true|yes|on|1)$/i.test(String(value ?? ''));

async function powerOff(task: Task): Promise<void> {
  if (task.node.disable_power_off) return;
  await task.powerTo('power off');
}

type AgentDeploy = DeployFace & { ramdisk: typeof agentRamdisk };

const aroundImage = [deployStep, prepareInstanceBoot, tearDownAgent, switchToTenantNetwork, bootInstance];

export const directDeploy: AgentDeploy = {
  name: 'direct',
  agent: true,
  ramdisk: agentRamdisk,
  properties,
  steps: [...aroundImage, writeImage],
  async validate(task) {
    await task.driver.boot.validate(task);
    const { node } = task;
    task.house.images.validate({ node: node.uuid, instanceInfo: node.instance_info, driverInfo: node.driver_info });
  },
  async prepare(task) {
    await task.driver.network.validate?.(task);
    await powerOff(task);
    await task.driver.network.unconfigureTenant(task);
    await task.driver.network.add(task, 'provisioning');
  },
  async cleanUp(task) {
    await task.driver.boot.cleanUpRamdisk(task);
    await task.driver.boot.cleanUpInstance(task);
    await task.driver.network.remove(task, 'provisioning');
  },
  async tearDown(task) {
    await powerOff(task);
    await task.driver.storage.detach?.(task);
    await task.driver.network.unconfigureTenant(task);
    await task.driver.network.remove(task, 'provisioning');
  },
  async prepareRamdiskFlow(task, flow) {
    await task.driver.network.add(task, flow === 'clean' ? 'cleaning' : 'servicing');
    return bootRamdisk(task);
  },
  async tearDownRamdiskFlow(task, flow, ok) {
    if (ok || flow === 'service') await powerOff(task);
    if (!ok) return; // a machine that failed keeps its ramdisk, so that somebody can look
    await task.driver.boot.cleanUpRamdisk(task);
    await task.driver.network.remove(task, flow === 'clean' ? 'cleaning' : 'servicing');
    if (flow === 'service') {
      await task.driver.network.configureTenant(task);
      await task.driver.boot.prepareInstance(task);
      await task.powerTo('power on');
    }
  },
};

/** The ramdisk's own steps do the deployment, whatever it is; no image is asked for (reference: conductor.md E53). */
export const customAgentDeploy: AgentDeploy = {
  ...directDeploy,
  name: 'custom-agent',
  steps: aroundImage,
  async validate(task) {
    await task.driver.boot.validate(task);
  },
};
