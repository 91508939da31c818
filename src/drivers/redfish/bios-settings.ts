// BIOS settings as clients see them, from what BMCs tell. Pure.
import { InvalidParameterValue } from '#contract/errors.ts';
import type { BiosSetting } from '#db/bios-settings.ts';
import { type Json, numberOf, part, parts, textOf } from '#protocols/redfish/document.ts';

/** The most attributes that are kept: real machines have some hundred. */
const most = 5000;

export type BiosValue = string | number | boolean | null;
export type BiosValues = Readonly<Record<string, BiosValue>>;

const isValue = (value: unknown): value is BiosValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** The attributes of a Bios resource. */
export function attributesOf(bios: Json): BiosValues {
  const entries = Object.entries(part(bios, 'Attributes')).slice(0, most);
  return Object.fromEntries(entries.filter((entry): entry is [string, BiosValue] => isValue(entry[1])));
}

/** What a registry says of each attribute, by name. */
export const registryOf = (registry: Json): ReadonlyMap<string, Json> =>
  new Map(
    parts(part(registry, 'RegistryEntries'), 'Attributes').flatMap((one) => {
      const name = textOf(one.AttributeName);
      return name ? [[name, one] as const] : [];
    }),
  );

const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** The rows to keep, with what the registry tells where there is one. */
export function settingsFrom(values: BiosValues, registry: ReadonlyMap<string, Json>): BiosSetting[] {
  return Object.entries(values).map(([name, value]) => {
    const known = registry.get(name);
    const setting = { name, value: value === null ? null : String(value) };
    if (!known) return setting;
    const choices = parts(known, 'Value').flatMap((one) => textOf(one.ValueName) ?? []);
    return {
      ...setting,
      attribute_type: textOf(known.Type) ?? null,
      allowable_values: choices.length ? choices : null,
      lower_bound: numberOf(known.LowerBound) ?? null,
      upper_bound: numberOf(known.UpperBound) ?? null,
      min_length: numberOf(known.MinLength) ?? null,
      max_length: numberOf(known.MaxLength) ?? null,
      read_only: flag(known.ReadOnly),
      reset_required: flag(known.ResetRequired),
      unique: flag(known.IsSystemUniqueProperty),
    };
  });
}

/** A value as the BMC wants it: of the kind that the attribute has now. */
function asKindOf(now: BiosValue | undefined, value: BiosValue): BiosValue {
  if (typeof now === 'number' && typeof value === 'string' && value.trim() && Number.isFinite(Number(value)))
    return Number(value);
  if (typeof now === 'boolean' && typeof value === 'string' && /^(true|false)$/i.test(value))
    return value.toLowerCase() === 'true';
  if (typeof now === 'string' && typeof value !== 'string' && value !== null) return String(value);
  return value;
}

/** The settings of a step's arguments. Throws InvalidParameterValue where they are no list of names and values. */
export function askedSettings(given: unknown): BiosValues {
  const wrong = (why: string) => new InvalidParameterValue({ why: `BIOS settings: ${why}` });
  if (!Array.isArray(given) || !given.length) throw wrong('a list of objects with name and value is accepted.');
  return Object.fromEntries(
    given.map((setting: unknown) => {
      const { name, value } = part(setting);
      if (typeof name !== 'string' || !name) throw wrong(`${JSON.stringify(setting)} has no name.`);
      if (value === undefined || !isValue(value)) throw wrong(`"${name}" has no value.`);
      return [name, value];
    }),
  );
}

/** Of what was asked, what the machine has not got yet. Throws InvalidParameterValue for what it cannot be given. */
export function toChange(asked: BiosValues, now: BiosValues, registry: ReadonlyMap<string, Json>): BiosValues {
  const unknown = Object.keys(asked).filter((name) => !Object.hasOwn(now, name));
  if (unknown.length)
    throw new InvalidParameterValue({ why: `The machine's BIOS has no settings ${unknown.join(', ')}.` });
  const fixed = Object.keys(asked).filter((name) => registry.get(name)?.ReadOnly === true && !isAt(asked, now, name));
  if (fixed.length)
    throw new InvalidParameterValue({ why: `BIOS settings that cannot be changed: ${fixed.join(', ')}.` });
  return Object.fromEntries(
    Object.keys(asked)
      .filter((name) => !isAt(asked, now, name))
      .map((name) => [name, asKindOf(now[name], asked[name]!)]),
  );
}

const isAt = (asked: BiosValues, now: BiosValues, name: string): boolean =>
  String(asked[name] ?? '') === String(now[name] ?? '');

/** What of `wanted` is not so: each as `name is X instead of Y`. */
export const differences = (wanted: BiosValues, now: BiosValues): string[] =>
  Object.keys(wanted)
    .filter((name) => !isAt(wanted, now, name))
    .map((name) => `${name} is "${now[name] ?? ''}" instead of "${wanted[name]}"`);
