// What machines start that nobody enrolled ([ingot]discovery): the deploy ramdisk, told to report what it finds.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { place, writeWhole } from '#boot/node-files/atomic-files.ts';
import { ipxeScript } from '#boot/node-files/ipxe-script.ts';
import type { Config } from '#config/schema.ts';
import { MissingParameterValue } from '#contract/errors.ts';
import { inspectionArguments } from '#drivers/agent/inspect.ts';
import { imageOf } from './network-boot.ts';

const folder = 'discovery';

export interface DiscoveryBoot {
  readonly config: Config;
  readonly httpRoot: string;
  readonly httpUrl: string;
  readonly apiUrl: string;
}

/** Write the boot script for strangers; returns its URL. Throws MissingParameterValue where there is no ramdisk for them. */
export async function writeDiscoveryScript({ config, httpRoot, httpUrl, apiUrl }: DiscoveryBoot): Promise<string> {
  const files = { kernel: config.conductor.deploy_kernel, ramdisk: config.conductor.deploy_ramdisk };
  const offered = async (name: 'kernel' | 'ramdisk'): Promise<string> => {
    const image = imageOf(files[name] ?? missing(name), `[conductor]deploy_${name}`);
    if ('url' in image) return image.url;
    await place(await realpath(image.file), path.join(httpRoot, folder, name));
    return `${httpUrl}/${folder}/${name}`;
  };
  const [kernel, ramdisk] = [await offered('kernel'), await offered('ramdisk')];
  const script = ipxeScript(
    {
      label: 'deploy',
      kernel: { url: kernel },
      ramdisk: { url: ramdisk },
      apiUrl,
      parameters: [config.pxe.kernel_append_params ?? '', ...inspectionArguments(config, apiUrl)].join(' '),
    },
    { kernel, ramdisk, timeout: config.pxe.ipxe_timeout * 1000 },
  );
  await writeWhole(path.join(httpRoot, folder, 'boot.ipxe'), script);
  return `${httpUrl}/${folder}/boot.ipxe`;
}

function missing(name: string): never {
  throw new MissingParameterValue({
    why: `[ingot]discovery boots unknown machines into the deploy ramdisk: set [conductor]deploy_${name}, or switch it off.`,
  });
}
