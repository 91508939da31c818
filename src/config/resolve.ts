// From layers of settings to values: which setting counts, what its `$names` stand for, and what it reads as.
import type { Layer, Setting } from './layers.ts';
import type { Machine } from './machine.ts';
import { namesOf, optionOf } from './names.ts';
import { isComputed, type Option, type OptionValue } from './option.ts';
import type { Problem } from './problems.ts';
import { readValue, writeValue } from './read-value.ts';
import { substitute } from './substitute.ts';

/** A `$name` that cannot be followed; made into a problem of the option that holds it. */
class BadReference extends Error {}

type Found = { section: string; key: string; settings: readonly Setting[] };

export interface Resolved {
  readonly value: OptionValue;
  /** The setting that decided; missing for a default. */
  readonly from?: Setting;
}

const textual = new Set(['text', 'path', 'url', 'host', 'ip', 'kernel parameters']);

export class Resolver {
  readonly #layers: readonly { replaces: boolean; byName: ReadonlyMap<string, readonly Setting[]> }[];
  readonly #machine: Machine;

  constructor(layers: readonly Layer[], machine: Machine) {
    this.#layers = layers.map(({ replaces, settings }) => ({
      replaces,
      byName: Map.groupBy(settings, ({ section, key }) => `${section}.${key}`),
    }));
    this.#machine = machine;
  }

  /** The value of an option; undefined after a problem was added. */
  resolve(section: string, key: string, option: Option, problems: Problem[]): Resolved | undefined {
    const found = this.#find(section, key, option);
    if (!found) return this.#fromDefault(section, key, option, problems);
    const settings = option.kind === 'multi' ? found : found.slice(-1);
    const values: OptionValue[] = [];
    for (const setting of settings) {
      const reading = this.#read(section, key, option, setting);
      if ('bad' in reading) {
        problems.push({
          option: `${section}.${key}`,
          value: option.secret ? '***' : setting.value,
          reason: reading.bad,
          source: setting.source,
        });
        return undefined;
      }
      values.push(reading.value);
    }
    const value = option.kind === 'multi' ? values.flat().map(String) : values[0]!;
    return { value, from: settings.at(-1)! };
  }

  /** The settings that count, the strongest last; undefined where nobody set the option. */
  #find(section: string, key: string, option: Option): readonly Setting[] | undefined {
    const names = namesOf(section, key, option).map((name) => `${name.section}.${name.key}`);
    let collected: readonly Setting[] | undefined;
    for (const { replaces, byName } of this.#layers) {
      const name = names.find((candidate) => byName.has(candidate));
      if (name === undefined) continue;
      const settings = byName.get(name)!;
      collected = replaces ? settings : [...(collected ?? []), ...settings];
    }
    return collected;
  }

  #read(section: string, key: string, option: Option, setting: Setting) {
    try {
      const text = option.kind === 'list' ? setting.raw : setting.value;
      return readValue(option, this.#expand(text, section, [`${section}.${key}`]));
    } catch (error) {
      if (error instanceof BadReference) return { bad: error.message };
      throw error;
    }
  }

  #fromDefault(section: string, key: string, option: Option, problems: Problem[]): Resolved | undefined {
    const value = this.defaultOf(option);
    if (typeof value !== 'string' || !textual.has(option.kind)) return { value };
    try {
      return { value: this.#expand(value, section, [`${section}.${key}`]) };
    } catch (error) {
      if (!(error instanceof BadReference)) throw error;
      problems.push({ option: `${section}.${key}`, value, reason: error.message, source: 'default' });
      return undefined;
    }
  }

  /** The default, its `$names` as they stand. */
  defaultOf(option: Option): OptionValue {
    return isComputed(option.default) ? option.default.from(this.#machine) : option.default;
  }

  #expand(text: string, section: string, trail: readonly string[]): string {
    return substitute(text, (name) => this.#textOf(name, section, trail));
  }

  /** What `$name` stands for: an option of the own section, else of DEFAULT; `$section.name` of another. */
  #textOf(name: string, own: string, trail: readonly string[]): string {
    const { section, key, settings } = this.#target(name, own);
    const full = `${section}.${key}`;
    if (trail.includes(full)) {
      const circle = [...trail.slice(trail.indexOf(full)), full].join(' -> ');
      throw new BadReference(`goes in a circle: ${circle}`);
    }
    const option = optionOf(section, key);
    const set = settings.at(-1)?.value;
    const text = set ?? (option ? writeValue(this.defaultOf(option), option.kind) : '');
    return this.#expand(text, section, [...trail, full]);
  }

  #target(name: string, own: string): Found {
    const dot = name.indexOf('.');
    const places =
      dot < 0
        ? [own, 'DEFAULT'].map((section) => ({ section, key: name }))
        : [{ section: name.slice(0, dot), key: name.slice(dot + 1) }];
    for (const { section, key } of places) {
      const option = optionOf(section, key);
      if (option) return { section, key, settings: this.#find(section, key, option) ?? [] };
      const settings = this.#layers.findLast(({ byName }) => byName.has(`${section}.${key}`));
      if (settings) return { section, key, settings: settings.byName.get(`${section}.${key}`)! };
    }
    throw new BadReference(`names $${name}, and there is no such option`);
  }
}
