// Files that hold secrets and that everybody on this machine may read.
import { statSync } from 'node:fs';
import type { LoadedConfig } from '#config/load.ts';
import { optionOf } from '#config/names.ts';

/** The key of the API itself is looked at whenever it changes (tls.ts). */
const keyFiles = new Set(['keyfile', 'ssl_key_file']);

/** A sentence for each such file: configuration files that set secret options, and keys that the options name. */
export function openFiles({ config, sources }: LoadedConfig): string[] {
  const holds = new Map<string, string>();
  for (const [name, source] of sources) {
    const dot = name.indexOf('.');
    const [section, key] = [name.slice(0, dot), name.slice(dot + 1)];
    const file = /^(.+):\d+$/.exec(source)?.[1];
    if (file && optionOf(section, key)?.secret && !holds.has(file)) holds.set(file, `[${section}] ${key}`);
    const value = Reflect.get(Reflect.get(config, section) as object, key) as unknown;
    if (keyFiles.has(key) && typeof value === 'string' && value) holds.set(value, `the key of [${section}] ${key}`);
  }
  return [...holds]
    .filter(([file]) => isOpen(file))
    .map(([file, what]) => `Everybody on this machine may read ${file}, which holds ${what}: chmod o-r it`);
}

function isOpen(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o004) !== 0;
}
