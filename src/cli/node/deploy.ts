// `ingot node deploy` and `rebuild`: an image onto a machine, with its config drive.
import type { Command } from 'commander';
import { pathTo, type Row } from '../api-client.ts';
import { apiCommand, type Call, type OptionSpec, type Shell } from '../api-command.ts';
import { objectOf } from '../assignments.ts';
import { configDriveOf, type DriveFlags } from '../config-drive.ts';
import { UsageError } from '../exit-codes.ts';
import { order, readSteps, type WatchFlags, watchOptions } from './work.ts';

interface Flags extends WatchFlags, DriveFlags {
  image?: string;
  checksum?: string;
  instanceInfo?: string[];
  steps?: string;
}

const options: readonly OptionSpec[] = [
  { flags: '--image <url>', help: 'whole-disk image: http(s):// or file://' },
  { flags: '--checksum <sum|url>', help: 'its SHA-256 or SHA-512, or the URL of a checksum file' },
  {
    flags: '--config-drive <dir|file|url>',
    help: 'folder with meta_data.json, user_data, …; ISO; JSON; base64; or a URL',
  },
  { flags: '--ssh-key <file>', help: 'public key that may log in', many: true },
  { flags: '--user-data <file>', help: 'what cloud-init shall do' },
  { flags: '--meta <key=value>', help: 'more in meta_data, such as hostname=web1', many: true },
  { flags: '--instance-info <key=value>', help: 'anything else in instance_info', many: true },
  { flags: '--steps <json|file>', help: 'deploy steps beside the usual ones' },
  ...watchOptions,
];

const about = {
  deploy: 'write an image to the disk and boot it',
  rebuild: 'write the image anew, or another one',
} as const;

export const deployCommands = (shell: Shell): Command[] =>
  (['deploy', 'rebuild'] as const).map((name) =>
    apiCommand<Flags>(
      shell,
      {
        name,
        about: about[name],
        takes: [['<node>', 'name or UUID']],
        options,
        examples: [
          `ingot node ${name} rack1-07 --image https://example.org/debian.qcow2 \\`,
          '    --checksum https://example.org/SHA512SUMS --ssh-key ~/.ssh/id_ed25519.pub --watch',
        ],
      },
      async (call) => deploy(call, name === 'deploy' ? 'active' : 'rebuild'),
    ),
  );

async function deploy(call: Call<Flags>, target: string): Promise<void> {
  const { flags, client, words } = call;
  const drive = configDriveOf(flags);
  const steps = flags.steps === undefined ? undefined : readSteps(flags.steps);
  const wanted = { ...imageOf(flags), ...objectOf('--instance-info', flags.instanceInfo) };
  if (Object.keys(wanted).length > 0) {
    const path = pathTo('nodes', words[0]!);
    const { instance_info } = await client.get(path, { fields: 'instance_info' });
    const kept =
      flags.image === undefined ? ((instance_info as Row) ?? {}) : withoutImage((instance_info as Row) ?? {});
    await client.send('PATCH', path, [{ op: 'add', path: '/instance_info', value: { ...kept, ...wanted } }]);
  }
  await order(call, target, {
    ...(drive !== undefined && { configdrive: drive }),
    ...(steps && { deploy_steps: steps }),
  });
}

/** What an earlier image left behind would not fit to the next one. */
const withoutImage = (info: Row): Row =>
  Object.fromEntries(Object.entries(info).filter(([key]) => !/^image_|^(kernel|ramdisk)$/.test(key)));

const algorithms: Readonly<Record<number, string>> = { 32: 'md5', 64: 'sha256', 128: 'sha512' };

function imageOf({ image, checksum }: Flags): Row {
  if (image === undefined) {
    if (checksum !== undefined) throw new UsageError({ why: '--checksum says nothing without --image.' });
    return {};
  }
  if (image.startsWith('/'))
    throw new UsageError({ why: `--image takes a URL; for a file of the service's machine write file://${image}.` });
  return { image_source: image, ...(checksum !== undefined && checksumOf(checksum)) };
}

function checksumOf(text: string): Row {
  if (/^(https?|file):\/\//i.test(text)) return { image_checksum: text };
  const [, named, value = ''] = /^(?:(md5|sha256|sha512):)?([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  const algorithm = algorithms[value.length];
  if (!algorithm || (named && named.toLowerCase() !== algorithm))
    throw new UsageError({ why: `--checksum "${text}" is no SHA-256 or SHA-512 sum and no URL of a checksum file.` });
  if (algorithm === 'md5') return { image_checksum: value.toLowerCase() };
  return { image_os_hash_algo: algorithm, image_os_hash_value: value.toLowerCase() };
}
