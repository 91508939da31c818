// Which names are known: options, their older names, and names of Ironic's libraries that mean nothing here.
import { nearest } from './nearest.ts';
import type { Option, Section } from './option.ts';
import { sections } from './schema.ts';
import { ignored } from './sections/ignored.ts';

/** The sections as plain tables, for code that walks over all of them. */
export const allSections: Readonly<Record<string, Section>> = sections;

/** Sections like [cors], each for other origins. */
export const isNamedCors = (section: string): boolean => section.startsWith('cors.') && section.length > 'cors.'.length;

export function optionOf(section: string, key: string): Option | undefined {
  const name = isNamedCors(section) ? 'cors' : section;
  return Object.hasOwn(allSections, name) && Object.hasOwn(allSections[name]!, key)
    ? allSections[name]![key]
    : undefined;
}

/** Every name under which an option may be given, its own first. */
export function namesOf(section: string, key: string, option: Option): { section: string; key: string }[] {
  const older = (option.deprecatedNames ?? []).map((name) => {
    const dot = name.indexOf('.');
    return dot < 0 ? { section, key: name } : { section: name.slice(0, dot), key: name.slice(dot + 1) };
  });
  return [{ section, key }, ...older];
}

/** All `section.option` with their options. */
export function* everyOption(): Generator<{ section: string; key: string; option: Option }> {
  for (const [section, options] of Object.entries(allSections))
    for (const [key, option] of Object.entries(options)) yield { section, key, option };
}

/** `section.name` of older names, with the `section.option` that took their place. */
export function olderNames(): Map<string, string> {
  const older = new Map<string, string>();
  for (const { section, key, option } of everyOption())
    for (const name of namesOf(section, key, option).slice(1))
      if (!optionOf(name.section, name.key)) older.set(`${name.section}.${name.key}`, `${section}.${key}`);
  return older;
}

export const isIgnored = (section: string, key: string): boolean =>
  Object.hasOwn(ignored, section) && ignored[section]!.includes(key);

/** What to say of a name that nothing knows. */
export function sayUnknown(section: string, key: string): string {
  const own = Object.keys(allSections[section] ?? {});
  const near = nearest(key, own);
  if (near) return `did you mean ${near}?`;
  const elsewhere = Object.keys(allSections).find((name) => optionOf(name, key));
  if (elsewhere) return `there is [${elsewhere}] ${key}.`;
  return 'it has no effect.';
}

export function sayUnknownSection(section: string): string {
  const near = nearest(section, Object.keys(allSections));
  return near ? `did you mean [${near}]?` : 'what it holds has no effect.';
}

export const isSection = (section: string, older: ReadonlyMap<string, string>): boolean =>
  Object.hasOwn(allSections, section) ||
  isNamedCors(section) ||
  Object.hasOwn(ignored, section) ||
  [...older.keys()].some((name) => name.startsWith(`${section}.`));
