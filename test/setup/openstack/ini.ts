// Configuration of OpenStack's services as data.

export type Section = Readonly<Record<string, string | number | boolean>>;
export type Ini = Readonly<Record<string, Section>>;

export function iniText(ini: Ini): string {
  const lines = Object.entries(ini).flatMap(([section, options]) => [
    `[${section}]`,
    ...Object.entries(options).map(([name, value]) => `${name} = ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}
