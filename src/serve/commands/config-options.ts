// The options by which every command that runs on this machine finds its configuration.
import { type Command, Option } from 'commander';
import type { ConfigInput } from '#config/layers.ts';

export interface ConfigFlags {
  config?: string[];
  configDir?: string[];
  dataDir?: string;
  set?: string[];
}

type Env = Readonly<Record<string, string | undefined>>;
const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
const repeatable = (flags: string, help: string): Option => new Option(flags, `${help}; repeatable`).argParser(collect);

/** Adds `--config`, `--config-dir`, `--data-dir` and `--set`. */
export function withConfig(command: Command): Command {
  return command
    .addOption(repeatable('-c, --config <file>', 'configuration file, as ironic.conf is written'))
    .addOption(repeatable('--config-file <file>', 'the same').hideHelp())
    .addOption(repeatable('--config-dir <dir>', 'folder whose *.conf are read'))
    .option('--data-dir <dir>', 'where database, images and boot files are kept')
    .addOption(repeatable('--set <section.option=value>', 'one option, over all files'));
}

/** What `loadConfig` takes, from the options and the environment. */
export function configInput(
  flags: ConfigFlags & { configFile?: string[] },
  env: Env,
  sets: readonly string[] = [],
): ConfigInput {
  return {
    files: [...(flags.configFile ?? []), ...(flags.config ?? [])],
    dirs: flags.configDir ?? [],
    env,
    sets: [...sets, ...(flags.dataDir === undefined ? [] : [`ingot.data_dir=${flags.dataDir}`]), ...(flags.set ?? [])],
  };
}
