// The configuration of a run: read from everywhere, checked as a whole, told with all its problems at once.
import { type ConfigInput, type Layer, readLayers, type Setting } from './layers.ts';
import { type Machine, thisMachine } from './machine.ts';
import {
  allSections,
  everyOption,
  isIgnored,
  isNamedCors,
  isSection,
  olderNames,
  optionOf,
  sayUnknown,
  sayUnknownSection,
} from './names.ts';
import type { OptionValue } from './option.ts';
import { ConfigInvalid, type Problem } from './problems.ts';
import { Resolver } from './resolve.ts';
import { rules } from './rules.ts';
import type { Config } from './schema.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Sentences for the log: unknown and old names, doubtful combinations. */
  readonly warnings: readonly string[];
  /** Where each option was set that has not its default: `section.option` to file and line, environment or --set. */
  readonly sources: ReadonlyMap<string, string>;
}

type Table = Record<string, Record<string, OptionValue>>;

function warningOf(setting: Setting, older: ReadonlyMap<string, string>): string | undefined {
  const { section, key, source, ours } = setting;
  const instead = older.get(`${section}.${key}`);
  if (instead) {
    const dot = instead.indexOf('.');
    return `[${section}] ${key} (${source}) is an old name; write [${instead.slice(0, dot)}] ${instead.slice(dot + 1)}.`;
  }
  const option = optionOf(section, key);
  if (option?.deprecated) return `[${section}] ${key} (${source}) is read, but will go away in Ironic.`;
  if (option || !ours || isIgnored(section, key)) return undefined;
  if (!isSection(section, older)) return `[${section}] (${source}) is no known section; ${sayUnknownSection(section)}`;
  return `[${section}] ${key} (${source}) is no known option; ${sayUnknown(section, key)}`;
}

function warningsOf(layers: readonly Layer[]): string[] {
  const older = olderNames();
  const strangers = new Set<string>();
  const warnings: string[] = [];
  for (const { settings } of layers)
    for (const setting of settings) {
      if (strangers.has(setting.section)) continue;
      if (!isSection(setting.section, older)) strangers.add(setting.section);
      const warning = warningOf(setting, older);
      if (warning) warnings.push(warning);
    }
  return warnings;
}

/**
 * Read the configuration: files, then the environment (`OS_<SECTION>__<OPTION>`, stronger `INGOT_…`), then --set.
 * Throws ConfigInvalid with every problem. Nothing of the environment is read but what `input.env` holds.
 */
export function loadConfig(input: ConfigInput, machine: Machine = thisMachine()): LoadedConfig {
  const problems: Problem[] = [];
  const layers = readLayers(input, problems);
  const resolver = new Resolver(layers, machine);
  const table: Table = {};
  const sources = new Map<string, string>();
  for (const { section, key, option } of everyOption()) {
    const resolved = resolver.resolve(section, key, option, problems);
    table[section] ??= {};
    table[section][key] = resolved ? resolved.value : resolver.defaultOf(option);
    if (resolved?.from) sources.set(`${section}.${key}`, resolved.from.source);
  }
  const named = namedCors(layers, resolver, table, problems);
  if (named.length > 0) (table as unknown as Config)['cors.*'] = named;
  const warnings = warningsOf(layers);
  applyRules(table as unknown as Config, sources, problems, warnings);
  if (problems.length > 0) throw new ConfigInvalid({ problems, warnings });
  return { config: table as unknown as Config, warnings, sources };
}

function namedCors(
  layers: readonly Layer[],
  resolver: Resolver,
  table: Table,
  problems: Problem[],
): NonNullable<Config['cors.*']> {
  const names = new Set(layers.flatMap(({ settings }) => settings.map(({ section }) => section)).filter(isNamedCors));
  return [...names].map((name) => {
    const values = Object.entries(allSections.cors!).map(([key, option]) => {
      const resolved = resolver.resolve(name, key, option, problems);
      const left = key === 'allowed_origin' ? null : table.cors![key];
      return [key, resolved?.from ? resolved.value : left];
    });
    return Object.fromEntries(values);
  });
}

function applyRules(config: Config, sources: ReadonlyMap<string, string>, problems: Problem[], warnings: string[]) {
  const sectionOf = (option: string) => option.slice(0, option.indexOf('.'));
  // Where a value of the section could not be read, its default would be judged, which nobody meant.
  const spoiled = new Set(problems.map(({ option = '.' }) => sectionOf(option)));
  for (const { option, severity, broken } of rules) {
    const reason = spoiled.has(sectionOf(option)) ? undefined : broken(config);
    if (reason === undefined) continue;
    const source = sources.get(option) ?? 'default';
    if (severity === 'error') problems.push({ option, reason, source });
    else warnings.push(`[${option.replace('.', '] ')} (${source}): ${reason}.`);
  }
}
