// `ingot config sample`: a file with every option, each commented out with its default.
import { sayDefault, sayNotes, sayShape, writtenDefault } from './describe.ts';
import { formatIniValue } from './ini.ts';
import { allSections } from './names.ts';
import { isComputed, type Option } from './option.ts';

/** compat: `$name` in a default is meant as a reference, so it is written as it stands. */
const written = (option: Option): string => {
  const value = writtenDefault(option) ?? '';
  return typeof option.default === 'string' ? value : formatIniValue(value);
};

function sampleOf(name: string, option: Option): string[] {
  const notes = sayNotes(option).map((note) => `; ${note}`);
  const hidden = option.default === null || isComputed(option.default);
  return [
    `# ${option.help}`,
    `# (${sayShape(option)}${notes.join('')}${hidden ? `; default: ${sayDefault(option)}` : ''})`,
    `#${name} = ${written(option)}`.trimEnd(),
    '',
  ];
}

/** The text of the sample file. */
export function printSample(): string {
  const lines = [
    '# Every option of Ingot with its default. Take away the "#" before an option to set it.',
    '# The same can be said by the environment (INGOT_<SECTION>__<OPTION>) and by --set section.option=value.',
    '',
  ];
  for (const [section, options] of Object.entries(allSections)) {
    lines.push(`[${section}]`, '');
    for (const [name, option] of Object.entries(options)) lines.push(...sampleOf(name, option));
  }
  return lines.join('\n');
}
