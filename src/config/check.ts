// `ingot config check`: what a configuration says, and what is wrong with it, without starting anything.
import type { ConfigInput } from './layers.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import type { Machine } from './machine.ts';
import { optionOf } from './names.ts';
import type { OptionValue } from './option.ts';
import { ConfigInvalid, type Problem } from './problems.ts';
import { writeValue } from './read-value.ts';

interface SetOption {
  /** `section.option` */
  readonly option: string;
  /** As it would be written; `***` for a secret. */
  readonly value: string;
  readonly source: string;
}

export interface Checked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Every option that was set, sorted by name; empty when there are problems. */
  readonly set: readonly SetOption[];
}

/** The options that have not their default, with masked secrets: for the log at start, too. */
export function setOptions({ config, sources }: LoadedConfig): SetOption[] {
  return [...sources]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, source]) => {
      const dot = name.indexOf('.');
      const [section, key] = [name.slice(0, dot), name.slice(dot + 1)];
      const option = optionOf(section, key)!;
      const value = (config as unknown as Record<string, Record<string, OptionValue>>)[section]![key]!;
      return { option: name, value: option.secret ? '***' : writeValue(value, option.kind), source };
    });
}

/** Check a configuration; never throws for what is wrong in it. */
export function checkConfig(input: ConfigInput, machine?: Machine): Checked {
  try {
    const loaded = loadConfig(input, machine);
    return { problems: [], warnings: loaded.warnings, set: setOptions(loaded) };
  } catch (error) {
    if (!ConfigInvalid.is(error)) throw error;
    return { problems: error.facts.problems, warnings: error.facts.warnings, set: [] };
  }
}
