// What a machine boots from virtual media: an ISO that is given, or one made of a kernel, a ramdisk and their parameters.
import { newToken, newUuid } from '#base/ids.ts';
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import { bootModeOf } from '#model/boot-mode.ts';
import type { MediumContent } from '../boot-media.ts';
import type { Task } from '../kinds.ts';

const textIn = (values: Readonly<Record<string, unknown>>, field: string): string | undefined => {
  const value = values[field];
  return typeof value === 'string' && value.trim() ? value.trim() : undefined;
};

/** An option that may be said per architecture. */
function option(
  task: Task,
  name: 'deploy_kernel' | 'deploy_ramdisk' | 'rescue_kernel' | 'rescue_ramdisk' | 'bootloader',
) {
  const { conductor } = task.config;
  const byArch = (conductor[`${name}_by_arch`] ?? {}) as Readonly<Record<string, string>>;
  const arch = String(task.node.properties.cpu_arch ?? 'x86_64');
  return (Object.hasOwn(byArch, arch) ? byArch[arch] : undefined) ?? conductor[name] ?? undefined;
}

type RamdiskSource = { is: 'given'; url: string } | { is: 'files'; kernel: string; ramdisk: string };

/** The ISO, or kernel and ramdisk: the node's, else the configuration's. Throws MissingParameterValue with the fields. */
export function ramdiskSource(task: Task, purpose: 'deploy' | 'rescue'): RamdiskSource {
  const info = task.node.driver_info;
  const iso =
    purpose === 'rescue' ? (textIn(info, 'rescue_iso') ?? textIn(info, 'deploy_iso')) : textIn(info, 'deploy_iso');
  const pick = (part: 'kernel' | 'ramdisk') =>
    purpose === 'rescue'
      ? (textIn(info, `rescue_${part}`) ??
        textIn(info, `deploy_${part}`) ??
        option(task, `rescue_${part}`) ??
        option(task, `deploy_${part}`))
      : (textIn(info, `deploy_${part}`) ?? option(task, `deploy_${part}`));
  const [kernel, ramdisk] = [pick('kernel'), pick('ramdisk')];
  if (iso && /^(https?|file):\/\//i.test(iso)) return { is: 'given', url: iso };
  if (iso)
    throw new InvalidParameterValue({
      why: `driver_info/deploy_iso of node ${task.node.uuid} is "${iso}": an http, https or file URL is accepted.`,
    });
  if (kernel && ramdisk) return { is: 'files', kernel, ramdisk };
  throw new MissingParameterValue({
    why: `Node ${task.node.uuid} has neither driver_info/deploy_iso nor ${[...(kernel ? [] : ['deploy_kernel']), ...(ramdisk ? [] : ['deploy_ramdisk'])].join(' and ')}: set one of them in driver_info, or kernel and ramdisk for all nodes in [conductor].`,
  });
}

/** Further kernel arguments: instance, node, configuration, in this order of precedence. */
export function appendParams(task: Task): string[] {
  const fallback = task.config.redfish.kernel_append_params ?? '';
  const own = task.node.instance_info.kernel_append_params ?? task.node.driver_info.kernel_append_params;
  const text = typeof own === 'string' ? own.replaceAll('%default%', fallback) : fallback;
  if (/[\n\r\0]/.test(text))
    throw new InvalidParameterValue({ why: `kernel_append_params of node ${task.node.uuid} must be one line.` });
  return text.split(/\s+/).filter((word) => word && word !== '%default%');
}

const bootloader = (task: Task): { bootloader?: string } => {
  const found = textIn(task.node.driver_info, 'bootloader') ?? option(task, 'bootloader');
  return found ? { bootloader: found } : {};
};

const firmware = (task: Task) => ({
  bootMode: bootModeOf(task.node, task.config.deploy.default_boot_mode),
  ...bootloader(task),
});

/** The network of a machine that has no DHCP: the ramdisk finds it on its medium. */
const networkData = (task: Task): { networkData?: object } =>
  Object.keys(task.node.network_data ?? {}).length ? { networkData: task.node.network_data } : {};

/**
 * The ramdisk's medium. One that is made here carries the address of the API and the token of its agent, which is noted
 * on the node; one that is given carries nothing, and its agent has to look its node up.
 */
export async function ramdiskContent(
  task: Task,
  purpose: 'deploy' | 'rescue',
  extra: readonly string[],
): Promise<MediumContent> {
  const source = ramdiskSource(task, purpose);
  if (source.is === 'given') {
    await task.note({ agent_secret_token: undefined, agent_secret_token_pregenerated: undefined });
    return source;
  }
  const { agent_secret_token_pregenerated: has, agent_secret_token: before } = task.info;
  const token = has && before ? before : newToken();
  await task.note({ agent_secret_token: token, agent_secret_token_pregenerated: true });
  const publisher = newUuid();
  const apiUrl = (task.config.deploy.external_callback_url ?? task.house.apiUrl).replace(/\/+$/, '');
  const args = [
    ...appendParams(task),
    ...(task.config.DEFAULT.debug ? ['ipa-debug=1'] : []),
    ...extra,
    `ipa-api-url=${apiUrl}`,
    `ipa-agent-token=${token}`,
    'boot_method=vmedia',
    `ir_pub_id=${publisher}`,
  ];
  const { kernel, ramdisk } = source;
  return { is: 'ramdisk', kernel, ramdisk, args, publisher, ...firmware(task), ...networkData(task) };
}

/** The medium of an instance that runs from a ramdisk; undefined where the instance is on a disk. */
export function instanceContent(task: Task): MediumContent | undefined {
  const info = task.node.instance_info;
  if (task.driver.deploy.name !== 'ramdisk' && info.boot_option !== 'ramdisk') return undefined;
  const iso = textIn(info, 'boot_iso');
  if (iso) return { is: 'given', url: iso };
  const [kernel, ramdisk] = [textIn(info, 'kernel'), textIn(info, 'ramdisk')];
  if (kernel && ramdisk)
    return {
      is: 'ramdisk',
      kernel,
      ramdisk,
      args: ['root=/dev/ram0', 'text', ...appendParams(task)],
      ...firmware(task),
    };
  throw new MissingParameterValue({
    why: `Node ${task.node.uuid} runs from a ramdisk: instance_info needs "boot_iso", or "kernel" and "ramdisk".`,
  });
}
