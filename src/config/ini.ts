// oslo.config's ini: https://docs.openstack.org/oslo.config/latest/configuration/format.html. Comments only at the start of a
// line, `=` or `:`, continuation by leading blanks until a blank line, a whole value in quotes is taken out of them.

interface IniEntry {
  readonly section: string;
  readonly key: string;
  /** Continuation lines are joined by line feeds. */
  readonly value: string;
  /** The value before its quotes were taken off, for lists of quoted items. */
  readonly raw: string;
  readonly line: number;
}

interface IniProblem {
  readonly line: number;
  readonly reason: string;
}

export interface IniFile {
  readonly entries: readonly IniEntry[];
  readonly problems: readonly IniProblem[];
}

const unquote = (value: string): string => {
  const first = value[0];
  return (first === '"' || first === "'") && value.at(-1) === first ? value.slice(1, -1) : value;
};

/** compat: section names ignore case, except that DEFAULT is written in capitals. */
export const sectionKey = (name: string): string => (name === 'DEFAULT' ? name : name.toLowerCase());

interface Open {
  section: string;
  key: string;
  lines: string[];
  line: number;
}

const close = ({ section, key, lines, line }: Open): IniEntry => ({
  section,
  key,
  // compat: only the first line is looked at for quotes, as oslo.config does.
  value: [unquote(lines[0] ?? ''), ...lines.slice(1)].join('\n'),
  raw: lines.join('\n'),
  line,
});

function sectionOf(line: string): string | { reason: string } {
  if (!line.endsWith(']')) return { reason: 'a section is written [name], with nothing after it' };
  const name = line.slice(1, -1);
  return name ? name : { reason: 'the section has no name' };
}

/** A setting, its value not yet joined; a reason where the line is none. Values are not quoted: they may be secret. */
function assignmentOf(line: string): { key: string; value: string } | { reason: string } {
  const at = line.search(/[=:]/);
  if (at < 0) return { reason: 'neither a section, a comment nor "option = value"' };
  const key = line.slice(0, at).trim();
  return key ? { key, value: line.slice(at + 1).trim() } : { reason: 'no option name stands before the "="' };
}

/** Read the text of a file. Every problem is told, with its line (from 1); the other lines are read all the same. */
export function parseIni(text: string): IniFile {
  const entries: IniEntry[] = [];
  const problems: IniProblem[] = [];
  let section: string | undefined;
  let open: Open | undefined;
  const finish = () => {
    if (open) entries.push(close(open));
    open = undefined;
  };
  for (const [index, whole] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = whole.trimEnd();
    const number = index + 1;
    if (line === '') finish();
    else if (/^[ \t]/.test(line)) {
      if (open) open.lines.push(line.trimStart());
      else problems.push({ line: number, reason: 'the line starts with blanks but continues nothing' });
    } else {
      finish();
      if (line.startsWith('#') || line.startsWith(';')) continue;
      const read = line.startsWith('[') ? sectionOf(line) : assignmentOf(line);
      if (typeof read === 'string') section = sectionKey(read);
      else if ('reason' in read) problems.push({ line: number, reason: read.reason });
      else if (section === undefined) problems.push({ line: number, reason: 'no [section] stands before this option' });
      else open = { section, key: read.key, lines: [read.value], line: number };
    }
  }
  finish();
  return { entries, problems };
}

/** A value written so that it is read back as it is. Lines must not start or end with blanks, nor be empty after the first. */
export function formatIniValue(value: string): string {
  const [first = '', ...rest] = value.replaceAll('$', '\\$').split('\n');
  const quote = first !== first.trim() || unquote(first) !== first ? '"' : '';
  return [`${quote}${first}${quote}`, ...rest.map((line) => `    ${line}`)].join('\n');
}
