// boot interfaces "ipxe", "pxe", "http-ipxe" and "http": the machine boots from the network, then from its disk (reference: conductor.md P).
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import type { InstanceRamdisk } from '../house.ts';
import type { BootFace, Task } from '../kinds.ts';

const properties = {
  deploy_kernel: 'URL or path of the kernel of the deploy ramdisk. Required.',
  deploy_ramdisk: 'URL or path of the deploy ramdisk. Required.',
  rescue_kernel: 'URL or path of the kernel of the rescue ramdisk; the deploy kernel where it is not set.',
  rescue_ramdisk: 'URL or path of the rescue ramdisk; the deploy ramdisk where it is not set.',
  kernel_append_params: 'Further kernel arguments; %default% stands for those of the configuration.',
  force_persistent_boot_device: 'Always, Never or Default: whether the boot device is set persistently.',
};

/** Kernel and ramdisk: the node's, else the configuration's. Throws MissingParameterValue naming the fields. */
function ramdiskFiles(task: Task, purpose: 'deploy' | 'rescue'): { kernel: string; ramdisk: string } {
  const info = task.node.driver_info;
  const { conductor } = task.config;
  const pick = (part: 'kernel' | 'ramdisk'): string | undefined => {
    const own = purpose === 'rescue' ? (info[`rescue_${part}`] ?? info[`deploy_${part}`]) : info[`deploy_${part}`];
    const option =
      purpose === 'rescue' ? (conductor[`rescue_${part}`] ?? conductor[`deploy_${part}`]) : conductor[`deploy_${part}`];
    return (own ?? option ?? undefined) as string | undefined;
  };
  const kernel = pick('kernel');
  const ramdisk = pick('ramdisk');
  const missing = [...(kernel ? [] : ['deploy_kernel']), ...(ramdisk ? [] : ['deploy_ramdisk'])];
  if (!kernel || !ramdisk)
    throw new MissingParameterValue({
      why: `Node ${task.node.uuid} has no ${missing.join(' and no ')}: set it in driver_info, or for all nodes as [conductor] ${missing.join(' and ')}.`,
    });
  return { kernel, ramdisk };
}

/** MACs that network boot is answered on. */
function bootMacs(task: Task): string[] {
  return task.ports.filter((port) => port.pxe_enabled).map((port) => port.address.toLowerCase());
}

function checkPorts(task: Task): void {
  if (bootMacs(task).length) return;
  throw new MissingParameterValue({
    why: `Node ${task.node.uuid} has no port with pxe_enabled: create one with the MAC address that it boots from.`,
  });
}

/** Further kernel arguments: instance, node, configuration, in this order of precedence. */
function appendParams(task: Task): string[] {
  const fallback = task.config.pxe.kernel_append_params ?? '';
  const own = task.node.instance_info.kernel_append_params ?? task.node.driver_info.kernel_append_params;
  const text = typeof own === 'string' ? own.replaceAll('%default%', fallback) : fallback;
  return wordsOf(text, `kernel_append_params of node ${task.node.uuid}`).filter((word) => word !== '%default%');
}

function wordsOf(text: unknown, what: string): string[] {
  if (typeof text !== 'string') return [];
  if (/[\n\r\0]/.test(text)) throw new InvalidParameterValue({ why: `${what} must be one line.` });
  return text.split(/\s+/).filter(Boolean);
}

const wantsPersistent = (task: Task, fallback: boolean): boolean => {
  const word = String(task.node.driver_info.force_persistent_boot_device ?? 'Default').toLowerCase();
  if (word === 'always' || word === 'true') return true;
  if (word === 'never' || word === 'false') return false;
  return fallback;
};

interface Kind {
  readonly name: string;
  /** The boot files that are written. */
  readonly firmware: 'ipxe' | 'pxe';
  /** How the firmware is told to go to the network. */
  readonly device: 'pxe' | 'uefihttp';
}

/** An instance that is a kernel and a ramdisk, or an ISO, from the network, where nothing was written to a disk. */
function instanceRamdisk(task: Task, firmware: Kind['firmware']): InstanceRamdisk | undefined {
  if (task.driver.deploy.name !== 'ramdisk' && task.node.instance_info.boot_option !== 'ramdisk') return undefined;
  const { kernel, ramdisk, boot_iso: iso, ramdisk_kernel_arguments: more } = task.node.instance_info;
  const { uuid } = task.node;
  if (typeof iso === 'string' && iso) {
    if (firmware === 'ipxe') return { iso };
    throw new InvalidParameterValue({
      why: `Node ${uuid} has a boot_iso in instance_info, and boot interface "${task.driver.boot.name}" boots no ISO; "ipxe" does.`,
    });
  }
  if (typeof kernel === 'string' && typeof ramdisk === 'string' && kernel && ramdisk)
    return {
      kernel,
      ramdisk,
      args: [...appendParams(task), ...wordsOf(more, `ramdisk_kernel_arguments of node ${uuid}`)],
    };
  throw new MissingParameterValue({
    why: `Node ${uuid} runs from a ramdisk: instance_info needs "kernel" and "ramdisk", or "boot_iso".`,
  });
}

function makeBoot({ name, firmware, device }: Kind): BootFace {
  const toNetwork = (task: Task): 'pxe' | 'uefihttp' =>
    task.driver.management.bootDevices.includes(device) ? device : 'pxe';
  return {
    name,
    capabilities:
      firmware === 'ipxe'
        ? ['iscsi_volume_boot', 'ramdisk_boot', 'ipxe_boot', 'pxe_boot']
        : ['ramdisk_boot', 'pxe_boot'],
    properties,
    validate(task) {
      checkPorts(task);
      ramdiskFiles(task, 'deploy');
      appendParams(task);
    },
    validateInstance(task) {
      checkPorts(task);
      instanceRamdisk(task, firmware);
    },
    async prepareRamdisk(task, purpose, extra = []) {
      const files = ramdiskFiles(task, purpose);
      await task.house.networkBoot.prepareRamdisk({
        uuid: task.node.uuid,
        macs: bootMacs(task),
        firmware,
        bootMode: bootModeOf(task.node, task.config.deploy.default_boot_mode),
        ...files,
        apiUrl: task.house.apiUrl,
        args: [...appendParams(task), ...extra],
      });
      await task.bootFrom(toNetwork(task), wantsPersistent(task, false));
    },
    async cleanUpRamdisk(task) {
      await task.house.networkBoot.cleanUp({ uuid: task.node.uuid, macs: bootMacs(task) });
    },
    async prepareInstance(task) {
      const ramdisk = instanceRamdisk(task, firmware);
      await task.house.networkBoot.prepareInstance({
        uuid: task.node.uuid,
        macs: bootMacs(task),
        firmware,
        bootMode: bootModeOf(task.node, task.config.deploy.default_boot_mode),
        ...(ramdisk && { ramdisk }),
      });
      await task.bootFrom(ramdisk ? toNetwork(task) : 'disk', wantsPersistent(task, true));
    },
    async cleanUpInstance(task) {
      await task.house.networkBoot.cleanUp({ uuid: task.node.uuid, macs: bootMacs(task) });
    },
  };
}

export const ipxeBoot = makeBoot({ name: 'ipxe', firmware: 'ipxe', device: 'pxe' });
export const pxeBoot = makeBoot({ name: 'pxe', firmware: 'pxe', device: 'pxe' });
export const httpIpxeBoot = makeBoot({ name: 'http-ipxe', firmware: 'ipxe', device: 'uefihttp' });
export const httpBoot = makeBoot({ name: 'http', firmware: 'pxe', device: 'uefihttp' });
