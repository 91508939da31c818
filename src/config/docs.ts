// docs/configuration.md, printed from the tables. A test holds the file to this; `vitest -u` writes it anew.
import { sayDefault, sayNotes, sayShape } from './describe.ts';
import { allSections } from './names.ts';
import type { Option } from './option.ts';

const head = `# Configuration

<!-- Printed from src/config/sections by src/config/docs.ts; not written by hand. -->

An \`ironic.conf\` is read as it is. \`ingot config sample\` prints a file with every option; \`ingot config check\` says what a
configuration holds and what is wrong with it.

## Where options come from

The later wins:

1. the defaults below;
2. files: \`--config-file FILE\` (may be given more than once), then the \`*.conf\` of \`--config-dir DIR\`, sorted by name;
3. the environment: \`OS_<SECTION>__<OPTION>\`, then \`INGOT_<SECTION>__<OPTION>\`, for example
   \`INGOT_CONDUCTOR__HEARTBEAT_INTERVAL=5\`;
4. \`--set section.option=value\`; without a section, \`DEFAULT\` is meant.

## How a file is written

- \`[section]\`, then \`option = value\` or \`option: value\`. A line that starts with \`#\` or \`;\` is a comment; these signs inside a
  value belong to it.
- A line that starts with blanks goes on with the value above, until an empty line.
- An option given twice: the last one counts; options that may be given more than once collect.
- A value wholly in quotes is taken out of them. Lists are \`a, b\`, \`[a, b]\` or \`"a", "b"\`; pairs are \`key:value, key:value\`.
- \`$name\` and \`\${name}\` stand for another option of the section, else of \`[DEFAULT]\`; \`$section.name\` for one of another
  section. A dollar sign is written \`$$\` or \`\\$\`.
- true, yes, on, 1 and false, no, off, 0 are the truth values.

An unknown name is warned of, with the nearest known one. A value that cannot be used stops the start; all such values are
told at once. On SIGHUP the files are read again, and options marked *live* change while Ingot runs. Options of Ironic's
libraries that have no meaning here (log rotation, broker tuning) are read and passed over.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
const code = (text: string): string => (text === 'not set' || text === 'empty' ? text : `\`${cell(text)}\``);

function row(name: string, option: Option): string {
  const notes = sayNotes({ ...option, mutable: false }).map((note) => ` *${note}.*`);
  const live = option.mutable ? ' *live*' : '';
  const help = cell(option.help + notes.join(''));
  return `| \`${name}\`${live} | ${cell(sayShape(option))} | ${code(sayDefault(option))} | ${help} |`;
}

/** The whole page. */
export function printDocs(): string {
  const parts = Object.entries(allSections).map(([section, options]) =>
    [
      `## [${section}]`,
      '',
      '| option | value | default | meaning |',
      '|---|---|---|---|',
      ...Object.entries(options).map(([name, option]) => row(name, option)),
      '',
    ].join('\n'),
  );
  return [head, ...parts].join('\n');
}
