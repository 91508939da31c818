// boot interfaces "redfish-virtual-media" and "redfish-https": the machine boots an ISO that its BMC, or its firmware,
// fetches from our HTTP server (reference: conductor.md Q127-130).
import { explain } from '#base/errors.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import type { MediumContent } from '../boot-media.ts';
import type { BootFace, Task } from '../kinds.ts';
import { appendParams, instanceContent, ramdiskContent, ramdiskSource } from './boot-content.ts';
import { bootSettingsOf } from './boot-override.ts';
import { redfishInfo } from './info.ts';
import { baseUrlOf } from './media.ts';
import { change, systemOf } from './system.ts';
import { eject, insert } from './virtual-media.ts';

const properties = {
  deploy_kernel: 'URL or path of the kernel of the deploy ramdisk. Required where there is no deploy_iso.',
  deploy_ramdisk: 'URL or path of the deploy ramdisk. Required where there is no deploy_iso.',
  deploy_iso:
    'URL of an ISO that boots the deploy ramdisk, in place of kernel and ramdisk. Its parameters are its own.',
};

function validate(task: Task): void {
  redfishInfo(task);
  baseUrlOf(task);
  appendParams(task);
  try {
    ramdiskSource(task, 'deploy');
  } catch (error) {
    // An instance that runs from a ramdisk needs no other one to be deployed.
    if (!instanceContent(task)) throw error;
  }
}

/** An ISO that is given may be fetched by the BMC itself. */
async function urlOf(task: Task, content: MediumContent): Promise<string> {
  const direct = task.config.deploy.ramdisk_image_download_source === 'http';
  if (content.is === 'given' && direct && /^https?:/i.test(content.url)) return content.url;
  return task.house.bootMedia.publish({
    node: task.node.uuid,
    slot: 'boot',
    content,
    ...baseUrlOf(task),
    signal: task.signal,
  });
}

async function powerOff(task: Task): Promise<void> {
  if (!task.node.disable_power_off) await task.powerTo('power off');
}

/** What is left in a drive harms nobody; what is left to be fetched might. */
async function putAway(task: Task, empty: () => Promise<unknown>): Promise<void> {
  try {
    await empty();
  } catch (error) {
    if (task.signal.aborted) throw error;
    task.log.warn({ err: error }, `the virtual drive could not be emptied: ${explain(error)}`);
  }
  await task.house.bootMedia.withdraw(task.node.uuid, 'boot');
}

async function cleanUpRamdisk(task: Task, empty: () => Promise<unknown>): Promise<void> {
  await putAway(task, empty);
  if (task.info.agent_secret_token_pregenerated) await task.note({ agent_secret_token_pregenerated: undefined });
}

const emptyDrives = (task: Task) => eject(task, ['cdrom']);

async function bootFromMedium(task: Task, content: MediumContent, persistent: boolean): Promise<void> {
  const url = await urlOf(task, content);
  await eject(task, ['cdrom']);
  await insert(task, 'cdrom', url);
  await task.bootFrom('cdrom', persistent);
}

/** An instance that runs from a ramdisk finds its config drive on a second medium. */
async function attachConfigDrive(task: Task): Promise<void> {
  const drive = task.node.instance_info.configdrive;
  if (typeof drive !== 'string' || !drive) return;
  const content = /^https?:/i.test(drive)
    ? ({ is: 'given', url: drive } as const)
    : ({ is: 'drive', text: drive } as const);
  const url = await task.house.bootMedia.publish({
    node: task.node.uuid,
    slot: 'disk',
    content,
    ...baseUrlOf(task),
    signal: task.signal,
  });
  await insert(task, 'disk', url);
}

export const redfishVirtualMediaBoot: BootFace = {
  name: 'redfish-virtual-media',
  capabilities: ['iscsi_volume_boot', 'ramdisk_boot', 'ramdisk_boot_configdrive'],
  properties,
  validate,
  async prepareRamdisk(task, purpose, extra = []) {
    await powerOff(task);
    await bootFromMedium(task, await ramdiskContent(task, purpose, extra), false);
  },
  cleanUpRamdisk: (task) => cleanUpRamdisk(task, () => emptyDrives(task)),
  async prepareInstance(task) {
    const content = instanceContent(task);
    if (content) {
      await bootFromMedium(task, content, true);
      return attachConfigDrive(task);
    }
    await putAway(task, () => emptyDrives(task));
    await task.bootFrom('disk', true);
  },
  async cleanUpInstance(task) {
    await putAway(task, () => eject(task, ['cdrom', 'disk']));
    await task.house.bootMedia.withdraw(task.node.uuid, 'disk');
  },
};

/** The next start fetches `url`, once. */
async function bootFromUrl(task: Task, url: string, enabled: 'Once' | 'Continuous'): Promise<void> {
  const Boot = {
    BootSourceOverrideTarget: 'UefiHttp',
    BootSourceOverrideEnabled: enabled,
    BootSourceOverrideMode: 'UEFI',
    HttpBootUri: url,
  };
  await change(task, await bootSettingsOf(task, await systemOf(task)), { Boot });
}

export const redfishHttpsBoot: BootFace = {
  name: 'redfish-https',
  capabilities: ['ramdisk_boot'],
  properties,
  validate(task) {
    validate(task);
    if (bootModeOf(task.node, task.config.deploy.default_boot_mode) !== 'uefi')
      throw new InvalidParameterValue({
        why: `Node ${task.node.uuid} boots by BIOS, and boot interface "redfish-https" needs UEFI.`,
      });
  },
  async prepareRamdisk(task, purpose, extra = []) {
    await powerOff(task);
    await bootFromUrl(task, await urlOf(task, await ramdiskContent(task, purpose, extra)), 'Once');
  },
  cleanUpRamdisk: (task) => cleanUpRamdisk(task, async () => {}),
  async prepareInstance(task) {
    const content = instanceContent(task);
    if (content) return bootFromUrl(task, await urlOf(task, content), 'Continuous');
    await putAway(task, async () => {});
    await task.bootFrom('disk', true);
  },
  cleanUpInstance: (task) => putAway(task, async () => {}),
};
