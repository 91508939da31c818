// Templates without logic: {{name}} is replaced, nothing is executed, and what was put in is not looked at again.
import { defineError } from '#base/errors.ts';

export const BadTemplate = defineError(
  'BadTemplate',
  400,
  (p: { why: string }) => `The boot file template cannot be used: ${p.why}.`,
);

/** The template with its places filled. Lines whose only content is an empty place are left out. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const logic = /\{%.*?%\}/.exec(template)?.[0];
  if (logic) throw new BadTemplate({ why: `${logic} is logic; only places like {{ name }} are filled` });
  const place = /\{\{\s*([A-Za-z0-9_.]+)\s*\}\}/g;
  const lines = template.split('\n').flatMap((line) => {
    const filled = line.replace(place, (_, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined)
        throw new BadTemplate({ why: `there is no value "${name}"; known: ${Object.keys(values).join(', ')}` });
      return value;
    });
    return filled.trim() === '' && line.trim() !== '' ? [] : [filled];
  });
  return lines.join('\n');
}
