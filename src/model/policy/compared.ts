// What the attributes of a target are held against when a rule is asked: whatever else they are, it is all the same.
import type { Check, Template } from './check.ts';
import { shown, type Values, valuesAt } from './compile.ts';

/** The texts that make a difference to the answer of a check, for whoever has these credentials. */
export function textsCompared(check: Check, checkOf: (rule: string) => Check | undefined, values: Values): string[] {
  const texts = new Set<string>();
  const seen = new Set<string>();
  const add = (template: Template, against: readonly unknown[]) => {
    for (const value of against) {
      const text = askedOf(template, shown(value));
      if (text !== undefined) texts.add(text);
    }
  };
  const walk = (one: Check): void => {
    if (one.is === 'not') walk(one.of);
    else if (one.is === 'and' || one.is === 'or') one.of.forEach(walk);
    else if (one.is === 'role') add(one.name, valuesAt(values, ['roles']));
    else if (one.is === 'constant') add(one.equals, [one.value]);
    else if (one.is === 'credential') add(one.equals, valuesAt(values, one.path));
    else if (one.is === 'rule' && !seen.has(one.name)) {
      seen.add(one.name);
      const asked = checkOf(one.name);
      if (asked) walk(asked);
    }
  };
  walk(check);
  return [...texts];
}

/** What the attribute in a template has to be, so that the whole is this text; undefined where nothing would do. */
function askedOf(template: Template, text: string): string | undefined {
  const at = template.findIndex((part) => typeof part !== 'string');
  if (at < 0) return undefined;
  const before = template.slice(0, at).join('');
  const after = template.slice(at + 1).join('');
  const fits = text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
  return fits ? text.slice(before.length, text.length - after.length) : undefined;
}
