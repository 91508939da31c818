// Where settings come from: files, the environment, --set. Each source is a layer; later layers win.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIni, sectionKey } from './ini.ts';
import type { Problem } from './problems.ts';

export interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly raw: string;
  /** `file:line`, `environment INGOT_…` or `--set section.option`. */
  readonly source: string;
  /** Whether an unknown name is worth a warning: OS_* of the environment belongs to others too. */
  readonly ours: boolean;
}

export interface Layer {
  /** Repeated options collect over layers of files; the environment and --set replace what files say. */
  readonly replaces: boolean;
  readonly settings: readonly Setting[];
}

export interface ConfigInput {
  /** Configuration files (--config-file), later ones win. */
  readonly files?: readonly string[];
  /** Folders whose *.conf are read after the files, sorted by name (--config-dir). */
  readonly dirs?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `section.option=value`, as given to --set; `option=value` means DEFAULT. */
  readonly sets?: readonly string[];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fileLayer(file: string, problems: Problem[]): Layer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push({ source: file, reason: `cannot be read (${reasonOf(error)})` });
    return { replaces: false, settings: [] };
  }
  const read = parseIni(text);
  for (const { line, reason } of read.problems) problems.push({ source: `${file}:${line}`, reason });
  const settings = read.entries.map(({ line, ...entry }) => ({ ...entry, source: `${file}:${line}`, ours: true }));
  return { replaces: false, settings };
}

function filesOf(dir: string, problems: Problem[]): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => join(dir, name));
  } catch (error) {
    problems.push({ source: dir, reason: `cannot be read (${reasonOf(error)})` });
    return [];
  }
}

/** INGOT_CONDUCTOR__HEARTBEAT_INTERVAL: section and option, divided by two underscores, in any case. */
function envLayer(env: Readonly<Record<string, string | undefined>>, prefix: string, ours: boolean): Layer {
  const settings: Setting[] = [];
  for (const [name, value] of Object.entries(env)) {
    const divide = name.indexOf('__', prefix.length);
    if (value === undefined || !name.startsWith(prefix) || divide <= prefix.length) continue;
    const section = name.slice(prefix.length, divide).toLowerCase();
    const key = name.slice(divide + 2).toLowerCase();
    if (!key) continue;
    const source = `environment ${name}`;
    settings.push({ section: section === 'default' ? 'DEFAULT' : section, key, value, raw: value, source, ours });
  }
  return { replaces: true, settings };
}

function setLayer(sets: readonly string[], problems: Problem[]): Layer {
  const settings: Setting[] = [];
  for (const set of sets) {
    const [, section, key, value] = /^(?:([^.=\s]+)\.)?([^=\s]+)=(.*)$/s.exec(set) ?? [];
    if (key === undefined || value === undefined) {
      // What stands before the "=" is told, never the rest: it may be a secret.
      problems.push({ source: `--set ${set.split('=', 1)[0]}`, reason: 'is not written section.option=value' });
      continue;
    }
    const name = section === undefined ? 'DEFAULT' : sectionKey(section);
    settings.push({ section: name, key, value, raw: value, source: `--set ${name}.${key}`, ours: true });
  }
  return { replaces: true, settings };
}

/** All layers of the input, the weakest first: files, folders, OS_* and INGOT_* of the environment, --set. */
export function readLayers(input: ConfigInput, problems: Problem[]): Layer[] {
  const files = [...(input.files ?? []), ...(input.dirs ?? []).flatMap((dir) => filesOf(dir, problems))];
  return [
    ...files.map((file) => fileLayer(file, problems)),
    envLayer(input.env ?? {}, 'OS_', false),
    envLayer(input.env ?? {}, 'INGOT_', true),
    setLayer(input.sets ?? [], problems),
  ];
}
