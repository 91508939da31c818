// SIGHUP: mutable options change while Ingot runs; the others are told and wait for the next start.
import { isDeepStrictEqual } from 'node:util';
import type { ConfigInput } from './layers.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import type { Machine } from './machine.ts';
import { everyOption } from './names.ts';
import type { OptionValue } from './option.ts';

export interface Reloaded {
  /** `section.option` of mutable options that have new values now. */
  readonly changed: readonly string[];
  /** Options that were changed in the files, but keep their values until the next start. */
  readonly waiting: readonly string[];
  readonly warnings: readonly string[];
}

type Table = Record<string, Record<string, OptionValue>>;

/**
 * Read everything again and put the new values of mutable options into `running.config`, in place: whoever reads
 * `config.nova.send_power_notifications` when it is needed sees them. `prepare` does to what was read what was done to it
 * at the start. Throws ConfigInvalid, and then nothing changed.
 */
export function reloadConfig(
  running: LoadedConfig,
  input: ConfigInput,
  machine?: Machine,
  prepare: (loaded: LoadedConfig) => LoadedConfig = (loaded) => loaded,
): Reloaded {
  const fresh = prepare(loadConfig(input, machine));
  const [now, next] = [running.config as unknown as Table, fresh.config as unknown as Table];
  const changed: string[] = [];
  const waiting: string[] = [];
  for (const { section, key, option } of everyOption()) {
    const value = next[section]![key]!;
    if (isDeepStrictEqual(now[section]![key], value)) continue;
    (option.mutable ? changed : waiting).push(`${section}.${key}`);
    if (option.mutable) now[section]![key] = value;
  }
  return { changed, waiting, warnings: fresh.warnings };
}
